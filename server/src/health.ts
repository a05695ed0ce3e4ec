/** Whether the process lives, and whether it can do its work; without a credential, without a limit. */
import { sql } from 'kysely'
import { Type } from 'typebox'
import { global } from './kernel/db.ts'
import { type Access, type Answer, ok, type Route, route } from './kernel/http.ts'

const anyone: Access = {
  scheme: 'none',
  authenticate: async () => ({
    workspace_id: null,
    actor: { type: 'system', id: null, name: null },
    user_id: null,
    scopes: new Set(),
    buckets: [],
    credential: 'anyone',
  }),
}

const Health = Type.Object({ status: Type.String() })
const Ready = Type.Object({
  status: Type.String({ description: '`ready` or `not_ready`.' }),
  database: Type.String({ description: '`ok`, or what is wrong.' }),
  outbox: Type.String({ description: '`ok`, or why the event log stands still.' }),
  server: Type.String({ description: '`ok`, or `stopping`.' }),
})

export function healthRoutes(state: { isDraining: boolean }): Route[] {
  return [
    route({
      method: 'GET',
      path: '/health',
      summary: 'Whether the process lives',
      scope: null,
      access: anyone,
      workspace: 'anywhere',
      replies: { 200: Health },
      run: async () => ok({ status: 'ok' }),
    }),
    route({
      method: 'GET',
      path: '/ready',
      summary: 'Whether it can do its work',
      scope: null,
      access: anyone,
      workspace: 'anywhere',
      replies: { 200: Ready, 503: Ready },
      run: async (ctx): Promise<Answer<{ status: string; database: string; outbox: string; server: string }>> => {
        const database = await sql`select 1 ${global('health.database')}`.execute(ctx.db).then(
          () => 'ok',
          () => 'does not answer',
        )
        const outbox = ctx.kernel.outbox.trouble() === null ? 'ok' : 'stands still'
        const server = state.isDraining ? 'stopping' : 'ok'
        const isReady = [database, outbox, server].every((part) => part === 'ok')
        const body = { status: isReady ? 'ready' : 'not_ready', database, outbox, server }
        return isReady ? ok(body) : { status: 503, body, headers: { 'retry-after': '1' } }
      },
    }),
  ]
}
