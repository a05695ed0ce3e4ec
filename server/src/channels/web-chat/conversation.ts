/** The visitor's side of a conversation: to write, to read on, to say how far one has read. */
import { type Ctx, isTx } from '../../kernel/context.ts'
import { notFound } from '../../kernel/errors.ts'
import * as contacts from '../../modules/contacts/service.ts'
import type { WebChatInbox } from '../../modules/inboxes/schema.ts'
import * as messages from '../../modules/messages/service.ts'
import { presentConversation, presentMessage } from './present.ts'
import type { Session } from './queries.ts'
import type { VisitorConversation, VisitorMessage } from './schema.ts'
import { currentConversation, hold, remember } from './visitors.ts'

const END = 2_147_483_647

/** Adds what the visitor wrote to their conversation, or begins one. */
export async function write(
  ctx: Ctx,
  inbox: WebChatInbox,
  said: { session: Session; words: messages.Words },
): Promise<{ message: VisitorMessage; isNew: boolean }> {
  const { session, words } = said
  const contact = await contacts.get(ctx, session.contact_id)
  const speaker: Ctx = { ...ctx, actor: { type: 'contact', id: contact.id, name: contact.name } }
  const from: messages.Sender = {
    inbox,
    contact_id: contact.id,
    name: contact.name,
    // Of several first messages at once, the first begins the conversation of all.
    latest: async (current) => currentConversation(current, isTx(current) ? await hold(current, session) : session),
    began: (tx, conversation_id) => remember(tx, session, conversation_id),
  }
  const metadata = { visitor_session_id: session.id, visitor_verified: session.verified }
  const { row, isNew } = await messages.receive(speaker, from, { ...words, metadata })
  if (session.verified || !session.borrowed) await contacts.seen(speaker, contact)
  const message = presentMessage(await messages.presentOne(ctx, row))
  if (!message) throw notFound()
  return { message, isNew }
}

/** What was said after a position, or the latest before one; without either the latest. */
export async function list(
  ctx: Ctx,
  session: Session,
  asked: { after?: number; before?: number; limit?: number },
): Promise<{ object: 'list'; data: VisitorMessage[]; has_more: boolean; conversation: VisitorConversation | null }> {
  const conversation = await currentConversation(ctx, session)
  if (!conversation) return { object: 'list', data: [], has_more: false, conversation: null }
  const limit = asked.limit ?? 50
  const newestFirst = asked.after === undefined
  const rows = await messages.list(ctx, conversation.id, {
    above: asked.after ?? 0,
    below: asked.before ?? END,
    newestFirst,
    limit: limit + 1,
    publicOnly: true,
  })
  const page = rows.slice(0, limit)
  if (newestFirst) page.reverse()
  const shown = await messages.presentAll(ctx, conversation.id, page)
  return {
    object: 'list',
    data: shown.map(presentMessage).filter((message) => message !== null),
    has_more: rows.length > limit,
    conversation: await presentConversation(ctx, conversation),
  }
}

/** Moves the visitor's mark. */
export async function mark(
  ctx: Ctx,
  session: Session,
  reached: { kind: 'delivered' | 'read'; position: number },
): Promise<VisitorConversation> {
  const conversation = await currentConversation(ctx, session)
  if (!conversation) throw notFound()
  return presentConversation(ctx, await messages.reachContact(ctx, conversation.id, reached))
}
