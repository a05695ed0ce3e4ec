/** How far each side has read. Marks are positions; they only move forward. */
import { type Ctx, transact } from '../../kernel/context.ts'
import { emit } from '../../kernel/events.ts'
import { conversationUpdated } from '../conversations/events.ts'
import * as conversations from '../conversations/service.ts'
import { messageDelivered, messageRead } from './events.ts'
import * as queries from './queries.ts'

/** Moves the mark up to which the team has read; without a position to the end. */
export function readByTeam(ctx: Ctx, id: string, position: number | undefined): Promise<conversations.Row> {
  return transact(ctx, async (tx) => {
    const before = await conversations.lock(tx, id)
    const to = Math.min(position ?? before.messages_count, before.messages_count)
    if (to <= before.team_read_position) return before
    const unread_count = await queries.countAfter(tx, id, { position: to, type: 'incoming' })
    const after = await conversations.change(tx, before, { team_read_position: to, unread_count })
    const previous = { team_read_position: before.team_read_position, unread_count: before.unread_count }
    await emit(tx, conversationUpdated, { data: { conversation: conversations.present(after) }, previous })
    return after
  })
}

/** Moves the contact's mark of what reached them, or of what they have read (which has reached them, too). */
export function reachContact(
  ctx: Ctx,
  id: string,
  mark: { kind: 'delivered' | 'read'; position: number },
): Promise<conversations.Row> {
  return transact(ctx, async (tx) => {
    const before = await conversations.lock(tx, id)
    const to = Math.min(mark.position, before.messages_count)
    const field = mark.kind === 'read' ? 'contact_read_position' : 'contact_delivered_position'
    const from = before[field]
    if (to <= from) return before
    // One moment for the mark and for what is said of it.
    const at = tx.now()
    await conversations.insertMark(tx, { conversation_id: id, kind: mark.kind, position: to, at })
    const after = await conversations.change(tx, before, {
      [field]: to,
      ...(mark.kind === 'read' ? { contact_delivered_position: Math.max(to, before.contact_delivered_position) } : {}),
    })
    await emit(tx, mark.kind === 'read' ? messageRead : messageDelivered, {
      data: { conversation: conversations.present(after), range: { from: from + 1, to, at: at.toISOString() } },
      previous: { [field]: from },
    })
    return after
  })
}

/** Outgoing messages that the contact has not read. */
export async function countUnreadByContact(ctx: Ctx, row: conversations.Row): Promise<number> {
  if (row.contact_read_position >= row.messages_count) return 0
  return queries.countAfter(ctx, row.id, { position: row.contact_read_position, type: 'outgoing' })
}
