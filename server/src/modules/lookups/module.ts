import type { Module } from '../../kernel/module.ts'
import { routes } from './routes.ts'

export const lookups: Module = { name: 'lookups', routes }
