import type { Module } from '../../kernel/module.ts'
import { clear } from './chores.ts'
import { webhookCreated, webhookDeleted, webhookDisabled, webhookTest, webhookUpdated } from './events.ts'
import { replayMany } from './replaying.ts'
import { routes } from './routes.ts'

export const webhooks: Module = {
  name: 'webhooks',
  routes,
  events: [webhookCreated, webhookUpdated, webhookDisabled, webhookDeleted, webhookTest],
  jobs: [replayMany],
  chores: [clear],
  globals: ['webhooks.clear', 'webhooks.cursor', 'webhooks.senders', 'webhooks.lanes'],
}
