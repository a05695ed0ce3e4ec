import type { Module } from '../../kernel/module.ts'
import * as events from './events.ts'
import { routes } from './routes.ts'
import { releaseRest, wake } from './service.ts'

export const messages: Module = { name: 'messages', routes, events: Object.values(events), jobs: [wake, releaseRest] }
