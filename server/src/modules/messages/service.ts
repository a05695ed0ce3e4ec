/** What is said in a conversation: by the team, by the API, by the customer. */
import { type Ctx, type Tx, transact } from '../../kernel/context.ts'
import { violates } from '../../kernel/db.ts'
import { invalidField, notFound, refusal } from '../../kernel/errors.ts'
import { sanitize, toText } from '../../kernel/html.ts'
import { newId } from '../../kernel/ids.ts'
import { DAY } from '../../kernel/time.ts'
import * as conversations from '../conversations/service.ts'
import * as files from '../files/service.ts'
import * as inboxes from '../inboxes/service.ts'
import * as users from '../users/service.ts'
import { reopen } from './changes.ts'
import * as queries from './queries.ts'
import type { Attachment } from './schema.ts'
import { appendTogether } from './together.ts'

export { change, handOver, wake } from './changes.ts'
export { messageNotOutgoing, messageStatusBackward, remove, report } from './delivery.ts'
export { letGo, releaseRest } from './leaving.ts'
export { countUnreadByContact, reachContact, readByTeam } from './marks.ts'
export { present, presentAll, presentNew, presentOne } from './present.ts'

export const clientMessageIdTaken = refusal(
  'client_message_id_taken',
  409,
  'This client_message_id belongs to another message of the inbox.',
)
export const messageEmpty = refusal('message_empty', 422, 'A message has a body or an attachment.')

export type { Row } from './queries.ts'

export interface Words {
  readonly body?: string | undefined
  readonly html?: string | null | undefined
  readonly attachments?: readonly string[] | undefined
  readonly client_message_id?: string | undefined
  readonly metadata?: Record<string, unknown> | undefined
}

export interface Written {
  readonly row: queries.Row
  /** False when this was a repeat of a message that exists. */
  readonly isNew: boolean
}

/** Sends a message to the customer, or leaves a note for the team. As `user_id` a key may speak for a user of the workspace. */
export async function send(
  ctx: Ctx,
  conversation_id: string,
  words: Words & { type: 'outgoing' | 'note'; user_id?: string | undefined },
): Promise<Written> {
  const author = words.user_id === undefined ? speaker(ctx) : await userSpeaker(ctx, words.user_id)
  const draft = compose(words.type, words, author)
  if (!words.attachments?.length) {
    const row = await tryAppend(ctx, conversation_id, draft)
    if (row) return row
  }
  return transact(ctx, async (tx) => {
    const conversation = await conversations.lock(tx, conversation_id)
    return appendTo(tx, conversation, draft, words.attachments ?? [])
  })
}

/** What a module above does in the transaction in which an inbox with a bot receives a message. */
type Listener = (tx: Tx, message: queries.Row) => Promise<void>
let listeners: readonly Listener[] = []

/** Names them. Called once, by modules/index.ts. */
export function receiveWith(list: readonly Listener[]): void {
  listeners = list
}

/** A customer who writes in an inbox. */
export interface Sender {
  readonly inbox: inboxes.Inbox
  readonly contact_id: string
  readonly name: string | null
  readonly subject?: string | undefined
  /** The conversation they are in; their latest in the inbox when left out. */
  readonly latest?: (ctx: Ctx) => Promise<conversations.Row | undefined>
  /** Hears, in the same transaction, that another conversation was begun. */
  readonly began?: (tx: Tx, conversation_id: string) => Promise<void>
}

/** Takes what a customer wrote in an inbox: continues their latest conversation there, or opens one. */
export async function receive(ctx: Ctx, from: Sender, words: Words & { sent_at?: Date | null }): Promise<Written> {
  const author = { author_type: 'contact', author_id: from.contact_id, author_name: from.name } as const
  const draft = { ...compose('incoming', words, author), sent_at: words.sent_at ?? null }
  const isHeard = from.inbox.bot_webhook_id !== null
  if (!words.attachments?.length && !isHeard) {
    const latest = await latestOf(ctx, from)
    if (latest && continues(latest, from.inbox, ctx.now())) {
      const row = await tryAppend(ctx, latest.id, draft)
      if (row) return row
    }
  }
  return transact(ctx, async (tx) => {
    await conversations.lockOpening(tx, from.contact_id, from.inbox.id)
    const repeated = await findRepeat(tx, from.inbox.id, draft, { contact_id: from.contact_id })
    if (repeated) return repeated
    const latest = await latestOf(tx, from)
    const conversation =
      latest && continues(latest, from.inbox, tx.now())
        ? await conversations.lock(tx, latest.id)
        : await begin(tx, from)
    const written = await appendTo(tx, conversation, draft, words.attachments ?? [])
    if (isHeard && written.isNew) for (const hear of listeners) await hear(tx, written.row)
    return written
  })
}

async function begin(tx: Tx, from: Sender): Promise<conversations.Row> {
  const opened = await conversations.open(tx, {
    inbox_id: from.inbox.id,
    channel: from.inbox.channel,
    contact_id: from.contact_id,
    subject: from.subject ?? null,
    assignee_id: null,
    team_id: null,
    tags: [],
  })
  await from.began?.(tx, opened.id)
  return opened
}

