import { expect, test } from 'vitest'
import { signInAs } from '../../../test/sign-in.ts'
import { startServer, type World, world } from '../../../test/world.ts'
import { HOUR, MINUTE } from '../../kernel/time.ts'
import * as apiKeys from '../api-keys/service.ts'
import { expire } from './chores.ts'
import type { Usage } from './schema.ts'
import { keep } from './service.ts'

const usageOf = async (w: World, query = '', as = w.key) => (await w.get<Usage>(`/v1/usage${query}`, { as })).body
const summary = ({ callers }: Usage) =>
  callers.map(({ type, name, requests, refused }) => [type, name, requests, refused])

test('requests are counted by key, refused ones apart, and people together', async () => {
  const w = await world({ requests_per_minute: 20 })
  const ctx = w.app.system(w.own.id)
  const slow = await apiKeys.create(ctx, { name: 'slow', scopes: ['*'], requests_per_minute: 3 })
  for (let n = 0; n < 5; n++) await w.get('/v1/status', { as: slow.bearer })
  const { cookie } = await signInAs(w, w.users.admin.email)
  for (let n = 0; n < 2; n++) await w.get('/v1/status', { as: null, headers: { cookie } })
  await w.get('/v1/contacts', { as: 'nonsense' })
  await w.get('/v1/status', { as: w.stranger.key })

  const usage = await usageOf(w)
  // Whoever asks is counted as well.
  expect(summary(usage)).toEqual([
    ['key', 'slow', 3, 2],
    ['people', null, 2, 0],
    ['key', 'test', 1, 0],
  ])
  expect(usage.callers[0]).toMatchObject({ id: slow.id, limit: 3 })
  expect(usage).toMatchObject({ limit: 20, standing: { remaining: 14 } })
  expect(Date.parse(String(usage.standing?.resets_at)) - Date.now()).toBeLessThanOrEqual(MINUTE)
})

test('minutes lie where they were, and none is told that was not asked for', async () => {
  const w = await world()
  const at = (minutes: number) => new Date((Math.floor(Date.now() / MINUTE) - minutes) * MINUTE)
  const put = (minutes: number, requests: number) =>
    w.sql("insert into usage_minutes values ($1, $2, '', $3, 1)", [w.own.id, at(minutes), requests])
  await put(90, 7)
  await put(30, 5)
  await put(2, 3)
  const usage = await usageOf(w)
  const people = usage.callers.find(({ type }) => type === 'people')
  expect(people).toMatchObject({ requests: 8, refused: 2 })
  expect(people?.minutes.map(({ requests }) => requests)).toEqual([5, 3])
  expect(Date.parse(usage.until) - Date.parse(usage.from)).toBe(59 * MINUTE)
  expect(summary(await usageOf(w, '?minutes=120'))[0]).toEqual(['people', null, 15, 3])
  expect((await w.get('/v1/usage?minutes=2881')).status).toBe(422)
  expect(summary(await usageOf(w, '', w.stranger.key))).toEqual([['key', 'test', 1, 0]])
})

test('beyond the ten busiest, keys are told together', async () => {
  const w = await world()
  const minute = new Date(Math.floor(Date.now() / MINUTE) * MINUTE)
  await w.sql("insert into usage_minutes select $1, $2, 'key ' || n, 100 + n, 0 from generate_series(1, 25) n", [
    w.own.id,
    minute,
  ])
  const { callers } = await usageOf(w)
  expect(callers.filter(({ type }) => type === 'key').map(({ id }) => id)).toEqual(
    Array.from({ length: 10 }, (_, n) => `key ${25 - n}`),
  )
  expect(callers.filter(({ type }) => type === 'others')).toMatchObject([{ id: null, requests: 1_621 }])
})

test('only those who govern a workspace see its usage', async () => {
  const w = await world()
  const as = async (email: string) => ({ as: null, headers: { cookie: (await signInAs(w, email)).cookie } })
  expect((await w.get('/v1/usage', await as(w.users.agent.email))).status).toBe(403)
  expect((await w.get('/v1/usage', await as(w.users.admin.email))).status).toBe(200)
  expect((await w.get('/v1/usage', { as: await w.keyWith('usage:read') })).status).toBe(200)
  expect((await w.get('/v1/usage', { as: await w.keyWith('contacts:*') })).status).toBe(403)
})

test('two servers count into one minute, and what could not be kept is kept later', async () => {
  const w = await world({ on: startServer() })
  const count = () => w.app.kernel.usage.note({ workspace_id: w.own.id, key_id: 'k' }, 'taken', new Date())
  await w.sql('alter table usage_minutes rename to elsewhere')
  count()
  await keep(w.app.kernel)
  count()
  await keep(w.app.kernel)
  expect(w.log.filter((line) => line.includes('usage was not kept'))).not.toHaveLength(0)
  await w.sql('alter table elsewhere rename to usage_minutes')
  await keep(w.app.kernel)
  count()
  await keep(w.app.kernel)
  const counted = () =>
    w.sql('select sum(requests)::integer as n from usage_minutes where workspace_id = $1', [w.own.id])
  expect(await counted()).toEqual([{ n: 3 }])
  count()
  await w.app.drain()
  expect(await counted()).toEqual([{ n: 4 }])
})

test('minutes are forgotten after 48 hours', async () => {
  const w = await world({ on: startServer() })
  await w.sql(
    "insert into usage_minutes select $1, now() - n * interval '1 hour', '', 1, 0 from generate_series(0, 72) n",
    [w.own.id],
  )
  await expire.run(w.app.system(null))
  const [oldest] = await w.sql('select min(minute) as at, count(*)::integer as n from usage_minutes')
  expect(oldest?.['n']).toBe(48)
  expect(Date.now() - Number(oldest?.['at'])).toBeLessThan(48 * HOUR)
  await w.app.drain()
})
