import { Type } from 'typebox'
import { defineEvent } from '../../kernel/events.ts'
import { User } from './schema.ts'

const scope = 'users:read'
const data = Type.Object({ user: User })

export const userCreated = defineEvent('user.created', {
  scope,
  summary: 'Somebody became a user, or came back.',
  data,
})
export const userUpdated = defineEvent('user.updated', { scope, summary: 'Their name or role changed.', data })
export const userRemoved = defineEvent('user.removed', {
  scope,
  summary: 'They are no user any more: what was assigned to them is nobody’s, what they wrote stays theirs.',
  data,
})
export const agentStatusChanged = defineEvent('agent.status_changed', {
  scope,
  summary: 'They are online, away or offline.',
  data,
})
