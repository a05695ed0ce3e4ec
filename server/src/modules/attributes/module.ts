import type { Module } from '../../kernel/module.ts'
import { tagCreated, tagDeleted, tagUpdated } from './events.ts'
import { routes } from './routes.ts'

export const attributes: Module = { name: 'attributes', routes, events: [tagCreated, tagUpdated, tagDeleted] }
