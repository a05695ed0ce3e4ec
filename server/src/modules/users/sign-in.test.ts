import { request } from 'node:http'
import { expect, test } from 'vitest'
import { cookieOf, signInAs } from '../../../test/sign-in.ts'
import { PASSWORD, type World, world } from '../../../test/world.ts'
import * as users from './service.ts'

const signIn = (w: World, body: unknown, headers: Record<string, string> = {}) =>
  w.post('/auth/sign-in/email', body, { as: null, headers })
const me = (w: World, headers: Record<string, string>) => w.get('/v1/me', { as: null, headers })

// First, because the failures of the others would count against this address for twenty seconds.
test('a new password ends the sessions that were open, the one that set it apart', async () => {
  const w = await world({ withPasswords: true })
  const { email } = w.users.agent
  const other = await signInAs(w, email)
  const browser = await signInAs(w, email)
  const change = (currentPassword: string) =>
    w.post(
      '/auth/change-password',
      { currentPassword, newPassword: 'another good one' },
      { as: null, headers: browser },
    )
  expect((await change('not the password')).status).toBe(400)
  const changed = await change(PASSWORD)
  expect(changed.status).toBe(200)
  expect((await me(w, other)).status).toBe(401)
  expect((await me(w, { cookie: cookieOf(changed.headers) })).status).toBe(200)
  expect((await signIn(w, { email, password: 'another good one' })).status).toBe(200)

  await users.setPassword(w.app.system(null), email, 'set by the operator')
  expect((await me(w, { cookie: cookieOf(changed.headers) })).status).toBe(401)
})

test('a person signs in with their password, is known by the cookie, and signs out for good', async () => {
  const w = await world({ withPasswords: true })
  const { email } = w.users.agent
  const reply = await signIn(w, { email: email.toUpperCase(), password: PASSWORD })
  expect(reply.status).toBe(200)
  const set = reply.headers.getSetCookie()[0] ?? ''
  expect(set).toMatch(/^antiphon_session=.+; Max-Age=2592000; Path=\/; HttpOnly; SameSite=Lax$/)

  const browser = { cookie: cookieOf(reply.headers), origin: w.url }
  expect(await me(w, browser)).toMatchObject({
    status: 200,
    body: {
      object: 'me',
      type: 'user',
      person: { email },
      user: { id: w.users.agent.id, role: 'agent' },
      key: null,
      workspace: { id: w.own.id, mode: 'live', plan: 'basic' },
      workspaces: [{ id: w.own.id, role: 'agent', sandbox_id: w.sandbox_id }],
    },
  })
  const out = await w.post('/auth/sign-out', {}, { as: null, headers: browser })
  expect(out.headers.getSetCookie()[0]).toMatch(/^antiphon_session=; Max-Age=0;/)
  expect(await me(w, browser)).toMatchObject({ status: 401, body: { code: 'credential_invalid' } })
})

test('on https the cookie is bound to its host and never sent in the clear', async () => {
  const w = await world({ withPasswords: true })
  const [row] = await w.sql('select person_id from users where id = $1', [w.users.agent.id])
  const request = { origin: 'https://desk.example.com', address: null, agent: null }
  const { set_cookie } = await users.openSession(w.app.system(null), String(row?.['person_id']), request)
  expect(set_cookie).toMatch(/^__Host-antiphon_session=.+; Path=\/; HttpOnly; SameSite=Lax; Secure$/)
})

test('a sign-in link opens once, and not after fifteen minutes', async () => {
  const w = await world({ withPasswords: true })
  const { email } = w.users.agent
  const ctx = w.app.system(null)
  const { token } = await users.signInLink(ctx, email)
  const open = (link: string) => w.post('/auth/link', { token: link }, { as: null })
  expect(await w.sql('select 1 from sign_in_links where token_hash = $1', [Buffer.from(token)])).toEqual([])

  const both = await Promise.all([open(token), open(token)])
  expect(both.map(({ status }) => status).sort()).toEqual([200, 401])
  expect(await open(token)).toMatchObject({ status: 401, body: { code: 'link_invalid' } })

  const early = { ...ctx, now: () => new Date(Date.now() - 15 * 60_000 - 1) }
  expect(await open((await users.signInLink(early, email)).token)).toMatchObject({ status: 401 })
  await expect(users.signInLink(ctx, 'nobody@example.com')).rejects.toMatchObject({ code: 'not_found' })
})

test('a cookie request that changes something must come from our own pages', async () => {
  const w = await world({ withPasswords: true })
  const { cookie, origin } = await signInAs(w, w.users.agent.email)
  const patch = (headers: Record<string, string>) =>
    w.patch(`/v1/users/${w.users.agent.id}`, { presence: 'online' }, { as: null, headers })
  const refused = { status: 403, body: { code: 'origin_not_allowed' } }
  expect(await patch({ cookie })).toMatchObject(refused)
  expect(await patch({ cookie, origin: 'https://evil.example' })).toMatchObject(refused)
  expect(await patch({ cookie, origin: 'null' })).toMatchObject(refused)
  expect(await me(w, { cookie, origin: 'https://evil.example' })).toMatchObject(refused)
  expect((await me(w, { cookie })).status).toBe(200)
  expect((await patch({ cookie, origin })).status).toBe(200)
  const out = await w.post('/auth/sign-out', {}, { as: null, headers: { cookie, origin: 'https://evil.example' } })
  expect(out).toMatchObject(refused)
  const foreign = await signIn(
    w,
    { email: w.users.agent.email, password: PASSWORD },
    { origin: 'https://evil.example' },
  )
  expect(foreign).toMatchObject(refused)
})

