/** What time does to a key: its secrets, its end, and the note of when it was last used. The clock is the test's. */
import { beforeAll, expect, test } from 'vitest'
import { openLive, type Server, startServer, type World, world } from '../../../test/world.ts'
import { DAY, HOUR, MINUTE, SECOND } from '../../kernel/time.ts'
import type { ApiKey, ShownApiKey } from './schema.ts'

let running: Promise<Server>
let later = 0
beforeAll(() => {
  const env = { ANTIPHON_TRUSTED_PROXIES: '127.0.0.1' }
  running = startServer({ env, now: () => new Date(Date.now() + later) })
})
const pass = (milliseconds: number) => {
  later += milliseconds
}

const make = async (w: World, body: object = {}) =>
  (await w.post<ShownApiKey>('/v1/api-keys', { name: 'ci', scopes: ['contacts:read'], ...body })).body
const rotate = async (w: World, key: { id: string }, body: object) =>
  w.post<ShownApiKey>(`/v1/api-keys/${key.id}/rotate`, body)
const pairOf = (key: ShownApiKey) => ({ 'public-key': key.public_key, 'private-key': key.private_key })
/** Whether the credential is good, in each of its forms: all are, or none is. */
async function works(w: World, key: ShownApiKey): Promise<boolean> {
  const forms = [{ authorization: `Bearer ${key.bearer}` }, { authorization: `Bearer ${key.ck}` }, pairOf(key)]
  const replies = await Promise.all(forms.map((headers) => w.get('/v1/status', { as: null, headers })))
  const states = new Set(replies.map(({ status }) => status))
  expect(states.size).toBe(1)
  return states.has(200)
}

test('after a rotation both secrets work, until the overlap has passed', async () => {
  const w = await world({ on: running })
  const old = await make(w)
  const { status, body: fresh } = await rotate(w, old, { overlap_seconds: 3_600 })
  expect([status, fresh.id, fresh.private_key === old.private_key]).toEqual([200, old.id, false])
  expect(Date.parse(fresh.old_secret_expires_at ?? '') - Date.parse(fresh.updated_at)).toBe(HOUR)
  expect([await works(w, old), await works(w, fresh)]).toEqual([true, true])
  pass(HOUR - 10 * SECOND)
  expect([await works(w, old), await works(w, fresh)]).toEqual([true, true])
  pass(10 * SECOND)
  expect([await works(w, old), await works(w, fresh)]).toEqual([false, true])
})

test('a second rotation ends the oldest; one without overlap ends all that were', async () => {
  const w = await world({ on: running })
  const first = await make(w, { mode: 'test' })
  const { body: second } = await rotate(w, first, { overlap_seconds: 604_800 })
  const { body: third } = await rotate(w, first, { overlap_seconds: 60 })
  expect([await works(w, first), await works(w, second), await works(w, third)]).toEqual([false, true, true])
  const { body: fourth } = await rotate(w, first, {})
  expect([await works(w, second), await works(w, third), await works(w, fourth)]).toEqual([false, false, true])
  for (const overlap_seconds of [-1, 604_801, 0.5, '60'])
    expect(await rotate(w, first, { overlap_seconds })).toMatchObject({ status: 422 })
  expect(await works(w, fourth)).toBe(true)
  const said = (await w.log_of_events()).filter(({ type }) => type === 'api_key.updated')
  expect(said).toHaveLength(3)
  expect(said.every(({ previous }) => previous !== null && 'old_secret_expires_at' in previous)).toBe(true)
})

test('a key ends when it was said to, and works again when that is put off', async () => {
  const w = await world({ on: running })
  const at = (milliseconds: number) => new Date(Date.now() + later + milliseconds).toISOString()
  const key = await make(w, { expires_at: at(DAY) })
  expect(await works(w, key)).toBe(true)
  pass(DAY)
  expect(await works(w, key)).toBe(false)
  const path = `/v1/api-keys/${key.id}`
  expect((await w.get(path)).body).toMatchObject({ active: true })
  expect(await w.patch(path, { name: 'renamed', expires_at: key.expires_at })).toMatchObject({ status: 200 })
  expect(await w.patch(path, { expires_at: at(-HOUR) })).toMatchObject({ status: 422 })
  expect(await w.patch(path, { expires_at: at(HOUR) })).toMatchObject({ status: 200 })
  expect(await works(w, key)).toBe(true)
})

test('when and from where a key was last used is noted a moment later, once a minute, and told by no event', async () => {
  const w = await world({ on: running })
  const key = await make(w)
  const use = (address: string) => w.get('/v1/status', { as: key.bearer, headers: { 'x-forwarded-for': address } })
  const noted = async () => {
    const { last_used_at, last_used_address } = (await w.get<ApiKey>(`/v1/api-keys/${key.id}`)).body
    return { last_used_at, last_used_address }
  }
  const before = await w.events()
  await use('198.51.100.7')
  expect(await noted()).toEqual({ last_used_at: null, last_used_address: null })
  await expect.poll(noted, { timeout: 5_000 }).toMatchObject({ last_used_address: '198.51.100.7' })
  const first = await noted()
  await use('198.51.100.8')
  await new Promise((resolve) => setTimeout(resolve, 1_500))
  expect(await noted()).toEqual(first)
  pass(MINUTE)
  await use('198.51.100.9')
  await expect.poll(noted, { timeout: 5_000 }).toMatchObject({ last_used_address: '198.51.100.9' })
  expect(await w.events()).toEqual(before)
})

test('connections end with the secret, the scopes, the places or the switch they were opened with', async () => {
  const w = await world({ on: running })
  const ends = async (end: (key: ShownApiKey) => Promise<unknown>) => {
    const key = await make(w, { scopes: ['*'] })
    const live = await openLive(w.url, key.bearer)
    await live.until((frame) => frame['type'] === 'caught_up')
    await end(key)
    return Promise.race([live.closed(), new Promise((resolve) => setTimeout(resolve, 2_500, 'open'))])
  }
  const patch = (body: object) => (key: ShownApiKey) => w.patch(`/v1/api-keys/${key.id}`, body)
  expect(await ends(patch({ active: false }))).toBe(4401)
  expect(await ends(patch({ scopes: ['tags:read'] }))).toBe(4401)
  expect(await ends(patch({ allow: ['192.0.2.1'] }))).toBe(4401)
  expect(await ends((key) => w.delete(`/v1/api-keys/${key.id}`))).toBe(4401)
  expect(await ends((key) => rotate(w, key, {}))).toBe(4401)
  expect(
    await ends(async (key) => {
      await rotate(w, key, { overlap_seconds: 60 })
      pass(MINUTE)
    }),
  ).toBe(4401)
  expect(await ends(patch({ name: 'Renamed' }))).toBe('open')
  expect(await ends((key) => rotate(w, key, { overlap_seconds: 60 }))).toBe('open')
})

test('what another process does to a key is seen here within two seconds, and by its connections', async () => {
  const w = await world({ on: running })
  const key = await make(w, { scopes: ['*'] })
  const live = await openLive(w.url, key.bearer)
  await live.until((frame) => frame['type'] === 'caught_up')
  expect(await works(w, key)).toBe(true)
  await w.sql('update api_keys set active = false where id = $1', [key.id])
  await expect.poll(() => works(w, key), { timeout: 2_500, interval: 100 }).toBe(false)
  expect(await live.closed()).toBe(4401)
})
