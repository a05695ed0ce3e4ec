import type { Module } from '../../kernel/module.ts'
import { expire } from './chores.ts'
import { routes } from './routes.ts'

export const usage: Module = { name: 'usage', routes, chores: [expire], globals: ['usage.expire'] }
