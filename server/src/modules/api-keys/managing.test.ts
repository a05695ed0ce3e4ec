/** Keys as people manage them: made, narrowed, switched off and revoked over HTTP, never beyond who asks. */
import { expect, test } from 'vitest'
import { signInAs } from '../../../test/sign-in.ts'
import { type CallOptions, type World, world } from '../../../test/world.ts'
import * as users from '../users/service.ts'
import type { ApiKey, ShownApiKey } from './schema.ts'

const make = (w: World, body: object, options?: CallOptions) =>
  w.post<ShownApiKey>('/v1/api-keys', { name: 'ci', scopes: ['contacts:read'], ...body }, options)
const path = ({ id }: { id: string }) => `/v1/api-keys/${id}`
const works = async (w: World, bearer: string) => (await w.get('/v1/status', { as: bearer })).status
const beyond = (pointer: string) => ({ status: 422, body: { errors: [{ pointer, code: 'beyond' }] } })
const beyondYours = { status: 403, body: { code: 'api_key_beyond_yours' } }

/** A key that may manage keys, and what is named besides. */
const manager = async (w: World, more: object & { scopes: string[] }) => {
  const { body } = await make(w, { ...more, scopes: ['api_keys:*', ...more.scopes] })
  return { id: body.id, as: body.bearer }
}

test('a key is made, shown once in every form, listed without its secret, changed, and revoked', async () => {
  const w = await world()
  const expires_at = new Date(Date.now() + 86_400_000).toISOString()
  const made = await make(w, { name: ' CI ', expires_at, allow: ['10.1.2.3/8'], requests_per_minute: 60 })
  expect(made.status).toBe(201)
  const { bearer, ck, public_key, private_key, ...shown } = made.body
  expect(shown).toMatchObject({ object: 'api_key', name: 'CI', mode: 'live', active: true, allow: ['10.0.0.0/8'] })
  expect(shown).toMatchObject({ expires_at, requests_per_minute: 60, last_used_at: null, user_id: null })
  expect([bearer, ck, public_key]).toEqual([`ap_${shown.id}_${private_key}`, `ck_${shown.id}:${private_key}`, shown.id])

  const one = await w.get(path(shown))
  expect(one.body).toEqual(shown)
  const list = await w.get<{ data: ApiKey[] }>('/v1/api-keys')
  expect(list.body.data[0]).toEqual(shown)
  expect(one.text + list.text).not.toContain(private_key)

  const changed = await w.patch<ApiKey>(path(shown), { name: 'CD', allow: [], expires_at: null })
  expect(changed).toMatchObject({ status: 200, body: { name: 'CD', allow: [], expires_at: null } })
  expect((await w.patch(path(shown), { name: 'CD' })).headers.get('etag')).toBe(changed.headers.get('etag'))
  const stale = { headers: { 'if-match': one.headers.get('etag') ?? '' } }
  expect(await w.patch(path(shown), { name: 'CE' }, stale)).toMatchObject({ status: 412 })
  expect(await w.delete(path(shown), stale)).toMatchObject({ status: 412 })

  expect(await works(w, bearer)).toBe(200)
  expect((await w.delete(path(shown))).status).toBe(204)
  expect(await works(w, bearer)).toBe(401)
  for (const gone of [w.get(path(shown)), w.delete(path(shown)), w.patch(path(shown), { name: 'x' })])
    expect((await gone).status).toBe(404)
  expect((await w.get(`/v1/api-keys`)).text).not.toContain(shown.id)

  const said = (await w.log_of_events()).filter(({ data }) => data['api_key']?.['id'] === shown.id)
  expect(said.map(({ type }) => type)).toEqual(['api_key.created', 'api_key.updated', 'api_key.revoked'])
  expect(said[1]?.previous).toEqual({ name: 'CI', allow: ['10.0.0.0/8'], expires_at })
  expect(JSON.stringify(said)).not.toContain(private_key)
})

test('a key that is switched off opens nothing until it is switched on again', async () => {
  const w = await world()
  const { body } = await make(w, { active: false })
  expect(await works(w, body.bearer)).toBe(401)
  for (const active of [true, false, true]) {
    await w.patch(path(body), { active })
    expect(await works(w, body.bearer)).toBe(active ? 200 : 401)
  }
})

