import { setTimeout as wait } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { address, chatWorld, inboxOf, level } from '../../../test/visitors.ts'
import { openLive, startServer } from '../../../test/world.ts'
import { DAY } from '../../kernel/time.ts'

const clock = { ahead: 0 }
const later = startServer({
  env: { ANTIPHON_TRUSTED_PROXIES: '127.0.0.1' },
  now: () => new Date(Date.now() + clock.ahead),
})
const inDays = (days: number) => {
  clock.ahead = days * DAY
}

test('who signs out is signed out, on every socket too', async () => {
  const { visit } = await chatWorld()
  const vi = await visit()
  await vi.say('Hello')
  const socket = await level(await vi.live())
  expect((await vi.leave()).status).toBe(204)
  expect(await socket.closed()).toBe(4401)
  expect(await vi.me()).toMatchObject({ status: 401, body: { code: 'credential_invalid' } })
  expect((await vi.say('Hello?')).status).toBe(401)
  expect(await (await vi.live()).closed()).toBe(4401)
})

test.each(['PATCH', 'DELETE'] as const)('a visitor has no version: %s for one changes nothing', async (method) => {
  const { w, path, visit } = await chatWorld()
  const vi = await visit({ name: 'Vi' })
  const before = await w.events()
  const call = (version: string) => {
    const body = method === 'PATCH' ? { body: { name: 'Violet' } } : {}
    return w.call(method, path('/visitor'), {
      ...vi.options,
      ...body,
      headers: { 'if-match': version, 'x-forwarded-for': address() },
    })
  }
  for (const version of ['"1"', 'W/"1"', '1', '']) {
    expect(await call(version)).toMatchObject({ status: 412, body: { code: 'version_mismatch' } })
  }
  expect((await vi.me()).body).toMatchObject({ contact: { name: 'Vi' } })
  expect((await vi.me()).headers.get('etag')).toBeNull()
  expect(await w.events()).toEqual(before)
  expect((await call('*')).status).toBe(method === 'PATCH' ? 200 : 204)
})

test('who leaves while they are being recognised takes no place', async () => {
  const { w, visit } = await chatWorld()
  const vi = await visit()
  await vi.say('Hello')
  for (let n = 0; n < 30; n++) {
    const hasty = await openLive(w.url, null)
    hasty.send({ type: 'auth', token: vi.token })
    if (n % 3 > 0) await wait(n % 3)
    hasty.break()
  }
  await wait(100)
  const sockets = await Promise.all(Array.from({ length: 5 }, async () => level(await vi.live())))
  for (const socket of sockets) socket.close()
})

test('a deleted contact is nobody’s session any more', async () => {
  const { w, visit } = await chatWorld()
  const vi = await visit({ name: 'Vi' })
  await vi.say('Hello')
  const socket = await level(await vi.live())
  expect((await w.delete(`/v1/contacts/${vi.contact.id}`)).status).toBe(204)
  expect(await socket.closed()).toBe(4401)
  await expect.poll(async () => (await vi.me()).status, { timeout: 3_000 }).toBe(401)
  expect(await (await vi.live()).closed()).toBe(4401)
})

test('a token that is forged, altered or another inbox’s opens nothing', async () => {
  const { w, path, visit } = await chatWorld()
  const vi = await visit()
  await vi.say('A secret')
  const { id: other } = (await w.post<{ id: string }>('/v1/inboxes', { name: 'Other', channel: 'web_chat' })).body
  const theirs = await inboxOf(w, 'web_chat', w.stranger.key)
  const [payload = '', signature = ''] = vi.token.slice(3).split('.')
  const fields = JSON.parse(Buffer.from(payload, 'base64url').toString())
  const forged = Buffer.from(JSON.stringify([...fields.slice(0, 2), w.newId(), fields[3]])).toString('base64url')
  const headers = { 'x-forwarded-for': address() }
  for (const token of [
    `vt_${forged}.${signature}`,
    `vt_${payload}.${signature.slice(0, -1)}`,
    `vt_${payload}`,
    'vt_',
    w.key,
  ]) {
    expect([token, (await w.get(path('/messages'), { as: token, headers })).status]).toEqual([token, 401])
  }
  for (const inbox of [other, theirs]) {
    expect((await w.get(path('/messages', inbox), { as: vi.token, headers })).status).toBe(401)
    expect((await w.post(path('/visitors', inbox), {}, { as: vi.token, headers })).status).toBe(401)
  }
  expect((await w.get('/v1/conversations', { as: vi.token })).status).toBe(401)
  expect((await w.get('/v1/me', { as: vi.token })).status).toBe(401)
})

test('a token is renewed after a day, and worthless 90 days after that', async () => {
  inDays(0)
  const { w, path, visit } = await chatWorld(later)
  const vi = await visit()
  const tokenOf = async (token: string) =>
    (await w.get<{ token: string }>(path('/visitor'), { ...vi.options, as: token })).body.token
  expect(await tokenOf(vi.token)).toBe(vi.token)
  inDays(1.1)
  const renewed = await tokenOf(vi.token)
  expect(renewed).not.toBe(vi.token)
  inDays(89)
  expect((await w.get(path('/visitor'), vi.options)).status).toBe(200)
  inDays(91)
  expect((await w.get(path('/visitor'), vi.options)).status).toBe(401)
  expect((await w.get(path('/visitor'), { ...vi.options, as: renewed })).status).toBe(200)
  inDays(200)
  expect((await w.get(path('/visitor'), { ...vi.options, as: renewed })).status).toBe(401)
})

test('a conversation that was done for seven days is not taken up again', async () => {
  inDays(0)
  const { w, visit, answer } = await chatWorld(later)
  const vi = await visit()
  const first = (await vi.say('First')).body.conversation_id
  const resolve = () => w.patch(`/v1/conversations/${first}`, { status: 'resolved' })
  expect((await resolve()).status).toBe(200)
  inDays(6.9)
  expect((await vi.say('Still')).body.conversation_id).toBe(first)
  expect(await w.get(`/v1/conversations/${first}`)).toMatchObject({ body: { status: 'open', resolved_at: null } })
  await resolve()
  inDays(14)
  const again = await Promise.all([vi.say('Again'), vi.say('And again')])
  const [second = ''] = again.map((reply) => reply.body.conversation_id)
  expect(second).not.toBe(first)
  expect(again.map((reply) => reply.body.conversation_id)).toEqual([second, second])
  expect((await vi.thread()).data.map((message) => message.body).sort()).toEqual(['Again', 'And again'])

  const socket = await level(await vi.live())
  await answer(first, 'Into the old one')
  await answer(second, 'Into the new one')
  await socket.until((frame) => JSON.stringify(frame).includes('Into the new one'))
  expect(JSON.stringify(socket.frames)).not.toContain('Into the old one')
  socket.close()
})
