import type { Module } from '../../kernel/module.ts'
import { clear } from './chores.ts'
import { routes } from './routes.ts'

export const files: Module = {
  name: 'files',
  routes,
  chores: [clear],
  globals: ['files.mark_loose', 'files.list_deleted', 'files.forget'],
}