/** The message, or a 404. */
export async function get(ctx: Ctx, id: string): Promise<queries.Row> {
  const row = await queries.find(ctx, id)
  if (!row) throw notFound()
  return row
}

/** The messages between two positions. */
export const list = queries.list

/** Whether a conversation is people's to answer, until it is resolved. */
export const isWithPeople = queries.isWithPeople

/** Adds a message to a conversation that is locked: reopens it where the message does that, attaches the files. */
export async function appendTo(
  tx: Tx,
  conversation: conversations.Row,
  draft: queries.Draft,
  attachments: readonly string[],
): Promise<Written> {
  const repeated = await findRepeat(tx, conversation.inbox_id, draft, { conversation_id: conversation.id })
  if (repeated) return repeated
  if (conversations.reopens(draft.type, conversation.status)) await reopen(tx, conversation)
  const kept = attachments.length > 0 ? await attach(tx, conversation, attachments) : []
  const whole = { ...draft, attachments: kept }
  const entry = queries.toEntry(tx, conversation.id, whole)
  const appended = await queries.append(tx.db, entry)
  if (!appended) throw new Error('A locked conversation took no message.')
  tx.afterCommit(tx.kernel.outbox.wake)
  return { row: queries.toRow(entry, whole, appended), isNew: true }
}

/** What a message is made of before it has a place: a body, and html without anything that runs. */
export function compose(
  type: queries.Draft['type'],
  words: Words,
  author: Pick<queries.Draft, 'author_type' | 'author_id' | 'author_name'>,
): queries.Draft {
  const html = words.html ? sanitize(words.html) : null
  const body = words.body?.trim() ? words.body : html ? toText(html) : ''
  if (!body.trim() && !words.attachments?.length) throw messageEmpty()
  return {
    id: newId(),
    type,
    body,
    html,
    ...author,
    attachments: [],
    client_message_id: words.client_message_id ?? null,
    in_reply_to: null,
    metadata: words.metadata ?? {},
    sent_at: null,
  }
}

// Outside a transaction a repeat shows itself as a broken constraint; inside one it has been looked for.
async function tryAppend(ctx: Ctx, conversation_id: string, draft: queries.Draft): Promise<Written | undefined> {
  if (ctx.db.isTransaction) return undefined
  try {
    const entry = queries.toEntry(ctx, conversation_id, draft)
    const appended = await appendTogether(ctx.kernel.database, entry)
    if (!appended) return undefined
    ctx.kernel.outbox.wake()
    return { row: queries.toRow(entry, draft, appended), isNew: true }
  } catch (error) {
    if (!violates(error, 'messages_client_message_id')) throw error
    return undefined
  }
}

async function findRepeat(
  tx: Tx,
  inbox_id: string,
  draft: queries.Draft,
  place: { conversation_id: string } | { contact_id: string },
): Promise<Written | undefined> {
  if (draft.client_message_id === null) return undefined
  const row = await queries.findByClientId(tx, inbox_id, draft.client_message_id)
  if (!row) return undefined
  const samePlace =
    'contact_id' in place ? row.author_id === place.contact_id : row.conversation_id === place.conversation_id
  if (!samePlace || row.type !== draft.type || row.body !== draft.body) throw clientMessageIdTaken()
  return { row, isNew: false }
}

function latestOf(ctx: Ctx, from: Sender): Promise<conversations.Row | undefined> {
  return from.latest ? from.latest(ctx) : conversations.findLatest(ctx, from.contact_id, from.inbox.id)
}

/** A conversation that has been resolved for longer than its inbox allows is not continued. */
function continues(conversation: conversations.Row, inbox: inboxes.Inbox, now: Date): boolean {
  if (conversation.resolved_at === null) return true
  return now.getTime() - conversation.resolved_at.getTime() < inboxes.reopenDays(inbox) * DAY
}

async function attach(tx: Tx, conversation: conversations.Row, ids: readonly string[]): Promise<Attachment[]> {
  const inbox = await inboxes.get(tx, conversation.inbox_id)
  const rows = await files.attach(tx, ids, '/attachments')
  for (const [index, row] of rows.entries()) {
    if (!inboxes.takesType(inbox, row.content_type)) {
      throw invalidField(`/attachments/${index}`, 'type_not_allowed', `This inbox takes no ${row.content_type}.`)
    }
  }
  return rows.map((row) => files.present(tx, row, { signed: false }))
}

function speaker(ctx: Ctx): Pick<queries.Draft, 'author_type' | 'author_id' | 'author_name'> {
  return { author_type: ctx.actor.type, author_id: ctx.actor.id, author_name: ctx.actor.name }
}

async function userSpeaker(
  ctx: Ctx,
  id: string,
): Promise<Pick<queries.Draft, 'author_type' | 'author_id' | 'author_name'>> {
  const user = await users.requireUser(ctx, id, '/user_id')
  return { author_type: 'user', author_id: user.id, author_name: user.name }
}
