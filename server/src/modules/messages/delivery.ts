/** What becomes of one message after it was written: its way to the customer, its removal. */
import { type Ctx, transact } from '../../kernel/context.ts'
import { notFound, refusal } from '../../kernel/errors.ts'
import { emit } from '../../kernel/events.ts'
import { requireVersion } from '../../kernel/versions.ts'
import * as conversations from '../conversations/service.ts'
import * as files from '../files/service.ts'
import { messageDeleted, messageDelivered, messageFailed, messageRead, messageUpdated } from './events.ts'
import { presentTold } from './present.ts'
import * as queries from './queries.ts'
import { DELIVERY, type Delivery, type DeliveryError } from './schema.ts'

export const messageNotOutgoing = refusal(
  'message_not_outgoing',
  409,
  'Only an outgoing message has a delivery status.',
)
export const messageStatusBackward = refusal('message_status_backward', 409, 'A delivery status only moves forward.')

const TOLD = { sent: messageUpdated, failed: messageFailed } as const
const REACHED = { delivered: messageDelivered, read: messageRead } as const

/** Records what a provider reports of a message. A repeat changes nothing; a step back is refused. */
export function report(
  ctx: Ctx,
  id: string,
  news: { status: Exclude<Delivery, 'queued'>; error?: DeliveryError | undefined },
): Promise<queries.Row> {
  return transact(ctx, async (tx) => {
    const found = await queries.find(tx, id)
    if (!found) throw notFound()
    const conversation = await conversations.lock(tx, found.conversation_id)
    const before = await queries.lock(tx, id)
    if (!before) throw notFound()
    requireVersion(tx, before.version)
    if (before.type !== 'outgoing' || before.deleted_at) throw messageNotOutgoing()
    if (before.status === news.status) return before
    if (!isForward(before.status, news.status)) throw messageStatusBackward()

    const now = tx.now()
    const row = await queries.update(tx, id, {
      status: news.status,
      error:
        news.status === 'failed'
          ? (news.error ?? { code: 'failed', detail: 'The message could not be delivered.' })
          : null,
      sent_at: before.sent_at ?? (news.status === 'failed' ? null : now),
      ...(news.status === 'delivered' || news.status === 'read' ? { delivered_at: before.delivered_at ?? now } : {}),
      ...(news.status === 'read' ? { read_at: now } : {}),
    })
    const data = { message: await presentTold(tx, row), conversation: conversations.present(conversation) }
    const previous = { status: before.status }
    if (news.status === 'sent' || news.status === 'failed') await emit(tx, TOLD[news.status], { data, previous })
    else await emit(tx, REACHED[news.status], { data, previous })
    return row
  })
}

/** Takes a message's content away at once, for everybody. Its place remains. */
export function remove(ctx: Ctx, id: string): Promise<queries.Row> {
  return transact(ctx, async (tx) => {
    const found = await queries.find(tx, id)
    if (!found) throw notFound()
    const locked = await conversations.lock(tx, found.conversation_id)
    const before = await queries.lock(tx, id)
    if (!before || before.deleted_at || before.type === 'activity') throw notFound()
    requireVersion(tx, before.version)
    const row = await queries.update(tx, id, { body: '', html: null, attachments: [], deleted_at: tx.now() })
    await files.remove(
      tx,
      before.attachments.map((file) => file.id),
    )
    const isPreviewed = await queries.isNewestSpoken(tx, before)
    const conversation = isPreviewed ? await conversations.change(tx, locked, { preview_body: '' }) : locked
    const data = { message: await presentTold(tx, row), conversation: conversations.present(conversation) }
    await emit(tx, messageDeleted, { data, previous: { deleted_at: null } })
    return row
  })
}

function isForward(from: queries.Row['status'], to: Delivery): boolean {
  if (from === 'failed' || from === null || from === 'received') return false
  if (to === 'failed') return from === 'queued' || from === 'sent'
  return DELIVERY.indexOf(to) > DELIVERY.indexOf(from)
}
