/** What keys may be given, by resource, in words; and a set of scopes in a few of them. */
import type { Resource } from './schema.ts'

const names: Record<Resource, { name: string; writable?: false }> = {
  contacts: { name: 'Customers' },
  conversations: { name: 'Conversations' },
  messages: { name: 'Messages' },
  files: { name: 'Files' },
  tags: { name: 'Tags' },
  inboxes: { name: 'Inboxes' },
  users: { name: 'Team' },
  workspaces: { name: 'Workspace', writable: false },
  webhooks: { name: 'Webhooks' },
  usage: { name: 'Usage', writable: false },
  api_keys: { name: 'API keys' },
}

export const resources = Object.entries(names).map(([id, { name, writable }]) => ({
  id,
  name,
  actions: writable === false ? ['read'] : ['read', 'write'],
}))

const all = resources.flatMap(({ id, actions }) => actions.map((action) => `${id}:${action}`))
// A key that hands out keys is for few programs; it is picked by name.
const reads = all.filter((scope) => scope.endsWith(':read') && scope !== 'api_keys:read')
const desk = ['contacts', 'conversations', 'messages', 'files']

export const presets = [
  { id: 'everything', label: 'Everything', hint: 'Whatever you may do, and what comes later.', scopes: ['*'] },
  { id: 'reading', label: 'Read only', hint: 'Sees everything but keys, and changes nothing.', scopes: reads },
  {
    id: 'desk',
    label: 'Customers and messages',
    hint: 'Enough for most integrations.',
    scopes: [...desk.flatMap((id) => [`${id}:read`, `${id}:write`]), 'inboxes:read', 'tags:read', 'users:read'],
  },
] as const

/** Whether a set of scopes holds one, spelled out, as `resource:*` or as `*`. */
export function holds(scopes: readonly string[], scope: string): boolean {
  return scopes.includes(scope) || scopes.includes('*') || scopes.includes(`${scope.split(':')[0]}:*`)
}

/** Each scope by name: wildcards spelled out, but for everything. */
export function spelledOut(scopes: readonly string[]): string[] {
  return scopes.includes('*') ? ['*'] : all.filter((scope) => holds(scopes, scope))
}

export function isSame(one: readonly string[], other: readonly string[]): boolean {
  const [a, b] = [spelledOut(one), spelledOut(other)]
  return a.length === b.length && a.every((scope) => b.includes(scope))
}

/** “Writes customers, messages; reads tags” */
export function inWords(scopes: readonly string[]): string {
  const preset = presets.find((one) => isSame(one.scopes, scopes))
  if (preset) return preset.label
  const written = resources.filter(({ id }) => holds(scopes, `${id}:write`))
  const read = resources.filter(({ id }) => holds(scopes, `${id}:read`) && !holds(scopes, `${id}:write`))
  const parts = [written.length > 0 && `Writes ${few(written)}`, read.length > 0 && `reads ${few(read)}`]
  const text = parts.filter((part) => part !== false).join('; ')
  return text.replace(/^r/, 'R')
}

function few(some: readonly { name: string }[]): string {
  if (some.length > 3) return `${some.length} resources`
  return some.map(({ name }) => name.replace(/^[A-Z](?![A-Z])/, (letter) => letter.toLowerCase())).join(', ')
}
