import { Type } from 'typebox'
import { defineEvent } from '../../kernel/events.ts'
import { Time } from '../../kernel/schema.ts'
import { Conversation } from '../conversations/schema.ts'
import { Message } from './schema.ts'

const scope = 'messages:read'
/** The message, and the conversation as the message left it. */
const data = Type.Object({ message: Message, conversation: Conversation })

export const messageReceived = defineEvent('message.received', { scope, summary: 'A customer wrote.', data })
export const messageSent = defineEvent('message.sent', {
  scope,
  summary: 'An outgoing message was committed, whatever becomes of it.',
  data,
})
export const messageNoted = defineEvent('message.noted', { scope, summary: 'Somebody of the team left a note.', data })
export const messageUpdated = defineEvent('message.updated', { scope, summary: 'It went from queued to sent.', data })
export const messageFailed = defineEvent('message.failed', {
  scope,
  summary: 'It could not be delivered; error says why.',
  data,
})
export const messageDeleted = defineEvent('message.deleted', {
  scope,
  summary: 'Its content is gone; its place remains.',
  data,
})

/** One message, or all outgoing ones in a range of positions at once. */
const reached = Type.Object({
  conversation: Conversation,
  message: Type.Optional(Message),
  range: Type.Optional(Type.Object({ from: Type.Integer(), to: Type.Integer(), at: Time })),
})
export const messageDelivered = defineEvent('message.delivered', {
  scope,
  summary: 'It reached the customer.',
  data: reached,
})
export const messageRead = defineEvent('message.read', { scope, summary: 'The customer read it.', data: reached })
