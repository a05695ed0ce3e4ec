import type { Module } from '../../kernel/module.ts'
import { empty } from './chores.ts'
import { contactCreated, contactDeleted, contactIdentified, contactUpdated } from './events.ts'
import { routes } from './routes.ts'
import { retag } from './service.ts'

export const contacts: Module = {
  name: 'contacts',
  routes,
  events: [contactCreated, contactUpdated, contactIdentified, contactDeleted],
  jobs: [retag],
  chores: [empty],
  globals: ['contacts.empty'],
}
