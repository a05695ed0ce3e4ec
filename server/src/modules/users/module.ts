import type { Module } from '../../kernel/module.ts'
import { agentStatusChanged, userCreated, userRemoved, userUpdated } from './events.ts'
import { deleteExpired } from './queries.ts'
import { routes } from './routes.ts'

export const users: Module = {
  name: 'users',
  routes,
  events: [userCreated, userUpdated, userRemoved, agentStatusChanged],
  chores: [{ name: 'users.expire', at: '17 3 * * *', run: deleteExpired }],
  globals: [
    'users.number',
    'users.person',
    'users.person_put',
    'users.first',
    'users.rename',
    'users.password',
    'users.link',
    'users.link_take',
    'users.session',
    'users.session_open',
    'users.session_end',
    'users.sessions_end',
    'users.ping',
    'users.expired',
    'users.library',
  ],
}
