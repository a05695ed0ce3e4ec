/** A conversation and its messages as the visitor may see them: no notes, no activity, nobody's id. */
import type { Ctx } from '../../kernel/context.ts'
import { iso } from '../../kernel/time.ts'
import type { Status } from '../../modules/conversations/schema.ts'
import type * as conversations from '../../modules/conversations/service.ts'
import type { Message } from '../../modules/messages/schema.ts'
import * as messages from '../../modules/messages/service.ts'
import type { VisitorConversation, VisitorMessage } from './schema.ts'

export async function presentConversation(ctx: Ctx, row: conversations.Row): Promise<VisitorConversation> {
  return {
    id: row.id,
    status: presentStatus(row.status),
    unread_count: await messages.countUnreadByContact(ctx, row),
    last_position: row.messages_count,
    read_position: row.contact_read_position,
    team_read_position: row.team_read_position,
    created_at: iso(row.created_at),
  }
}

/** What of a conversation's state concerns the visitor: whether it is done. */
export function presentStatus(status: Status): VisitorConversation['status'] {
  return status === 'resolved' ? 'resolved' : 'open'
}

/**
 * People of the team and bots, by name. An integration speaks for the house: what its key is called is the team's own. A
 * visitor knows themselves; one who only claims to be somebody learns no name by it.
 */
export function presentAuthor({ type, name }: { type: string; name: string | null }): VisitorMessage['author'] {
  return { type, name: type === 'user' || type === 'bot' ? name : null }
}

/** Nothing for what is not between the visitor and the team. */
export function presentMessage(message: Message): VisitorMessage | null {
  const { type } = message
  if (type !== 'incoming' && type !== 'outgoing') return null
  return {
    id: message.id,
    position: message.position,
    conversation_id: message.conversation_id,
    type,
    body: message.body,
    html: message.html,
    author: presentAuthor(message.author),
    attachments: message.attachments,
    status: message.status,
    client_message_id: message.client_message_id,
    created_at: message.created_at,
    deleted_at: message.deleted_at,
  }
}
