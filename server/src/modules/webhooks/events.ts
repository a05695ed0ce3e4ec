import { Type } from 'typebox'
import { defineEvent } from '../../kernel/events.ts'
import { Webhook } from './schema.ts'

const scope = 'webhooks:read'
const data = Type.Object({ webhook: Webhook })

export const webhookCreated = defineEvent('webhook.created', { scope, summary: 'An endpoint was set up.', data })
export const webhookUpdated = defineEvent('webhook.updated', {
  scope,
  summary: 'It has another URL, other events, headers or secrets, or was switched on or off by somebody.',
  data,
})
export const webhookDisabled = defineEvent('webhook.disabled', {
  scope,
  summary: 'It was switched off because it answered 410, or failed for five days; disabled_reason says which.',
  data,
})
export const webhookDeleted = defineEvent('webhook.deleted', { scope, summary: 'It is told nothing any more.', data })
export const webhookTest = defineEvent('webhook.test', {
  scope,
  summary: 'Somebody asked for a test. Only the endpoint it is about receives it.',
  data,
})
