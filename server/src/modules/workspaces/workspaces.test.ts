import { expect, test } from 'vitest'
import { world } from '../../../test/world.ts'
import { transact, within } from '../../kernel/context.ts'
import { Refusal } from '../../kernel/errors.ts'
import * as workspaces from './service.ts'

test('a workspace comes with a sandbox twin that is a workspace of its own', async () => {
  const w = await world()
  const own = await workspaces.get(w.app.system(w.own.id))
  const twin = await workspaces.get(w.app.system(w.sandbox_id))
  expect(own).toMatchObject({ id: w.own.id, mode: 'live', plan: 'basic', sandbox_id: w.sandbox_id })
  expect(twin).toMatchObject({ id: w.sandbox_id, mode: 'test', name: own.name, sandbox_id: null })
  expect(twin.number).not.toBe(own.number)
})

test('making a workspace makes all of it or nothing', async () => {
  const w = await world()
  const name = `Half made ${w.own.id}`
  const half = transact(w.app.system(null), async (tx) => {
    await workspaces.create(tx, { name })
    throw new Error('killed')
  })
  await expect(half).rejects.toThrow('killed')
  expect(await w.sql('select id from workspaces where name = $1', [name])).toEqual([])
})

test('a change reaches the twin, is said once in each, and is believed at once', async () => {
  const w = await world({ requests_per_minute: 50 })
  const limit = async () => (await w.get('/v1/status')).headers.get('x-ratelimit-limit')
  expect(await limit()).toBe('50')

  const change = { plan: 'growth', requests_per_minute: null, country: 'DE' } as const
  await workspaces.update(w.app.system(null), w.own.id, change)
  await workspaces.update(w.app.system(null), w.own.id, change)
  expect(await limit()).toBe('1000')
  expect(await workspaces.get(w.app.system(w.sandbox_id))).toMatchObject(change)
  for (const key of [w.key, w.testKey]) {
    const said = (await w.log_of_events(key)).filter(({ type }) => type === 'workspace.updated')
    expect(said).toMatchObject([
      { data: { workspace: change }, previous: { plan: 'basic', requests_per_minute: 50, country: 'US' } },
    ])
  }
  expect(await w.events(w.stranger.key)).not.toContain('workspace.updated')
})

test('an unlimited workspace has no bucket, a limited one refuses with the time to wait', async () => {
  const unlimited = await world()
  expect((await unlimited.get('/v1/status')).headers.get('x-ratelimit-limit')).toBeNull()

  const w = await world({ requests_per_minute: 2 })
  expect((await w.get('/v1/status')).headers.get('x-ratelimit-remaining')).toBe('1')
  await w.get('/v1/status')
  const refused = await w.get('/v1/status')
  expect(refused).toMatchObject({ status: 429, body: { code: 'rate_limited' } })
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0)
  expect((await w.get('/v1/status', { as: w.testKey })).status).toBe(200)
  expect((await w.get('/v1/status', { as: w.stranger.key })).status).toBe(200)
})

test.each([
  ['a country that is none', { country: 'XX' }, '/country'],
  ['a country in small letters', { country: 'us' }, '/country'],
  ['a time zone that is none', { time_zone: 'Mars/Olympus' }, '/time_zone'],
  ['a language that is none', { locale: 'not a tag' }, '/locale'],
  ['a name of blanks', { name: '  ' }, '/name'],
  ['half a request', { requests_per_minute: 0.5 }, '/requests_per_minute'],
])('refuses %s', async (_what, input, pointer) => {
  const w = await world()
  const attempt = workspaces.update(w.app.system(null), w.own.id, input)
  const refused = await attempt.catch((error: unknown) => error)
  expect(refused).toBeInstanceOf(Refusal)
  expect(refused).toMatchObject({ status: 422, errors: [{ pointer }] })
})

test('what is no id names no workspace', async () => {
  const ctx = (await world()).app.system(null)
  expect(await workspaces.find(ctx, 'nonsense')).toBeUndefined()
  await expect(workspaces.update(ctx, 'nonsense', { name: 'Other' })).rejects.toMatchObject({ code: 'not_found' })
})

test('a twin is changed through its parent only', async () => {
  const w = await world()
  const attempt = workspaces.update(w.app.system(null), w.sandbox_id, { name: 'Other' })
  await expect(attempt).rejects.toMatchObject({ code: 'not_found' })
})

test('numbers that people say count by one, whoever asks at once, and leave no gap when undone', async () => {
  const w = await world()
  const ctx = w.app.system(w.own.id)
  const next = () => transact(ctx, (tx) => workspaces.nextNumber(tx, 'test'))
  const first = await Promise.all(Array.from({ length: 8 }, next))
  const undone = transact(ctx, async (tx) => {
    await workspaces.nextNumber(tx, 'test')
    throw new Error('undone')
  })
  await expect(undone).rejects.toThrow('undone')
  expect([...first, await next()].sort((a, b) => a - b)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9])
  expect(await transact(within(ctx, w.sandbox_id), (tx) => workspaces.nextNumber(tx, 'test'))).toBe(1)
})

test('the list names the workspaces that customers reach, and not their twins', async () => {
  const w = await world()
  const { number } = await workspaces.get(w.app.system(w.own.id))
  const listed = await workspaces.list(w.app.system(null), { after: number - 1, limit: 3 })
  expect(listed.map(({ id }) => id)).toContain(w.own.id)
  expect(listed.map(({ id }) => id)).not.toContain(w.sandbox_id)
})
