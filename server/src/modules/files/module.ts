import type { Module } from '../../kernel/module.ts'
import { clear, sweep } from './chores.ts'
import { routes } from './routes.ts'

export const files: Module = {
  name: 'files',
  routes,
  chores: [clear, sweep],
  globals: ['files.mark_loose', 'files.list_deleted', 'files.list_known', 'files.forget'],
}
