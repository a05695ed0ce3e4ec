import type { Module } from '../../kernel/module.ts'
import { routes } from './routes.ts'

export const api: Module = { name: 'api', routes }
