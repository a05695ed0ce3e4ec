import type { Module } from '../../kernel/module.ts'
import { routes } from './routes.ts'

export const live: Module = { name: 'live', routes, globals: ['live.span'] }
