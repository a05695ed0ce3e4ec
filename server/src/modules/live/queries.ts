import { sql } from 'kysely'
import type { Ctx } from '../../kernel/context.ts'
import { global } from '../../kernel/db.ts'
import { EVENT_COLUMNS, type LoggedEvent } from '../../kernel/outbox.ts'

export interface Reading {
  readonly after: number
  readonly limit: number
  readonly types?: readonly string[] | undefined
}

/** Events of the workspace after a position, in order. */
export async function listAfter(ctx: Ctx, { after, limit, types }: Reading): Promise<LoggedEvent[]> {
  const { rows } = await sql<LoggedEvent>`
    select ${EVENT_COLUMNS} from events where workspace_id = ${ctx.workspace_id} and position > ${after}
      ${types ? sql`and type = any(${types})` : sql``}
    order by position limit ${limit}`.execute(ctx.db)
  return rows
}

/** The oldest position that is kept at all and the newest there is. */
export async function span(ctx: Ctx): Promise<{ oldest: number; newest: number }> {
  const { rows } = await sql<{ oldest: number | null; newest: number }>`
    select (select position from events order by position limit 1) as oldest,
      (select position from event_head) as newest ${global('live.span')}`.execute(ctx.db)
  const newest = rows[0]?.newest ?? 0
  return { oldest: rows[0]?.oldest ?? newest + 1, newest }
}
