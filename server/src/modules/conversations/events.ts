import { Type } from 'typebox'
import { defineEvent } from '../../kernel/events.ts'
import { Json } from '../../kernel/schema.ts'
import { Conversation } from './schema.ts'

const scope = 'conversations:read'
/** The conversation as it is after the change, and the activity message that records the change, where there is one. */
const data = Type.Object({ conversation: Conversation, message: Type.Optional(Json) })

export const conversationCreated = defineEvent('conversation.created', {
  scope,
  summary: 'A conversation began.',
  data,
})
export const conversationAssigned = defineEvent('conversation.assigned', {
  scope,
  summary: 'Somebody took it, was given it, or let it go.',
  data,
})
export const conversationResolved = defineEvent('conversation.resolved', {
  scope,
  summary: 'It was marked as done.',
  data,
})
export const conversationReopened = defineEvent('conversation.reopened', {
  scope,
  summary: 'It was done and is open again: by a reply, by a person, by the API.',
  data,
})
export const conversationUpdated = defineEvent('conversation.updated', {
  scope,
  summary: 'Anything else about it changed: status, priority, subject, tags, how far it has been read.',
  data,
})
