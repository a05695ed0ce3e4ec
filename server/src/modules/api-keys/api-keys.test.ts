import { IncomingMessage } from 'node:http'
import { Socket } from 'node:net'
import { expect, test } from 'vitest'
import { signInAs } from '../../../test/sign-in.ts'
import { type World, world } from '../../../test/world.ts'
import type { Ctx } from '../../kernel/context.ts'
import * as users from '../users/service.ts'
import * as apiKeys from './service.ts'

const me = (w: World, headers: Record<string, string>) => w.get('/v1/me', { as: null, headers })
const bearer = (token: string) => ({ authorization: `Bearer ${token}` })
const invalid = { status: 401, body: { code: 'credential_invalid' } }

/** A context that acts for a user, as a request of theirs would. */
function actingFor(w: World, user_id: string): Ctx {
  return { ...w.app.system(w.own.id), user_id, actor: { type: 'user', id: user_id, name: null } }
}

test('one credential is the same key in each of its written forms', async () => {
  const w = await world()
  const key = await apiKeys.create(w.app.system(w.own.id), { name: 'ci', scopes: ['contacts:read'] })
  const pair = { 'public-key': key.public_key, 'private-key': key.private_key }
  for (const headers of [bearer(key.bearer), bearer(key.ck), pair, { ...bearer(key.ck), ...pair }]) {
    expect(await me(w, headers)).toMatchObject({
      status: 200,
      body: {
        type: 'key',
        person: null,
        user: null,
        key: { id: key.id, name: 'ci', mode: 'live' },
        scopes: ['contacts:read'],
        workspace: { id: w.own.id, mode: 'live' },
        workspaces: [],
      },
    })
  }
  expect(key.bearer).toMatch(/^ap_[0-9a-z]{16}_[0-9A-Za-z]{43}$/)
  const [row] = await w.sql('select secret_hash from api_keys where id = $1', [key.id])
  expect(String(row?.['secret_hash'])).not.toContain(key.private_key)
})

test('what is malformed, half, unknown or two at once is no credential', async () => {
  const w = await world()
  const ctx = w.app.system(w.own.id)
  const key = await apiKeys.create(ctx, { name: 'one', scopes: ['*'] })
  const other = await apiKeys.create(ctx, { name: 'two', scopes: ['*'] })
  const wrong = `${key.private_key.slice(0, -1)}${key.private_key.endsWith('A') ? 'B' : 'A'}`
  for (const headers of [
    bearer(`ap_${key.id}_${wrong}`),
    bearer(`ap_${'0'.repeat(16)}_${key.private_key}`),
    bearer(`ap_${key.id}_${other.private_key}`),
    bearer(key.bearer.toUpperCase()),
    bearer('vt_something'),
    bearer(''),
    { authorization: 'Basic YTpi' },
    { 'public-key': key.public_key },
    { 'private-key': key.private_key },
    { 'public-key': key.public_key, 'private-key': 'short' },
    { ...bearer(key.bearer), 'public-key': other.public_key, 'private-key': other.private_key },
  ]) {
    expect(await me(w, headers)).toMatchObject(invalid)
  }
  expect(await me(w, {})).toMatchObject({ status: 401, body: { code: 'credential_missing' } })
})

test('a test key lives in the twin and says so; spelled live it is none, and the other way round', async () => {
  const w = await world()
  const live = await apiKeys.create(w.app.system(w.own.id), { name: 'live', scopes: ['*'] })
  const inTwin = await apiKeys.create(w.app.system(w.sandbox_id), { name: 'test', scopes: ['*'] })
  expect(inTwin.bearer).toMatch(/^ap_test_/)
  expect(await me(w, bearer(inTwin.bearer))).toMatchObject({
    body: { key: { mode: 'test' }, workspace: { id: w.sandbox_id, mode: 'test' } },
  })
  expect(await me(w, bearer(inTwin.ck))).toMatchObject({ status: 200 })
  expect(await me(w, bearer(inTwin.bearer.replace('ap_test_', 'ap_')))).toMatchObject(invalid)
  expect(await me(w, bearer(live.bearer.replace('ap_', 'ap_test_')))).toMatchObject(invalid)
})

test('a key that is revoked or past its end opens nothing, at once', async () => {
  const w = await world()
  const ctx = w.app.system(w.own.id)
  const key = await apiKeys.create(ctx, { name: 'ci', scopes: ['*'] })
  expect((await me(w, bearer(key.bearer))).status).toBe(200)
  await expect(apiKeys.revoke(w.app.system(w.stranger.id), key.id)).rejects.toMatchObject({ code: 'not_found' })
  await apiKeys.revoke(ctx, key.id)
  await expect(apiKeys.revoke(ctx, key.id)).rejects.toMatchObject({ code: 'not_found' })
  expect(await me(w, bearer(key.bearer))).toMatchObject(invalid)

  const until = async (milliseconds: number) => {
    const expires_at = new Date(Date.now() + milliseconds).toISOString()
    return bearer((await apiKeys.create(ctx, { name: 'brief', scopes: ['*'], expires_at })).bearer)
  }
  const brief = await until(300)
  expect((await me(w, brief)).status).toBe(200)
  await new Promise((resolve) => setTimeout(resolve, 320))
  expect(await me(w, brief)).toMatchObject(invalid)
})

