/** Every route, by the same questions: is it closed to nobody, to the wrong scope, to strangers; does it refuse nonsense. */
import { beforeAll, describe, expect, test } from 'vitest'
import { parts } from '../src/app.ts'
import type { Route } from '../src/kernel/http.ts'
import { type Sample, samples } from './samples.ts'
import { type World, world } from './world.ts'

const routes = parts.flatMap((part) => part.routes ?? [])
const nameOf = (route: Route) => `${route.method} ${route.path}`
const byKey = routes.filter((route) => route.access === undefined && route.path !== '/v1/live')
const pathWith = (route: Route, ids: Readonly<Record<string, string>>) =>
  route.path.replaceAll(/\{(\w+)\}/g, (_, name: string) => ids[name] ?? 'missing')

let w: World
let own: Record<string, Sample>
let theirs: Record<string, Sample>
beforeAll(async () => {
  w = await world()
  own = await samples(w, w.own)
  theirs = await samples(w, w.stranger)
})

const call = (
  route: Route,
  path: string,
  options: { as?: string | null; body?: unknown; headers?: Record<string, string> },
) => w.call(route.method, path, options)

test('every route with something of a tenant in its path has a sample to be tried with', () => {
  const wanted = routes.filter((route) => route.path.includes('{')).map(nameOf)
  expect(wanted.filter((name) => !(name in own))).toEqual([])
})

test('no two routes share an operation’s name', () => {
  const summaries = routes.map((route) => route.summary)
  expect(summaries.filter((summary, index) => summaries.indexOf(summary) !== index)).toEqual([])
})

describe.each(byKey.map((route) => [nameOf(route), route] as const))('%s', (name, route) => {
  const sample = () => own[name] ?? { ids: {} }
  const path = () => pathWith(route, sample().ids)

  test('is closed to nobody', async () => {
    const reply = await call(route, path(), { as: null })
    expect(reply).toMatchObject({ status: 401, body: { code: 'credential_missing' } })
    expect(reply.headers.get('x-ratelimit-limit')).toBe('60')
    expect(reply.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/)
  })

  test.runIf(route.scope !== null)('is closed to a key without its scope', async () => {
    const key = await w.keyWith(route.scope?.startsWith('files:') ? 'tags:read' : 'files:read')
    expect(await call(route, path(), { as: key })).toMatchObject({ status: 403, body: { code: 'scope_missing' } })
  })

  test.runIf(route.path.includes('{'))('does not show or change what is a stranger’s', async () => {
    const before = await w.log_of_events(w.stranger.key)
    const stranger = theirs[name] ?? { ids: {} }
    const reply = await call(route, pathWith(route, stranger.ids), bodyOf(sample()))
    expect(reply.status).toBe(404)
    expect(await w.log_of_events(w.stranger.key)).toEqual(before)
  })

  test.runIf(route.path.includes('{'))('does not know what is nobody’s, or no id at all', async () => {
    for (const id of [w.newId(), 'nonsense', '%00', '..%2f..%2fetc', '😀']) {
      const ids = Object.fromEntries(Object.keys(sample().ids).map((key) => [key, id]))
      expect((await call(route, pathWith(route, ids), bodyOf(sample()))).status).toBe(404)
    }
  })

  test.runIf(!route.upload)('refuses parameters that nobody declared', async () => {
    const reply = await call(route, `${path()}?nonsense=1`, bodyOf(sample()))
    expect(reply).toMatchObject({ status: 422, body: { code: 'invalid' } })
    expect(reply.body['errors']).toContainEqual({
      pointer: '?nonsense',
      code: 'unknown',
      detail: 'There is no such field.',
    })
  })

  test.runIf(route.body !== undefined)('refuses bodies that are no bodies', async () => {
    const headers = { 'content-type': 'application/json' }
    expect(await call(route, path(), { body: '{', headers })).toMatchObject({
      status: 400,
      body: { code: 'body_malformed' },
    })
    expect(await call(route, path(), { body: new Uint8Array([34, 255, 34]), headers })).toMatchObject({ status: 400 })
    expect(await call(route, path(), { body: 'x=1', headers: { 'content-type': 'text/plain' } })).toMatchObject({
      status: 415,
    })
    for (const body of ['[]', '7', 'null', '""', '{"nonsense":1}', `${'['.repeat(40)}${']'.repeat(40)}`]) {
      expect(await call(route, path(), { body, headers })).toMatchObject({ status: 422, body: { code: 'invalid' } })
    }
    const huge = JSON.stringify({ text: 'x'.repeat(1024 * 1024) })
    expect((await call(route, path(), { body: huge, headers })).status).toBe(413)
  })

  test('does not answer to other methods', async () => {
    const reply = await w.call('PUT', path(), {})
    expect(reply).toMatchObject({ status: 405, body: { code: 'method_not_allowed' } })
    expect(reply.headers.get('allow')).toContain(route.method)
  })
})

function bodyOf(sample: Sample): { body?: unknown } {
  return sample.body === undefined ? {} : { body: sample.body() }
}
