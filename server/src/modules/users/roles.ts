/** What may be done at all, and what each role may do of it. */
import { allows } from '../../kernel/gate.ts'
import type { Role } from './schema.ts'

/** Every scope there is, by resource. */
const ACTIONS = {
  api_keys: ['read', 'write'],
  contacts: ['read', 'write'],
  conversations: ['read', 'write'],
  events: ['read'],
  files: ['read', 'write'],
  inboxes: ['read', 'write'],
  messages: ['read', 'write'],
  tags: ['read', 'write'],
  users: ['read', 'write'],
  workspaces: ['read', 'write'],
} as const satisfies Record<string, readonly string[]>

export const SCOPES: readonly string[] = Object.entries(ACTIONS).flatMap(([resource, actions]) =>
  actions.map((action) => `${resource}:${action}`),
)
const READS = SCOPES.filter((scope) => scope.endsWith(':read'))
const EVERYTHING = ['*']

export const ROLE_SCOPES = {
  viewer: READS,
  agent: [...READS, 'contacts:write', 'conversations:write', 'files:write', 'messages:write', 'tags:write'],
  admin: EVERYTHING,
  owner: EVERYTHING,
} as const satisfies Record<Role, readonly string[]>

/** Whether it is a scope one can ask for: one of the list, `resource:*` or `*`. */
export function isScope(text: string): boolean {
  return text === '*' || SCOPES.includes(text) || (text.endsWith(':*') && Object.hasOwn(ACTIONS, text.slice(0, -2)))
}

/** What both sets allow: of a wide and a narrow scope, the narrow one. */
export function meet(asked: Iterable<string>, role: Role): ReadonlySet<string> {
  const allowed = new Set<string>(ROLE_SCOPES[role])
  const wanted = new Set(asked)
  const narrow = [...wanted].filter((scope) => allows(allowed, scope))
  return new Set([...narrow, ...[...allowed].filter((scope) => allows(wanted, scope))])
}
