import type { Module } from '../../kernel/module.ts'
import { routes } from './routes.ts'

export const apiKeys: Module = {
  name: 'api-keys',
  routes,
  globals: ['api_keys.find', 'api_keys.touch'],
}
