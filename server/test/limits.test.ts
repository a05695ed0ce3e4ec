/** Limits as a client meets them: what counts, what is told, and that each bucket is its own. */
import { expect, test } from 'vitest'
import { addressBook } from '../src/kernel/address.ts'
import { type Access, ok, type Route, route } from '../src/kernel/http.ts'
import type { RouteClass } from '../src/kernel/rate-limit.ts'
import { Json } from '../src/kernel/schema.ts'
import { buildServer } from '../src/kernel/server.ts'
import * as apiKeys from '../src/modules/api-keys/service.ts'
import { startServer, type World, world } from './world.ts'

const told = (headers: Headers) => ({
  limit: headers.get('x-ratelimit-limit'),
  remaining: headers.get('x-ratelimit-remaining'),
  policy: headers.get('ratelimit-policy'),
  left: headers.get('ratelimit'),
})

test.each<[string, number, (w: World) => Parameters<World['call']>]>([
  ['what was asked for', 200, () => ['GET', '/v1/contacts']],
  ['nothing there', 404, (w) => ['GET', `/v1/contacts/${w.newId()}`]],
  ['a body that is no JSON', 400, () => ['POST', '/v1/contacts', { body: '{', headers: JSON_BODY }]],
  ['a body of another type', 415, () => ['POST', '/v1/contacts', { body: 'a=b', headers: TEXT_BODY }]],
  [
    'a body that is too large',
    413,
    () => ['POST', '/v1/contacts', { body: ' '.repeat(1_100_000), headers: JSON_BODY }],
  ],
  ['a field that is wrong', 422, () => ['POST', '/v1/contacts', { body: { email: 1 } }]],
  ['a field of the query that is wrong', 422, () => ['GET', '/v1/contacts?limit=none']],
])('%s is answered with how the plan stands', async (_name, status, request) => {
  const w = await world({ requests_per_minute: 50 })
  const reply = await w.call(...request(w))
  expect(reply.status).toBe(status)
  expect(told(reply.headers)).toEqual({
    limit: '50',
    remaining: '49',
    policy: '"plan";q=50;w=60',
    left: expect.stringMatching(/^"plan";r=49;t=(60|59)$/),
  })
  const reset = Number(reply.headers.get('x-ratelimit-reset')) - Date.now() / 1_000
  expect(reset).toBeGreaterThan(50)
  expect(reset).toBeLessThan(62)
})

const JSON_BODY = { 'content-type': 'application/json' }
const TEXT_BODY = { 'content-type': 'text/plain' }

test.each<[string, number, string, World['call'] extends (...given: infer A) => unknown ? A : never]>([
  ['nobody', 401, '"address"', ['GET', '/v1/contacts', { as: null }]],
  ['a wrong key', 401, '"address"', ['GET', '/v1/contacts', { as: 'nonsense' }]],
  ['a route that is not there', 404, '"address"', ['GET', '/v1/nothing']],
  ['a method that is not there', 405, '"address"', ['PATCH', '/v1/contacts', { body: {} }]],
  ['a URL without end', 414, '"address"', ['GET', `/v1/contacts?q=${'x'.repeat(9_000)}`]],
  ['a URL that is no text', 400, '"address"', ['GET', '/v1/contacts?q=%ff']],
])('%s is answered with how the address stands', async (_name, status, policy, request) => {
  const w = await world()
  const reply = await w.call(...request)
  expect(reply.status).toBe(status)
  expect(told(reply.headers).left).toContain(policy)
  expect(told(reply.headers)).toMatchObject({ limit: '60', policy: '"address";q=60;w=60' })
})

test('of 200 requests at once a limit of 100 lets 100 through, and says to the others when to come back', async () => {
  const w = await world({ requests_per_minute: 100 })
  const replies = await Promise.all(Array.from({ length: 200 }, () => w.get('/v1/status')))
  const refused = replies.filter(({ status }) => status === 429)
  expect([replies.length - refused.length, refused.length]).toEqual([100, 100])
  expect(refused.every(({ body }) => body['code'] === 'rate_limited')).toBe(true)
  for (const { headers } of refused) {
    expect(told(headers)).toMatchObject({ limit: '100', remaining: '0' })
    expect(Number(headers.get('retry-after'))).toBeGreaterThan(0)
  }
  expect((await w.get('/v1/status', { as: w.testKey })).headers.get('x-ratelimit-remaining')).toBe('99')
  expect((await w.get('/v1/status', { as: w.stranger.key })).headers.get('x-ratelimit-remaining')).toBe('99')
})

