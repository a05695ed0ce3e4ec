import { expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { signInAs } from '../../../test/sign-in.ts'
import { type World, world } from '../../../test/world.ts'
import * as apiKeys from '../api-keys/service.ts'
import * as users from '../users/service.ts'

/** A browser's socket: the code it was closed with, or the status it was refused with. */
async function dial(w: World, headers: Record<string, string>): Promise<{ ended: Promise<number> }> {
  const socket = new WebSocket(`${w.url.replace('http', 'ws')}/v1/live?workspace=${w.own.id}`, { headers })
  const ended = new Promise<number>((resolve) => {
    socket.on('close', resolve)
    socket.on('unexpected-response', (_request, response) => resolve(response.statusCode ?? 0))
  })
  await Promise.race([ended, new Promise((resolve) => socket.on('open', resolve))])
  return { ended }
}

const within = (socket: { ended: Promise<number> }, milliseconds: number) =>
  Promise.race([socket.ended, new Promise<string>((resolve) => setTimeout(resolve, milliseconds, 'open'))])

test('a socket from a foreign page, or from none, is refused', async () => {
  const w = await world()
  const { cookie, origin } = await signInAs(w, w.users.agent.email)
  expect(await within(await dial(w, { cookie, origin: 'https://evil.example' }), 500)).toBe(403)
  expect(await within(await dial(w, { cookie }), 500)).toBe(403)
  expect(await within(await dial(w, { cookie, origin }), 500)).toBe('open')
})

test('signing out ends the sockets of that session within two seconds, and no other’s', async () => {
  const w = await world()
  const [first, second] = [await signInAs(w, w.users.agent.email), await signInAs(w, w.users.agent.email)]
  const [one, other] = [await dial(w, { ...first }), await dial(w, { ...second })]
  await w.post('/auth/sign-out', {}, { as: null, headers: first })
  expect(await within(one, 2_000)).toBe(4401)
  expect(await within(other, 500)).toBe('open')
  await w.sql('delete from sessions where person_id in (select person_id from users where id = $1)', [w.users.agent.id])
  expect(await within(other, 2_000)).toBe(4401)
})

test('a revoked key, a changed role and a removed user end their sockets within two seconds', async () => {
  const w = await world()
  const ctx = w.app.system(w.own.id)
  const key = await apiKeys.create(ctx, { name: 'ci', scopes: ['*'] })
  const ends = async (headers: Record<string, string>, end: () => Promise<unknown>) => {
    const socket = await dial(w, headers)
    await end()
    expect(await within(socket, 2_000)).toBe(4401)
  }
  await ends({ authorization: `Bearer ${key.bearer}` }, () => apiKeys.revoke(ctx, key.id))
  const browser = await signInAs(w, w.users.agent.email)
  await ends(browser, () => users.update(ctx, w.users.agent.id, { role: 'viewer' }))
  await ends(browser, () => users.remove(ctx, w.users.agent.id))
})
