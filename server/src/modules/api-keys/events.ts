import { Type } from 'typebox'
import { defineEvent } from '../../kernel/events.ts'
import { ApiKey } from './schema.ts'

const scope = 'api_keys:read'
const data = Type.Object({ api_key: ApiKey })

export const apiKeyCreated = defineEvent('api_key.created', { scope, summary: 'A key was made.', data })
export const apiKeyUpdated = defineEvent('api_key.updated', {
  scope,
  summary: 'It has another name, other bounds or another secret, or was switched on or off.',
  data,
})
export const apiKeyRevoked = defineEvent('api_key.revoked', { scope, summary: 'It opens nothing any more.', data })