test('a repeat of the request that made a key shows the same secret, and it is not kept in the open', async () => {
  const w = await world()
  const headers = { 'idempotency-key': 'once' }
  const [first, second] = [await make(w, {}, { headers }), await make(w, {}, { headers })]
  expect(second.body).toEqual(first.body)
  expect(second.headers.get('idempotent-replayed')).toBe('true')
  const stored = await w.sql('select payload from idempotency_keys where workspace_id = $1', [w.id])
  expect(JSON.stringify(stored)).not.toContain(first.body.private_key)
})

test.each([
  ['no name', { name: ' ' }, '/name', 'length'],
  ['no scope', { scopes: [] }, '/scopes', 'minItems'],
  ['a scope that is none', { scopes: ['contacts:read', 'contacts:fly'] }, '/scopes/1', 'enum'],
  ['an end that has passed', { expires_at: '2020-01-01T00:00:00Z' }, '/expires_at', 'past'],
  ['a limit of nothing', { requests_per_minute: 0 }, '/requests_per_minute', 'minimum'],
  ['too many places', { allow: Array(51).fill('example.com') }, '/allow', 'maxItems'],
  ['a mode that is none', { mode: 'sandbox' }, '/mode', 'enum'],
])('a key with %s is refused, and none is made', async (_what, body, pointer, code) => {
  const w = await world()
  const before = await w.events()
  expect(await make(w, body)).toMatchObject({ status: 422, body: { errors: [{ pointer, code }] } })
  expect(await w.events()).toEqual(before)
})

test('a test key acts in the sandbox, is listed in both, and makes none that is live', async () => {
  const w = await world()
  const { body: test } = await make(w, { mode: 'test', scopes: ['*'] })
  expect(test.bearer).toMatch(/^ap_test_/)
  expect((await w.get('/v1/me', { as: test.bearer })).body).toMatchObject({ workspace: { id: w.sandbox_id } })
  const { body: live } = await make(w, { scopes: ['*'] })

  const ids = async (as: string) =>
    (await w.get<{ data: ApiKey[] }>('/v1/api-keys', { as })).body.data.map(({ id }) => id)
  expect(await ids(w.key)).toEqual(expect.arrayContaining([test.id, live.id]))
  expect(await ids(test.bearer)).toContain(test.id)
  expect(await ids(test.bearer)).not.toContain(live.id)
  expect(await ids(w.stranger.key)).not.toContain(test.id)

  const as = test.bearer
  expect(await make(w, { mode: 'live' }, { as })).toMatchObject(beyond('/mode'))
  expect((await make(w, {}, { as })).body).toMatchObject({ mode: 'test' })
  for (const reply of [
    w.get(path(live), { as }),
    w.delete(path(live), { as }),
    w.post(`${path(live)}/rotate`, {}, { as }),
  ])
    expect((await reply).status).toBe(404)

  expect((await w.patch(path(test), { name: 'seen in both' })).status).toBe(200)
  for (const log of [w.key, w.testKey]) {
    const told = (await w.log_of_events(log)).filter(({ data }) => data['api_key']?.['name'] === 'seen in both')
    expect(told.map(({ type }) => type)).toEqual(['api_key.updated'])
  }
})

test('pages of keys follow on each other, forwards and back', async () => {
  const w = await world()
  for (const name of ['a', 'b', 'c']) await make(w, { name, mode: name === 'b' ? 'test' : 'live' })
  type Page = { data: ApiKey[]; next_cursor: string }
  const names = ({ body }: { body: Page }) => body.data.map(({ name }) => name)
  const first = await w.get<Page>('/v1/api-keys?limit=2')
  const second = await w.get<Page>(`/v1/api-keys?limit=2&after=${first.body.next_cursor}`)
  expect([names(first), names(second)[0]]).toEqual([['c', 'b'], 'a'])
  const third = await w.get<Page>(`/v1/api-keys?limit=1&after=${second.body.next_cursor}`)
  const back = await w.get<Page>(`/v1/api-keys?limit=1&before=${first.body.next_cursor}`)
  expect([third.status, names(back)]).toEqual([200, ['c']])
})

