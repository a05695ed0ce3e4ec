import { expect, test } from 'vitest'
import { cookieOf, signInAs } from '../../../test/sign-in.ts'
import { PASSWORD, startServer, world } from '../../../test/world.ts'

const OLD = 'the secret that was, long enough to be one'
const NEW = 'the secret that comes, long enough to be one'

test('whoever is signed in stays so while the secret is rotated, until the old one is let go', async () => {
  const before = startServer({ secrets: [OLD] })
  const w = await world({ on: before, withPasswords: true })
  const { cookie } = await signInAs(w, w.users.agent.email)

  const { connection } = await before
  const during = await startServer({ secrets: [NEW, OLD], connection })
  const ask = (url: string, path: string, body?: object, own = cookie) =>
    fetch(url + path, {
      method: body ? 'POST' : 'GET',
      headers: { cookie: own, origin: url, ...(body ? { 'content-type': 'application/json' } : {}) },
      ...(body ? { body: JSON.stringify(body) } : {}),
    })
  expect((await ask(during.url, '/v1/me')).status).toBe(200)
  const passwords = { currentPassword: PASSWORD, newPassword: 'another good one' }
  const changed = await ask(during.url, '/auth/change-password', passwords)
  expect(changed.status).toBe(200)

  const after = await startServer({ secrets: [NEW], connection })
  expect((await ask(after.url, '/v1/me')).status).toBe(401)
  expect((await ask(after.url, '/v1/me', undefined, cookieOf(changed.headers))).status).toBe(200)
})
