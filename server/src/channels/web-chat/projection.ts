/** An event of the workspace in the visitor's words, or nothing where it does not concern them. */

import type { LoggedEvent } from '../../kernel/outbox.ts'
import type { Conversation } from '../../modules/conversations/schema.ts'
import type { Message } from '../../modules/messages/schema.ts'
import { presentMessage, presentStatus } from './present.ts'
import type { VisitorConversation } from './schema.ts'

const SHOWN = new Set([
  'message.sent',
  'message.received',
  'message.updated',
  'message.failed',
  'message.deleted',
  'message.delivered',
  'message.read',
  'conversation.updated',
  'conversation.resolved',
  'conversation.reopened',
])

export interface Projection {
  readonly conversation: Conversation
  readonly message: Message | null
}

/** What an event is about, where it is of a kind that visitors see. Notes and activity are not. */
export function project(event: LoggedEvent): Projection | null {
  if (!SHOWN.has(event.type)) return null
  // The log holds what the event's schema says; these are its two nouns.
  const { conversation, message } = event.data as { conversation?: Conversation; message?: Message }
  if (!conversation) return null
  const isSpoken = message?.type === 'incoming' || message?.type === 'outgoing'
  if (event.type.startsWith('message.') && message && !isSpoken) return null
  return { conversation, message: isSpoken ? message : null }
}

/** The frame for a visitor. `unread_count` is left to the reader, who knows what they have seen. */
export function frame(event: LoggedEvent, shown: Projection, cursor: string): string {
  const { conversation, message } = shown
  const state: Omit<VisitorConversation, 'unread_count'> = {
    id: conversation.id,
    status: presentStatus(conversation.status),
    last_position: conversation.messages_count,
    read_position: conversation.contact_read_position,
    team_read_position: conversation.team_read_position,
    created_at: conversation.created_at,
  }
  const data = { ...(message ? { message: presentMessage(message) } : {}), conversation: state }
  return JSON.stringify({
    type: 'event',
    event: { id: event.id, type: event.type, cursor, data, created_at: event.created_at },
  })
}