test('only admins and owners manage keys, and see them at all', async () => {
  const w = await world()
  const { body: key } = await make(w, {})
  const as = async (email: string) => ({ as: null, headers: await signInAs(w, email) })
  const agent = await as(w.users.agent.email)
  const refused = { status: 403, body: { code: 'scope_missing' } }
  expect(await w.get('/v1/api-keys', agent)).toMatchObject(refused)
  expect(await make(w, {}, agent)).toMatchObject(refused)
  expect(await w.patch(path(key), { active: false }, agent)).toMatchObject(refused)
  const admin = await as(w.users.admin.email)
  const mine = await make(w, { scopes: ['*'] }, admin)
  expect(mine).toMatchObject({ status: 201, body: { user_id: w.users.admin.id } })
  expect((await w.get('/v1/me', { as: mine.body.bearer })).body).toMatchObject({ user: { id: w.users.admin.id } })
  await users.update(w.app.system(w.id), w.users.admin.id, { role: 'agent' })
  expect(await make(w, {}, { as: mine.body.bearer })).toMatchObject(refused)
})

test('a key makes none that may more: no scope, no later end, no other place, no higher limit', async () => {
  const w = await world()
  const expires_at = new Date(Date.now() + 60_000).toISOString()
  const later = new Date(Date.now() + 120_000).toISOString()
  const terms = { expires_at, allow: ['127.0.0.0/8', 'example.com'], requests_per_minute: 50 }
  const own = await manager(w, { ...terms, scopes: ['contacts:*', 'tags:read'] })
  const ask = (body: object) => make(w, { ...terms, ...body }, own)
  expect((await ask({ scopes: ['contacts:read', 'contacts:write', 'contacts:*', 'tags:read'] })).status).toBe(201)
  expect((await ask({ allow: ['127.0.0.1', 'shop.example.com'], requests_per_minute: 5 })).status).toBe(201)
  for (const scope of ['*', 'tags:*', 'tags:write', 'messages:read'])
    expect(await ask({ scopes: ['contacts:read', scope] })).toMatchObject(beyond('/scopes/1'))
  expect(await ask({ expires_at: later })).toMatchObject(beyond('/expires_at'))
  expect(await ask({ expires_at: null })).toMatchObject(beyond('/expires_at'))
  for (const allow of [[], ['0.0.0.0/0'], ['127.0.0.1', '10.0.0.1'], ['com.example'], ['anexample.com'], ['::1']])
    expect(await ask({ allow })).toMatchObject(beyond('/allow'))
  for (const requests_per_minute of [51, null])
    expect(await ask({ requests_per_minute })).toMatchObject(beyond('/requests_per_minute'))
})

test('a key neither widens, switches on nor rotates one that may more, itself among them; it may take away', async () => {
  const w = await world()
  const own = await manager(w, { scopes: ['contacts:read'] })
  const { body: wide } = await make(w, { scopes: ['*'], active: false })
  const { body: narrow } = await make(w, { scopes: ['contacts:read'], active: false, allow: ['10.0.0.1'] })
  const change = (key: { id: string }, body: object) => w.patch(path(key), body, own)

  expect(await change(own, { scopes: ['api_keys:*', 'contacts:*'] })).toMatchObject(beyond('/scopes/1'))
  expect(await change(wide, { active: true })).toMatchObject(beyondYours)
  expect(await change(wide, { expires_at: null, name: 'still wide' })).toMatchObject({ status: 200 })
  expect(await w.post(`${path(wide)}/rotate`, {}, own)).toMatchObject(beyondYours)
  expect((await w.get(path(wide))).body).toMatchObject({ active: false, old_secret_expires_at: null })

  for (const body of [{ active: true }, { allow: [] }, { requests_per_minute: 9 }, { requests_per_minute: null }])
    expect(await change(narrow, body)).toMatchObject({ status: 200, body })
  expect(await w.post(`${path(narrow)}/rotate`, {}, own)).toMatchObject({ status: 200 })
  expect(await change(narrow, { scopes: ['tags:read'] })).toMatchObject(beyond('/scopes/0'))
  expect(await change(wide, { scopes: ['tags:read'] })).toMatchObject({ status: 200 })
  expect(await change(wide, { scopes: ['tags:read', 'contacts:read'] })).toMatchObject(beyond('/scopes/0'))
  expect((await w.delete(path(wide), own)).status).toBe(204)
})

