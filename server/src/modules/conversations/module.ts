import type { Module } from '../../kernel/module.ts'
import * as events from './events.ts'
import { routes } from './routes.ts'
import { retag } from './service.ts'

export const conversations: Module = { name: 'conversations', routes, events: Object.values(events), jobs: [retag] }
