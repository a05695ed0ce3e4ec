import { expect, test } from 'vitest'
import { inboxOf } from '../../test/visitors.ts'
import { everything } from '../../test/wire.ts'
import { type World, world } from '../../test/world.ts'
import { ensureTags } from '../modules/attributes/service.ts'
import { transact } from './context.ts'
import { once, type StoredAnswer } from './idempotency.ts'
import { DAY } from './time.ts'

const add = (w: World, key: string, body: unknown, as?: string) =>
  w.call<{ id: string }>('POST', '/v1/tags', { body, headers: { 'idempotency-key': key }, ...(as ? { as } : {}) })

test('a repeat is answered with what was answered, headers and all', async () => {
  const w = await world()
  const first = await add(w, 'k', { name: 'one' })
  await w.patch(`/v1/tags/${first.body.id}`, { name: 'changed since' })
  const again = await add(w, 'k', { name: 'one' })
  expect([first.status, again.status, again.text]).toEqual([201, 201, first.text])
  expect(again.headers.get('etag')).toBe(first.headers.get('etag'))
  expect([first, again].map((reply) => reply.headers.get('idempotent-replayed'))).toEqual([null, 'true'])
  expect(again.headers.get('x-request-id')).not.toBe(first.headers.get('x-request-id'))
})

test('a repeated deletion is done once and answered twice', async () => {
  const w = await world()
  const { id } = (await w.post<{ id: string }>('/v1/tags', { name: 'x' })).body
  const remove = () => w.call('DELETE', `/v1/tags/${id}`, { headers: { 'idempotency-key': 'gone' } })
  expect([(await remove()).status, (await remove()).status]).toEqual([204, 204])
  expect((await w.delete(`/v1/tags/${id}`)).status).toBe(404)
})

test.each([
  ['another body', (w: World) => add(w, 'k', { name: 'two' })],
  [
    'another query',
    (w: World) => w.call('POST', '/v1/tags?', { body: { name: 'one' }, headers: { 'idempotency-key': 'k' } }),
  ],
  [
    'another route',
    (w: World) => w.call('POST', '/v1/contacts', { body: { external_id: 'x' }, headers: { 'idempotency-key': 'k' } }),
  ],
])('a key that was used for %s is refused', async (_name, again) => {
  const w = await world()
  await add(w, 'k', { name: 'one' })
  const before = await everything(w)
  expect(await again(w)).toMatchObject({ status: 422, body: { code: 'idempotency_mismatch' } })
  expect(await everything(w)).toEqual(before)
})

test('a key is its caller’s alone', async () => {
  const w = await world()
  const other = await w.keyWith('tags:write')
  const ids = [
    await add(w, 'k', { name: 'one' }),
    await add(w, 'k', { name: 'two' }, other),
    await add(w, 'k', { name: 'one' }, w.stranger.key),
  ]
  expect(ids.map((reply) => reply.status)).toEqual([201, 201, 201])
  expect(new Set(ids.map((reply) => reply.body.id)).size).toBe(3)
})

test.each([
  ['none at all', ''],
  ['one without end', 'k'.repeat(256)],
  ['one of other letters', 'k\xe9'],
  ['one with a tab', 'a\tb'],
])('of keys, %s is refused', async (_name, key) => {
  const w = await world()
  const before = await everything(w)
  expect(await add(w, key, { name: 'x' })).toMatchObject({ status: 422, body: { code: 'idempotency_key_invalid' } })
  expect(await everything(w)).toEqual(before)
})

test('a refusal is not kept: what was wrong can be put right under the same key', async () => {
  const w = await world()
  expect((await add(w, 'k', { name: '' })).status).toBe(422)
  expect((await add(w, 'k', { name: 'right' })).status).toBe(201)
  const taken = await add(w, 'l', { name: 'right' })
  expect(taken.status).toBeGreaterThanOrEqual(400)
  const kept = await w.sql('select key from idempotency_keys where workspace_id = $1', [w.id])
  expect(kept).toEqual([{ key: 'k' }])
})

test('while the first is under way, a second is told to wait; when it breaks off, nothing is left', async () => {
  const w = await world()
  const ctx = w.app.system(w.id)
  const attempt = { caller: 'somebody', key: 'k', fingerprint: Buffer.from('f') }
  const answer: StoredAnswer = { status: 201, headers: {}, payload: '{}' }
  const begun = Promise.withResolvers<void>()
  const held = Promise.withResolvers<void>()
  const first = once(ctx, attempt, async () => {
    begun.resolve()
    await held.promise
    throw new Error('the process dies here')
  })
  await begun.promise
  await expect(once(ctx, attempt, async () => answer)).rejects.toMatchObject({ code: 'idempotency_in_flight' })
  held.resolve()
  await expect(first).rejects.toThrow('dies here')
  expect(await once(ctx, attempt, async () => answer)).toMatchObject({ status: 201, replayed: false })
  expect(await once(ctx, attempt, async () => answer)).toMatchObject({ status: 201, replayed: true })
})

test('what died between the change and its answer has changed nothing', async () => {
  const w = await world()
  const ctx = w.app.system(w.id)
  const attempt = { caller: 'somebody', key: 'k', fingerprint: Buffer.from('f') }
  const before = await everything(w)
  const dying = once(ctx, attempt, async (tx) => {
    await transact(tx, (inner) => ensureTags(inner, ['half']))
    throw new Error('the process dies here')
  })
  await expect(dying).rejects.toThrow('dies here')
  expect(await everything(w)).toEqual(before)
})

