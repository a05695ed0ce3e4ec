import type { Module } from '../../kernel/module.ts'
import { removeExpired } from './queries.ts'
import { routes } from './routes.ts'

export const webChat: Module = {
  name: 'web_chat',
  routes,
  chores: [{ name: 'web_chat.expired', at: '23 3 * * *', run: removeExpired }],
  globals: ['web_chat.workspace', 'web_chat.expired'],
}
