/** Every field of every route, given what it is not for: an answer, a refusal, but never a failure. */
import { beforeAll, expect, test } from 'vitest'
import { parts } from '../src/app.ts'
import type { Route } from '../src/kernel/http.ts'
import { type Sample, samples } from './samples.ts'
import { chatWorld } from './visitors.ts'
import { startServer, type World } from './world.ts'

const routes = parts.flatMap((part) => part.routes ?? []).filter((route) => route.path !== '/v1/live')
const nameOf = (route: Route) => `${route.method} ${route.path}`

const VALUES: readonly unknown[] = [
  null,
  true,
  -1,
  0.5,
  2_147_483_648,
  Number.MAX_SAFE_INTEGER + 2,
  1e308,
  '',
  ' ',
  '\u202e\u0000x',
  '%s%n\\\'";--',
  '2024-12-31T23:59:60Z',
  '99999-01-01',
  '+1234567890123456789',
  'x@x',
  '00000000-0000-0000-0000-000000000000',
  '😀'.repeat(200),
  'x'.repeat(60_000),
  [],
  [null],
  ['', ''],
  Array(300).fill('a'),
  {},
  { '': '' },
  { toString: 1, constructor: 1, length: -1 },
]
const QUERIES = [
  '',
  ' ',
  '-1',
  '0',
  '1e9',
  '2147483648',
  '9'.repeat(30),
  'null',
  '%00',
  '%27%22%5C',
  '%F0%9F%98%80',
  'x'.repeat(3_000),
  'a&KEY=b',
]

let w: World
let own: Record<string, Sample>
let visitor: string
beforeAll(async () => {
  const chat = await chatWorld(startServer({ env: { ANTIPHON_TRUSTED_PROXIES: '127.0.0.1' } }))
  w = chat.w
  own = await samples(w, w.own)
  visitor = (await chat.visit()).token
})

const fieldsOf = (schema: object | undefined): string[] =>
  schema && 'properties' in schema ? Object.keys(Object(schema.properties)) : []

/** What each route that names nothing in its path takes as it stands. */
const BASES: Record<string, object> = {
  'POST /v1/contacts': { external_id: 'base' },
  'POST /v1/conversations': { contact: { external_id: 'base' } },
  'POST /v1/api-keys': { name: 'base', scopes: ['tags:read'] },
  'POST /v1/tags': { name: 'base' },
  'POST /v1/inboxes': { name: 'base', channel: 'web_chat' },
}

let asked = 0
function ask(route: Route, query: string, body?: unknown): Promise<{ status: number; text: string }> {
  const ids = own[nameOf(route)]?.ids ?? {}
  asked++
  return w.call(route.method, route.path.replaceAll(/\{(\w+)\}/g, (_, key: string) => ids[key] ?? w.newId()) + query, {
    as: route.access?.scheme === 'visitor' ? visitor : w.key,
    headers: { 'x-forwarded-for': `198.18.${asked >> 8}.${asked & 255}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
}

async function isNoFailure(what: unknown, reply: Promise<{ status: number; text: string }>): Promise<void> {
  const { status, text } = await reply
  expect(status, `${JSON.stringify(what).slice(0, 200)} ${text}`).toBeLessThan(500)
}

const named = (wanted: readonly Route[]) => wanted.map((route) => [nameOf(route), route] as const)

test.each(named(routes.filter((route) => fieldsOf(route.body).length > 0)))(
  '%s takes any value of any field, or refuses it',
  async (name, route) => {
    const base = BASES[name] ?? own[name]?.body?.() ?? {}
    for (const field of fieldsOf(route.body)) {
      for (const value of VALUES) {
        const body = { ...Object(base), [field]: value }
        await isNoFailure(body, ask(route, '', body))
      }
    }
  },
)

test.each(named(routes.filter((route) => fieldsOf(route.query).length > 0)))(
  '%s takes any parameter, or refuses it',
  async (_name, route) => {
    for (const field of fieldsOf(route.query)) {
      for (const value of QUERIES) {
        const query = `?${field}=${value.replace('KEY', field)}`
        await isNoFailure(query, ask(route, query))
      }
    }
  },
)

test('what was taken can be read, and nothing of all this was a failure of ours', async () => {
  for (const noun of ['contacts', 'conversations', 'tags', 'inboxes', 'users', 'api-keys', 'events']) {
    expect([noun, (await w.get(`/v1/${noun}?limit=200`)).status]).toEqual([noun, 200])
  }
  expect(w.log.filter((line) => line.includes('"level":"error"'))).toEqual([])
  await w.app.drain()
})
