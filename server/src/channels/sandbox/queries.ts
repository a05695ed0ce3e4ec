import { sql } from 'kysely'
import type { Ctx } from '../../kernel/context.ts'
import { global } from '../../kernel/db.ts'

export interface Waiting {
  readonly position: number
  readonly workspace_id: string
  readonly message_id: string
}

/** How far the log has been read, and where it ends. */
export async function findCursor(ctx: Ctx): Promise<{ position: number; head: number }> {
  const { rows } = await sql<{ position: number; head: number }>`
    select c.position, h.position as head from sandbox_cursor c, event_head h ${global('sandbox.cursor')}`.execute(
    ctx.db,
  )
  const [row] = rows
  if (!row) throw new Error('The sandbox has no cursor.')
  return row
}

/** Only forward: of two processes, the one that has read further says how far. */
export async function moveCursor(ctx: Ctx, position: number): Promise<void> {
  await sql`update sandbox_cursor set position = ${position} where position < ${position} ${global('sandbox.cursor')}`.execute(
    ctx.db,
  )
}

/** The messages of sandboxes that were written to be sent after one position and up to another, oldest first. */
export async function listWaiting(
  ctx: Ctx,
  span: { after: number; until: number; atMost: number },
): Promise<Waiting[]> {
  const { rows } = await sql<Waiting>`
    select position, workspace_id, data -> 'message' ->> 'id' as message_id from events
    where position > ${span.after} and position <= ${span.until} and type = 'message.sent'
      and data -> 'message' ->> 'status' = 'queued'
      and workspace_id in (select id from workspaces where sandbox_of is not null)
    order by position limit ${span.atMost} ${global('sandbox.waiting')}`.execute(ctx.db)
  return rows
}
