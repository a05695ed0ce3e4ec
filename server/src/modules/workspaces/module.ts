import type { Module } from '../../kernel/module.ts'
import { workspaceUpdated } from './events.ts'
import { routes } from './routes.ts'

export const workspaces: Module = {
  name: 'workspaces',
  routes,
  events: [workspaceUpdated],
  globals: ['workspaces.find', 'workspaces.lock', 'workspaces.list', 'workspaces.insert', 'workspaces.update'],
}