test('an admin hands out no secret of a key that acts for an owner', async () => {
  const w = await world()
  const email = `${w.newId()}@example.com`
  await users.create(w.app.system(w.id), { email, name: 'Olga', role: 'owner' })
  const as = async (who: string) => ({ as: null, headers: await signInAs(w, who) })
  const [owner, admin] = [await as(email), await as(w.users.admin.email)]
  const { body: theirs } = await make(w, { scopes: ['contacts:read'] }, owner)
  expect(await w.post(`${path(theirs)}/rotate`, {}, admin)).toMatchObject(beyondYours)
  expect(await w.patch(path(theirs), { scopes: ['*'] }, admin)).toMatchObject(beyondYours)
  expect(await w.patch(path(theirs), { active: false }, admin)).toMatchObject({ status: 200 })
  expect(await w.patch(path(theirs), { active: true }, admin)).toMatchObject(beyondYours)
  expect((await w.post(`${path(theirs)}/rotate`, {}, owner)).status).toBe(200)
})

const ROLES = ['viewer', 'agent', 'admin', 'owner'] as const
const ASKED = ['contacts:read', 'contacts:write', 'inboxes:write', 'api_keys:read', 'api_keys:write', 'contacts:*', '*']

test.each(ROLES)('whatever a key is given, it may no more than %s whom it acts for', async (role) => {
  const w = await world()
  const { id } = w.users.admin
  const headers = await signInAs(w, w.users.admin.email)
  const keys = new Map<string, ShownApiKey>()
  for (const scope of ASKED) {
    const { body } = await make(w, { scopes: [scope] }, { as: null, headers })
    keys.set(scope, body)
  }
  await users.update(w.app.system(w.id), id, { role })
  const session = { as: null, headers }
  const may = async (options: CallOptions, wanted: string) => {
    const granted = (await w.get<{ scopes: string[] }>('/v1/me', options)).body.scopes
    const [resource] = wanted.split(':')
    return granted.includes('*') || granted.includes(wanted) || granted.includes(`${resource}:*`)
  }
  for (const [given, key] of keys) {
    for (const wanted of ASKED.filter((scope) => !scope.includes('*'))) {
      const covers = given === '*' || given === wanted || given === `${wanted.split(':')[0]}:*`
      const expected = covers && (await may(session, wanted))
      expect([role, given, wanted, await may({ as: key.bearer }, wanted)]).toEqual([role, given, wanted, expected])
    }
  }
  const minted = await Promise.all([...keys.values()].map(({ bearer }) => make(w, {}, { as: bearer })))
  const isGovernor = role === 'admin' || role === 'owner'
  const all = keys.get('*')
  expect(minted.map(({ status }) => status === 201)).toEqual(ASKED.map((scope) => isGovernor && scope === '*'))
  expect((await make(w, { scopes: ['*'] }, { as: all?.bearer ?? '' })).status).toBe(isGovernor ? 201 : 403)
})

test('keys end with whom they act for, and that is told in both workspaces', async () => {
  const w = await world()
  const headers = await signInAs(w, w.users.admin.email)
  const mine = await make(w, { mode: 'test' }, { as: null, headers })
  const nobodys = await make(w, {})
  await users.remove(w.app.system(w.id), w.users.admin.id)
  expect((await w.get(path(mine.body))).status).toBe(404)
  expect((await w.get(path(nobodys.body))).status).toBe(200)
  expect(await works(w, mine.body.bearer)).toBe(401)
  for (const as of [w.key, w.testKey]) {
    const revoked = (await w.log_of_events(as)).filter(({ type }) => type === 'api_key.revoked')
    expect(revoked).toMatchObject([{ data: { api_key: { id: mine.body.id, active: false } } }])
  }
})
