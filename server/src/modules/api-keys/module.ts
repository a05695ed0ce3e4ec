import type { Module } from '../../kernel/module.ts'
import { apiKeyCreated, apiKeyRevoked, apiKeyUpdated } from './events.ts'
import { routes } from './routes.ts'

export const apiKeys: Module = {
  name: 'api-keys',
  routes,
  events: [apiKeyCreated, apiKeyUpdated, apiKeyRevoked],
  globals: ['api_keys.find', 'api_keys.touch'],
}
