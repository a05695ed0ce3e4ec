/** What may be done at all, and what each role may do of it. */
import { allows } from '../../kernel/gate.ts'
import type { Role } from './schema.ts'

/** Every scope there is, by resource. The dashboard has a name for each: features/api-keys/resources.ts. */
const ACTIONS = {
  api_keys: ['read', 'write'],
  contacts: ['read', 'write'],
  conversations: ['read', 'write'],
  files: ['read', 'write'],
  inboxes: ['read', 'write'],
  messages: ['read', 'write'],
  tags: ['read', 'write'],
  usage: ['read'],
  users: ['read', 'write'],
  webhooks: ['read', 'write'],
  workspaces: ['read'],
} as const satisfies Record<string, readonly string[]>

export type Resource = keyof typeof ACTIONS

const SCOPES: readonly string[] = Object.entries(ACTIONS).flatMap(([resource, actions]) =>
  actions.map((action) => `${resource}:${action}`),
)
/** Everything one can ask for: all of it, a resource as a whole, a scope. */
export const ASKABLE: readonly string[] = ['*', ...Object.keys(ACTIONS).map((resource) => `${resource}:*`), ...SCOPES]

// What opens doors is for those who govern them, to look at as well.
const GOVERNED = new Set(['api_keys:read', 'usage:read', 'webhooks:read'])
const READS = SCOPES.filter((scope) => scope.endsWith(':read') && !GOVERNED.has(scope))
const EVERYTHING = ['*']

export const ROLE_SCOPES = {
  viewer: READS,
  agent: [...READS, 'contacts:write', 'conversations:write', 'files:write', 'messages:write', 'tags:write'],
  admin: EVERYTHING,
  owner: EVERYTHING,
} as const satisfies Record<Role, readonly string[]>

/** Whether it is a scope one can ask for: one of the list, `resource:*` or `*`. */
export function isScope(text: string): boolean {
  return ASKABLE.includes(text)
}

/** What both sets allow: of a wide and a narrow scope, the narrow one. */
export function meet(asked: Iterable<string>, role: Role): ReadonlySet<string> {
  const allowed = new Set<string>(ROLE_SCOPES[role])
  const wanted = new Set(asked)
  const narrow = [...wanted].filter((scope) => allows(allowed, scope))
  return new Set([...narrow, ...[...allowed].filter((scope) => allows(wanted, scope))])
}