test('a key is free again after a day', async () => {
  const w = await world()
  const ctx = w.app.system(w.id)
  const attempt = { caller: 'somebody', key: 'k', fingerprint: Buffer.from('f') }
  const run = (days: number) =>
    once({ ...ctx, now: () => new Date(Date.now() + days * DAY) }, attempt, async () => ({
      status: 200,
      headers: {},
      payload: null,
    }))
  expect((await run(0)).replayed).toBe(false)
  expect((await run(0.9)).replayed).toBe(true)
  expect((await run(1.1)).replayed).toBe(false)
})

test('an answer that shows a secret is kept sealed, and shown to nobody else', async () => {
  const w = await world()
  const chat = await inboxOf(w, 'web_chat')
  const make = () =>
    w.call<{ secret: string }>('POST', `/v1/inboxes/${chat}/identity-secrets`, { headers: { 'idempotency-key': 's' } })
  const [first, again] = [await make(), await make()]
  expect([first.status, again.status, again.body]).toEqual([201, 201, first.body])
  const kept = await w.sql('select * from idempotency_keys where workspace_id = $1', [w.id])
  expect(kept).toMatchObject([{ sealed: true, status: 201 }])
  expect(JSON.stringify(kept)).not.toContain(first.body.secret)
})

test('no answer lies open: not one that shows a secret, and not one with a link that opens a file', async () => {
  const w = await world()
  const body = new FormData()
  body.set('file', new File(['hello'], 'a.txt', { type: 'text/plain' }))
  const send = () => w.call<{ url: string }>('POST', '/v1/files', { body, headers: { 'idempotency-key': 'f' } })
  const [first, again] = [await send(), await send()]
  expect(again.text).toBe(first.text)
  expect((await w.get(again.body.url, { as: null })).text).toBe('hello')
  const kept = await w.sql('select * from idempotency_keys where workspace_id = $1', [w.id])
  expect(kept).toHaveLength(1)
  expect(JSON.stringify(kept)).not.toMatch(/signature|a\.txt/)
})

test('an answer that can no longer be opened is not given half, and nothing is done twice', async () => {
  const w = await world()
  await add(w, 'k', { name: 'one' })
  await w.sql("update idempotency_keys set payload = 'x' || payload where workspace_id = $1", [w.id])
  const before = await everything(w)
  expect(await add(w, 'k', { name: 'one' })).toMatchObject({ status: 409, body: { code: 'idempotency_answer_lost' } })
  expect(await everything(w)).toEqual(before)
})

test.each<[string, (w: World) => Promise<[string, string, unknown, number]>]>([
  ['POST', async () => ['POST', '/v1/tags', { name: 'one' }, 201]],
  ['PATCH', async (w) => ['PATCH', `/v1/tags/${await tagOf(w)}`, { name: 'other' }, 200]],
  ['DELETE', async (w) => ['DELETE', `/v1/tags/${await tagOf(w)}`, undefined, 204]],
])(
  'of twenty %s at once with one key, one is done and the others hear of it or are told to wait',
  async (_m, request) => {
    const w = await world()
    const [method, path, body, status] = await request(w)
    const before = (await w.events()).length
    const send = () => w.call(method, path, { headers: { 'idempotency-key': 'k' }, ...(body ? { body } : {}) })
    const replies = await Promise.all(Array.from({ length: 20 }, send))
    const done = replies.filter((reply) => reply.status === status)
    const waiting = replies.filter((reply) => reply.status === 409 && reply.body['code'] === 'idempotency_in_flight')
    expect(done.length + waiting.length).toBe(20)
    expect(waiting.every((reply) => reply.headers.get('retry-after') === '1')).toBe(true)
    expect(done.filter((reply) => reply.headers.get('idempotent-replayed') === null)).toHaveLength(1)
    expect(new Set(done.map(({ text }) => text)).size).toBe(1)
    expect((await w.events()).length).toBe(before + 1)
    expect((await send()).headers.get('idempotent-replayed')).toBe('true')
  },
)

async function tagOf(w: World): Promise<string> {
  return (await w.post<{ id: string }>('/v1/tags', { name: 'first' })).body.id
}

test('an upload that is sent again is the same file; other bytes under its key are refused', async () => {
  const w = await world()
  const send = (bytes: string, name = 'a.txt') => {
    const body = new FormData()
    body.set('file', new File([bytes], name, { type: 'text/plain' }))
    return w.call<{ id: string }>('POST', '/v1/files', { body, headers: { 'idempotency-key': 'f' } })
  }
  const [first, again] = [await send('hello'), await send('hello')]
  expect([first.status, again.status, again.body.id]).toEqual([201, 201, first.body.id])
  expect(await send('other')).toMatchObject({ status: 422, body: { code: 'idempotency_mismatch' } })
  expect(await send('hello', 'b.txt')).toMatchObject({ status: 422, body: { code: 'idempotency_mismatch' } })
  expect(await w.sql('select from files where workspace_id = $1', [w.id])).toHaveLength(1)
})
