/** Whether the process lives, and whether it can do its work; without a credential, without a limit. */
import { readdirSync } from 'node:fs'
import { sql } from 'kysely'
import { type Static, Type } from 'typebox'
import type { Ctx } from './kernel/context.ts'
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
  schema: Type.String({ description: '`ok`, or how it differs from what this version wants.' }),
  relay: Type.String({ description: '`ok`, or that the log of events stands still.' }),
  limits: Type.String({
    description:
      '`ok`, or that limits are counted by this process alone because Redis is gone; it is ready all the same.',
  }),
  server: Type.String({ description: '`ok`, or `stopping`.' }),
})

type Ready = Static<typeof Ready>

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
      run: async (ctx): Promise<Answer<Ready>> => {
        const needed = {
          ...(await databaseOf(ctx)),
          relay: ctx.kernel.outbox.trouble() === null ? 'ok' : 'stands still',
          server: state.isDraining ? 'stopping' : 'ok',
        }
        const limits = ctx.kernel.limits.trouble() === null ? 'ok' : 'degraded: Redis does not answer'
        const isReady = Object.values(needed).every((part) => part === 'ok')
        if (isReady) return ok({ status: 'ready', ...needed, limits })
        return { status: 503, body: { status: 'not_ready', ...needed, limits }, headers: { 'retry-after': '1' } }
      },
    }),
  ]
}

/** The number of the last migration that this code brings. */
const NEWEST = Math.max(
  ...readdirSync(new URL('../migrations/', import.meta.url)).map((name) => Number.parseInt(name, 10) || 0),
)

/** Asks the one thing that needs the database and tells of the schema. */
async function databaseOf(ctx: Ctx): Promise<Pick<Ready, 'database' | 'schema'>> {
  try {
    const { rows } = await sql<{ number: number }>`
      select max(number) as number from migrations ${global('health.schema')}`.execute(ctx.db)
    return { database: 'ok', schema: compared(rows[0]?.number ?? 0) }
  } catch {
    return { database: 'does not answer', schema: 'unknown' }
  }
}

function compared(applied: number): string {
  if (applied === NEWEST) return 'ok'
  return applied > NEWEST ? 'newer than this version' : 'older than this version'
}