test('one who belongs to several workspaces names one; a stranger’s is refused; a twin’s is test mode', async () => {
  const w = await world({ withPasswords: true })
  const { email } = w.users.agent
  await users.create(w.app.system(w.stranger.id), { email, name: 'ignored', role: 'viewer' })
  const browser = await signInAs(w, email)
  const naming = (id: string) => ({ ...browser, 'antiphon-workspace': id })

  const unnamed = await me(w, browser)
  expect(unnamed).toMatchObject({ status: 200, body: { workspace: null, user: null, scopes: [] } })
  expect(unnamed.body['workspaces']).toHaveLength(2)
  expect(unnamed.headers.get('x-ratelimit-limit')).toBe('100')
  const list = (headers: Record<string, string>) => w.get('/v1/users', { as: null, headers })
  expect(await list(browser)).toMatchObject({ status: 400, body: { code: 'workspace_required' } })
  expect((await list(naming(w.own.id))).status).toBe(200)
  expect(await me(w, naming(w.stranger.id))).toMatchObject({ body: { user: { role: 'viewer' } } })
  expect(await me(w, naming(w.sandbox_id))).toMatchObject({
    body: { workspace: { id: w.sandbox_id, mode: 'test' }, user: { id: w.users.agent.id } },
  })
  for (const id of [w.newId(), 'nonsense']) {
    expect(await me(w, naming(id))).toMatchObject({ status: 403, body: { code: 'workspace_not_yours' } })
  }
})

test.each([
  ['a cookie that is nonsense', 'antiphon_session=nonsense'],
  ['a cookie that nobody signed', `antiphon_session=${'a'.repeat(32)}.${'b'.repeat(43)}%3D`],
  ['a cookie of broken escapes', 'antiphon_session=%zz.%'],
])('does not know %s', async (_what, cookie) => {
  const w = await world({ withPasswords: true })
  expect(await me(w, { cookie })).toMatchObject({ status: 401, body: { code: 'credential_invalid' } })
})

test('an altered cookie is nobody’s', async () => {
  const w = await world({ withPasswords: true })
  const { cookie } = await signInAs(w, w.users.agent.email)
  const [name, value = ''] = cookie.split('=')
  const altered = `${name}=${value.startsWith('a') ? 'b' : 'a'}${value.slice(1)}`
  expect((await me(w, { cookie: altered })).status).toBe(401)
})

test.each([
  ['no body', undefined, 422],
  ['a list', [], 422],
  ['broken JSON', '{"email"', 400],
  ['a number for an e-mail', { email: 1, password: 'x' }, 422],
  ['an object for a password', { email: 'a@example.com', password: {} }, 422],
  ['NUL', { email: 'a\0@example.com', password: 'x' }, 422],
  ['a lone surrogate', '{"email":"a@example.com","password":"\\ud800"}', 422],
  ['unknown fields', { email: 'a@example.com', password: 'x', callbackURL: 'https://evil.example' }, 422],
  ['an e-mail that is none', { email: 'none', password: 'x' }, 400],
  ['a password of a megabyte', { email: 'a@example.com', password: 'x'.repeat(1_000_000) }, 422],
])('signing in with %s is a clear refusal', async (_what, body, status) => {
  const w = await world({ withPasswords: true })
  const reply = await callFrom(w, freshAddress(), body)
  expect(reply.status).toBe(status)
})

test('nobody signs up, and nothing else of the library is open', async () => {
  const w = await world({ withPasswords: true })
  for (const path of ['/auth/sign-up/email', '/auth/delete-user', '/auth/update-user', '/auth/list-sessions']) {
    expect((await w.post(path, { email: 'a@b.example', password: PASSWORD, name: 'A' }, { as: null })).status).toBe(404)
  }
})

test('guessing is limited by address and, from wherever it comes, by e-mail', async () => {
  const w = await world({ withPasswords: true })
  const { email } = w.users.agent
  const address = freshAddress()
  const guess = (from: string, password: string) => callFrom(w, from, { email, password })
  for (let n = 0; n < 5; n++) expect((await guess(address, `wrong ${n}`)).status).toBe(401)
  expect(await guess(address, PASSWORD)).toMatchObject({ status: 429 })

  for (let n = 5; n < 20; n++) expect((await guess(freshAddress(), `wrong ${n}`)).status).toBe(401)
  const refused = await guess(freshAddress(), PASSWORD)
  expect(refused).toMatchObject({ status: 429, code: 'rate_limited' })
  expect(refused.retryAfter).toBeGreaterThan(0)
  expect((await callFrom(w, freshAddress(), { email: w.users.admin.email, password: PASSWORD })).status).toBe(200)
})

// Every address of 127.0.0.0/8 is this machine's on Linux: callers that differ, without a proxy between.
let last = 0
function freshAddress(): string {
  last++
  return `127.${1 + Math.floor(Math.random() * 200)}.${Math.floor(last / 250)}.${1 + (last % 250)}`
}

function callFrom(w: World, localAddress: string, body: unknown) {
  return new Promise<{ status: number; code: unknown; retryAfter: number }>((resolve, reject) => {
    const options = { method: 'POST', localAddress, headers: { 'content-type': 'application/json' } }
    const sent = request(`${w.url}/auth/sign-in/email`, options, (response) => {
      let text = ''
      response.on('data', (chunk) => {
        text += chunk
      })
      response.on('end', () => {
        const retryAfter = Number(response.headers['retry-after'] ?? 0)
        resolve({ status: response.statusCode ?? 0, code: JSON.parse(text).code, retryAfter })
      })
    })
    sent.on('error', reject)
    sent.end(body === undefined ? undefined : typeof body === 'string' ? body : JSON.stringify(body))
  })
}
