import { Type } from 'typebox'
import { defineEvent } from '../../kernel/events.ts'
import { Inbox } from './schema.ts'

const scope = 'inboxes:read'
const data = Type.Object({ inbox: Inbox })

export const inboxCreated = defineEvent('inbox.created', { scope, summary: 'An inbox was set up.', data })
export const inboxUpdated = defineEvent('inbox.updated', {
  scope,
  summary: 'Its name, settings or bot changed, it was switched on or off, or it has other secrets.',
  data,
})
