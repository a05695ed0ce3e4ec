/** A stored message as it is answered: with the contact's marks read into its state, with files one can fetch. */
import type { Ctx } from '../../kernel/context.ts'
import { iso } from '../../kernel/time.ts'
import type { Tables as Conversations } from '../conversations/schema.ts'
import * as conversations from '../conversations/service.ts'
import * as files from '../files/service.ts'
import type { Row } from './queries.ts'
import type { Message } from './schema.ts'

type Mark = Conversations['conversation_marks']

/** Messages of one conversation in any order; one look-up for all of them. */
export async function presentAll(ctx: Ctx, conversation_id: string, rows: readonly Row[]): Promise<Message[]> {
  const marks = await marksOf(ctx, conversation_id, rows)
  return rows.map((row) => signed(ctx, withMarks(present(row), marks)))
}

export async function presentOne(ctx: Ctx, row: Row): Promise<Message> {
  const [message] = await presentAll(ctx, row.conversation_id, [row])
  return message ?? present(row)
}

/** As `presentOne` answers it, but for signed URLs: what the event of a later change holds. */
export async function presentTold(ctx: Ctx, row: Row): Promise<Message> {
  return withMarks(present(row), await marksOf(ctx, row.conversation_id, [row]))
}

/** A message just written: no mark of the contact's can have come to it yet, so that none is looked up. */
export function presentNew(ctx: Ctx, row: Row): Message {
  return signed(ctx, present(row))
}

/** Without signed URLs and without marks: what an event holds. */
export function present(row: Row): Message {
  return {
    id: row.id,
    object: 'message',
    number: row.number,
    position: row.position,
    conversation_id: row.conversation_id,
    type: row.type,
    body: row.body,
    html: row.html,
    author: { type: row.author_type, id: row.author_id, name: row.author_name },
    attachments: row.attachments,
    status: row.status,
    error: row.error,
    client_message_id: row.client_message_id,
    in_reply_to: row.in_reply_to,
    metadata: row.metadata,
    created_at: iso(row.created_at),
    sent_at: iso(row.sent_at),
    delivered_at: iso(row.delivered_at),
    read_at: iso(row.read_at),
    deleted_at: iso(row.deleted_at),
  }
}

async function marksOf(ctx: Ctx, conversation_id: string, rows: readonly Row[]): Promise<readonly Mark[]> {
  const positions = rows.filter((row) => row.type === 'outgoing').map((row) => row.position)
  if (positions.length === 0) return []
  return conversations.listMarks(ctx, conversation_id, { from: Math.min(...positions), to: Math.max(...positions) })
}

/** The first mark at or beyond a message says when it was reached. What a provider reported of the message itself comes first. */
function withMarks(message: Message, marks: readonly Mark[]): Message {
  if (message.type !== 'outgoing' || message.status === 'failed') return message
  const reached = (kind: Mark['kind']) =>
    iso(marks.find((mark) => mark.kind === kind && mark.position >= message.position)?.at ?? null)
  const read_at = message.read_at ?? reached('read')
  const delivered_at = message.delivered_at ?? reached('delivered') ?? read_at
  const status = read_at ? 'read' : delivered_at ? 'delivered' : message.status
  return { ...message, status, delivered_at, read_at }
}

function signed(ctx: Ctx, message: Message): Message {
  if (message.attachments.length === 0) return message
  return { ...message, attachments: message.attachments.map((file) => ({ ...file, url: files.signUrl(ctx, file) })) }
}