/** A server with routes of our own beside the product's kernel, which no route of the product has need of yet. */
async function serve(w: World, routes: readonly Route[], access: Access = apiKeys.credential) {
  const now = () => new Date()
  const app = buildServer({
    kernel: w.app.kernel,
    routes,
    access,
    addresses: addressBook([]),
    now,
    maxUpload: 1_000,
  })
  return async (path: string, key = w.key) => {
    const reply = await app.inject({ method: 'GET', url: path, headers: { authorization: `Bearer ${key}` } })
    return {
      status: reply.statusCode,
      left: String(reply.headers['ratelimit']).split(';t=')[0],
      detail: reply.json()['detail'],
    }
  }
}

const answering = (path: `/${string}`, name?: RouteClass) =>
  route({
    method: 'GET',
    path,
    summary: 'Answer',
    scope: null,
    replies: { 200: Json },
    run: async () => ok({}),
    ...(name ? { class: name } : {}),
  })

test('a class of routes is a bucket of the workspace beside its plan’s, and what it refuses counts in none', async () => {
  const w = await world({ requests_per_minute: 100 })
  const get = await serve(w, [
    answering('/v1/scrape', 'scrape'),
    answering('/v1/again', 'scrape'),
    answering('/v1/plain'),
  ])
  const other = await w.keyWith('*')
  expect(await get('/v1/scrape')).toMatchObject({ status: 200, left: '"scrape";r=2' })
  expect(await get('/v1/again', other)).toMatchObject({ status: 200, left: '"scrape";r=1' })
  expect(await get('/v1/scrape')).toMatchObject({ status: 200, left: '"scrape";r=0' })
  for (let n = 0; n < 5; n++) {
    expect(await get('/v1/scrape', other)).toMatchObject({
      status: 429,
      left: '"scrape";r=0',
      detail: expect.stringContaining('The limit "scrape" is 3 requests a minute.'),
    })
  }
  expect(await get('/v1/plain')).toMatchObject({ status: 200, left: '"plan";r=96' })
  expect(await get('/v1/scrape', w.stranger.key)).toMatchObject({ status: 200, left: '"scrape";r=2' })
})

test('a dialect has a bucket for each key beside the plan’s, and shows its own', async () => {
  const w = await world({ requests_per_minute: 10 })
  const dialect = (name: string, limit: number): Access => ({
    scheme: 'credential',
    authenticate: async (incoming) => {
      const caller = await apiKeys.credential.authenticate(incoming)
      const own = { policy: name, key: `${name} ${caller.credential}`, limit, shown: 'always' } as const
      return { ...caller, buckets: [...caller.buckets, own] }
    },
  })
  const one = await serve(w, [answering('/v1/one')], dialect('one', 100))
  const two = await serve(w, [answering('/v1/two')], dialect('two', 2))
  expect(await one('/v1/one')).toMatchObject({ status: 200, left: '"one";r=99' })
  expect(await two('/v1/two')).toMatchObject({ status: 200, left: '"two";r=1' })
  expect(await two('/v1/two')).toMatchObject({ status: 200, left: '"two";r=0' })
  expect(await two('/v1/two')).toMatchObject({ status: 429, left: '"two";r=0' })
  expect(await one('/v1/one')).toMatchObject({ status: 200, left: '"one";r=98' })
  expect((await w.get('/v1/status')).headers.get('ratelimit')).toContain('"plan";r=5')
})

test('a server whose Redis is not there says so once, is ready, and limits by itself', async () => {
  const on = startServer({ env: { REDIS_URL: 'redis://:hunter2@127.0.0.1:9' } })
  const w = await world({ on, requests_per_minute: 20 })
  expect(await w.get('/ready', { as: null })).toMatchObject({
    status: 200,
    body: { status: 'ready', limits: 'degraded: Redis does not answer' },
  })
  const replies = await Promise.all(Array.from({ length: 40 }, () => w.get('/v1/status')))
  expect(replies.filter(({ status }) => status === 200)).toHaveLength(20)
  const lines = w.log.filter((line) => line.includes('Redis'))
  expect(lines).toHaveLength(1)
  expect(w.log.join()).not.toContain('hunter2')
  await w.app.drain()
})
