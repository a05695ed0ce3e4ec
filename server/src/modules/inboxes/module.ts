import type { Module } from '../../kernel/module.ts'
import { inboxCreated, inboxUpdated } from './events.ts'
import { routes } from './routes.ts'

export const inboxes: Module = { name: 'inboxes', routes, events: [inboxCreated, inboxUpdated] }
