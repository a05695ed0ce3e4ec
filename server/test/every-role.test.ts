/** Who may do what, asked of every route by a key of every scope that acts for somebody of every role. */
import { beforeAll, expect, test } from 'vitest'
import { parts } from '../src/app.ts'
import type { Route } from '../src/kernel/http.ts'
import * as apiKeys from '../src/modules/api-keys/service.ts'
import { ROLES, type Role } from '../src/modules/users/schema.ts'
import * as users from '../src/modules/users/service.ts'
import { type World, world } from './world.ts'

type Scoped = Route & { scope: string }
const routes = parts
  .flatMap((part) => part.routes ?? [])
  .filter((route): route is Scoped => route.access === undefined && route.scope !== null)
const scopes = [...new Set(routes.map(({ scope }) => scope))].sort()

/** What people write who answer customers; all else that is written is for admins, and so are the keys to the house. */
const OF_AGENTS = ['contacts', 'conversations', 'files', 'messages', 'tags'].map((resource) => `${resource}:write`)
const OF_ADMINS = ['api_keys:read', 'usage:read', 'webhooks:read']

function may(role: Role, scope: string): boolean {
  if (role === 'admin' || role === 'owner') return true
  if (scope.endsWith(':read')) return !OF_ADMINS.includes(scope)
  return role === 'agent' && OF_AGENTS.includes(scope)
}

let w: World
beforeAll(async () => {
  w = await world()
})

/** Whether the gate lets a key by. What is asked changes nothing: its body cannot be read, and its id is nobody's. */
async function isLetIn(route: Scoped, as: string): Promise<boolean> {
  const path = route.path.replaceAll(/\{\w+\}/g, w.newId())
  const headers = { 'content-type': 'application/json' }
  const reply = await w.call(route.method, path, { as, ...(route.method === 'GET' ? {} : { body: '{', headers }) })
  expect(reply.status, `${route.method} ${path} ${reply.text}`).toBeLessThan(500)
  return reply.body['code'] !== 'scope_missing'
}

test.each(ROLES)(
  'a key that acts for %s opens what its scope and their role both open, and nothing else',
  async (role) => {
    const email = `${w.newId()}@example.com`
    const { id } = await users.create(w.app.system(w.id), { email, name: role, role })
    const actingForThem = { ...w.app.system(w.id), user_id: id }
    for (const given of [...scopes, '*']) {
      const { bearer } = await apiKeys.create(actingForThem, { name: given, scopes: [given] })
      const open = await Promise.all(routes.map((route) => isLetIn(route, bearer)))
      const expected = routes.map(({ scope }) => (given === '*' || given === scope) && may(role, scope))
      const names = (list: boolean[]) => routes.filter((_, index) => list[index]).map(({ summary }) => summary)
      expect([given, names(open)]).toEqual([given, names(expected)])
    }
  },
)