test('a key does no more than its maker may at that moment', async () => {
  const w = await world()
  const { id } = w.users.admin
  const { bearer: token } = await apiKeys.create(actingFor(w, id), { name: 'mine', scopes: ['*'] })
  const scopes = async () => (await me(w, bearer(token))).body['scopes']
  expect(await scopes()).toEqual(['*'])
  expect(await me(w, bearer(token))).toMatchObject({ body: { user: { id }, person: { email: w.users.admin.email } } })

  await users.update(w.app.system(w.own.id), id, { role: 'viewer' })
  const read = await scopes()
  expect(read).toContain('contacts:read')
  expect(String(read)).not.toMatch(/write|\*/)
  expect(await w.patch(`/v1/users/${w.users.agent.id}`, { role: 'viewer' }, { as: token })).toMatchObject({
    status: 403,
  })

  await users.update(w.app.system(w.own.id), id, { role: 'agent' })
  const narrow = await apiKeys.create(actingFor(w, id), { name: 'contacts', scopes: ['contacts:*', 'inboxes:write'] })
  expect((await me(w, bearer(narrow.bearer))).body['scopes']).toEqual(['contacts:read', 'contacts:write'])

  await users.remove(w.app.system(w.own.id), id)
  expect(await me(w, bearer(token))).toMatchObject(invalid)
})

test('nobody makes a key that may more than they', async () => {
  const w = await world()
  const narrow = { ...w.app.system(w.own.id), scopes: new Set(['contacts:read']) }
  const make = (scopes: string[]) => apiKeys.create(narrow, { name: 'more', scopes })
  await expect(make(['contacts:read'])).resolves.toMatchObject({ scopes: ['contacts:read'] })
  for (const [scopes, code] of [
    [['*'], 'beyond'],
    [['contacts:*'], 'beyond'],
    [['contacts:write'], 'beyond'],
    [['nonsense'], 'unknown'],
    [['contacts:fly'], 'unknown'],
    [[], 'minItems'],
  ] as const) {
    await expect(make([...scopes])).rejects.toMatchObject({ status: 422, errors: [{ code }] })
  }
})

test('a key’s own limit is counted beside the plan’s, and the tighter one is shown', async () => {
  const w = await world({ requests_per_minute: 10 })
  const input = { name: 'slow', scopes: ['*'], requests_per_minute: 2 }
  const slow = bearer((await apiKeys.create(w.app.system(w.own.id), input)).bearer)
  const first = await me(w, slow)
  expect(first.headers.get('x-ratelimit-limit')).toBe('2')
  expect(first.headers.get('ratelimit-policy')).toBe('"key";q=2;w=60')
  await me(w, slow)
  expect(await me(w, slow)).toMatchObject({ status: 429 })
  expect((await w.get('/v1/me')).headers.get('x-ratelimit-remaining')).toBe('7')
})

test('a key that names a workspace names its own', async () => {
  const w = await world()
  expect((await me(w, { ...bearer(w.key), 'antiphon-workspace': w.own.id })).status).toBe(200)
  const other = await me(w, { ...bearer(w.key), 'antiphon-workspace': w.stranger.id })
  expect(other).toMatchObject({ status: 403, body: { code: 'workspace_not_yours' } })
})

test('a key is used when both a key and a cookie are sent', async () => {
  const w = await world()
  const { cookie } = await signInAs(w, w.users.agent.email)
  expect(await me(w, { ...bearer(w.key), cookie })).toMatchObject({ status: 200, body: { type: 'key' } })
})

test('what ended or changed since it was recognised is told, in one question for all', async () => {
  const w = await world()
  const { kernel } = w.app
  const ctx = w.app.system(w.own.id)
  const own = await apiKeys.create(ctx, { name: 'nobody’s', scopes: ['*'] })
  const made = await apiKeys.create(actingFor(w, w.users.admin.id), { name: 'admin’s', scopes: ['*'] })
  const browser = await signInAs(w, w.users.agent.email)
  const recognised = async (headers: Record<string, string>) => {
    const incoming = { headers, kernel, method: 'GET', address: '192.0.2.1', origin: w.url, now: () => new Date() }
    const found = await apiKeys.recognise({
      ...incoming,
      raw: new IncomingMessage(new Socket()),
      network: '',
      params: {},
    })
    if (!found.credential) throw new Error('Nobody was recognised.')
    return found.credential
  }
  const session = await recognised(browser)
  const credentials: apiKeys.Credential[] = [
    await recognised(bearer(own.bearer)),
    await recognised(bearer(made.bearer)),
    session,
    { ...session, workspace_id: w.stranger.id },
  ]
  const ended = async () => {
    const gone = await apiKeys.endedAmong(kernel, credentials, new Date())
    return credentials.filter((one) => gone.has(one))
  }
  let told = 0
  const stop = users.onCredentialEnded(kernel, () => {
    told++
  })
  expect(await ended()).toEqual([credentials[3]])
  await users.update(ctx, w.users.admin.id, { role: 'viewer' })
  expect(await ended()).toEqual([credentials[1], credentials[3]])
  await w.post('/auth/sign-out', {}, { as: null, headers: browser })
  await apiKeys.revoke(ctx, own.id)
  expect(await ended()).toEqual(credentials)
  expect(told).toBe(3)
  stop()
})
