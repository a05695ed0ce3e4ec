import { setTimeout as wait } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { server, startServer, world } from './world.ts'

test('a server that can do its work says so to anyone', async () => {
  const w = await world()
  expect(await w.get('/health', { as: null })).toMatchObject({ status: 200, body: { status: 'ok' } })
  expect(await w.get('/ready', { as: null })).toMatchObject({
    status: 200,
    body: { status: 'ready', database: 'ok', schema: 'ok', relay: 'ok', server: 'ok', limits: 'ok' },
  })
  const many = await Promise.all(Array.from({ length: 100 }, () => w.get('/ready', { as: 'nonsense' })))
  expect(many.every((reply) => reply.status === 200 && reply.headers.get('x-ratelimit-limit') === null)).toBe(true)
})

test.each([
  ['newer', 'insert into migrations (number, name, checksum) values (9999, $1, $1)'],
  ['older', "delete from migrations where number = (select max(number) from migrations where $1 <> '')"],
])('a server whose schema is %s names it', async (how, change) => {
  const w = await world({ on: startServer() })
  await w.sql(change, ['x'])
  expect(await w.get('/ready', { as: null })).toMatchObject({
    status: 503,
    body: { status: 'not_ready', database: 'ok', schema: `${how} than this version` },
  })
  await w.app.drain()
})

test('a server whose database goes away says so, refuses without failing, and comes back by itself', async () => {
  const w = await world({ on: startServer() })
  const [row] = await w.sql('select current_database() as name')
  const name = String(row?.['name'])
  const { sql: elsewhere } = await server()
  const live = await w.live()
  await live.until((frame) => frame['type'] === 'caught_up')
  await elsewhere(`alter database ${name} with allow_connections false`)
  await elsewhere(
    "select pg_terminate_backend(pid) from pg_stat_activity where datname = $1 and application_name = 'antiphon'",
    [name],
  )
  await wait(50)

  const away = await w.get('/ready', { as: null })
  expect(away).toMatchObject({
    status: 503,
    body: { status: 'not_ready', database: 'does not answer', schema: 'unknown' },
  })
  const refused = await w.post('/v1/contacts', { external_id: 'x' })
  expect(refused).toMatchObject({ status: 503, body: { code: 'database_unavailable' } })
  expect(refused.headers.get('retry-after')).toBe('1')
  expect((await w.get('/health', { as: null })).status).toBe(200)
  await expect
    .poll(async () => (await w.get('/ready', { as: null })).body['relay'], { timeout: 5_000 })
    .toBe('stands still')

  await elsewhere(`alter database ${name} with allow_connections true`)
  await expect.poll(async () => (await w.get('/ready', { as: null })).status, { timeout: 5_000 }).toBe(200)
  expect((await w.post('/v1/contacts', { external_id: 'x' })).status).toBe(201)
  await live.event('contact.created')
  live.close()
  await w.app.drain()
})
