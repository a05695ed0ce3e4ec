/** A rich run of a server of its own, and then its log and its database: none of the secrets made may stand there. */
import { createHmac } from 'node:crypto'
import { expect, test } from 'vitest'
import * as apiKeys from '../src/modules/api-keys/service.ts'
import * as users from '../src/modules/users/service.ts'
import { cookieOf } from './sign-in.ts'
import { address, chatWorld } from './visitors.ts'
import { wire } from './wire.ts'
import { openLive, PASSWORD, startServer } from './world.ts'

const CUSTOMER = { name: 'Wilhelmina Zwetschge', email: 'zwetschge@example.com', phone: '+4930901820' }

test('no secret that was made, and nothing of a customer, stands in the log; no secret stands open in the database', async () => {
  const chat = await chatWorld(startServer({ env: { ANTIPHON_TRUSTED_PROXIES: '127.0.0.1' } }))
  const { w } = chat
  const secrets = new Map<string, string>()
  const keep = (name: string, secret: string) => {
    expect(secret.length, name).toBeGreaterThan(8)
    secrets.set(name, secret)
  }
  const system = w.app.system(w.id)

  const key = await apiKeys.create(system, { name: 'ci', scopes: ['*'] })
  keep('a bearer', key.bearer)
  keep('a ck', key.ck)
  keep('a private key', key.private_key)
  for (const credential of [key.bearer, key.ck, `${key.bearer}x`]) await w.get('/v1/me', { as: credential })
  await w.get('/v1/me', { as: null, headers: { 'public-key': key.public_key, 'private-key': key.private_key } })
  await w.get(`/v1/contacts?q=${key.bearer}&nonsense=${key.private_key}`)
  await w.get(`/v1/contacts/${key.private_key}?signature=${key.private_key}`)

  const headers = { 'idempotency-key': 'a key over HTTP' }
  type Shown = { id: string; bearer: string; private_key: string }
  const made = await w.post<Shown>('/v1/api-keys', { name: 'ci', scopes: ['*'] }, { headers })
  keep('a private key made over HTTP', made.body.private_key)
  const rotated = await w.post<Shown>(
    `/v1/api-keys/${made.body.id}/rotate`,
    { overlap_seconds: 60 },
    { headers: { 'idempotency-key': 'x' } },
  )
  keep('a private key after a rotation', rotated.body.private_key)
  for (const { bearer } of [made.body, rotated.body]) expect((await w.get('/v1/me', { as: bearer })).status).toBe(200)

  const email = `nia-${w.newId()}@example.com`
  await users.create(system, { email, name: 'Nia Person', role: 'admin', password: PASSWORD })
  const { token: link } = await users.signInLink(w.app.system(null), email)
  keep('a password', PASSWORD)
  keep('a sign-in link', link)
  keep('a wrong password', 'not the password at all')
  const origin = { origin: w.url }
  await w.post('/auth/sign-in/email', { email, password: 'not the password at all' }, { as: null, headers: origin })
  const signedIn = await w.post('/auth/sign-in/email', { email, password: PASSWORD }, { as: null, headers: origin })
  const linked = await w.post('/auth/link', { token: link }, { as: null, headers: origin })
  await w.post('/auth/link', { token: link, extra: link }, { as: null, headers: origin })
  for (const reply of [signedIn, linked]) {
    expect(reply.status).toBe(200)
    keep(
      `a session ${secrets.size}`,
      decodeURIComponent(cookieOf(reply.headers).split('=')[1] ?? '').split('.')[0] ?? '',
    )
    keep(`a cookie ${secrets.size}`, cookieOf(reply.headers).split('=')[1] ?? '')
  }
  const cookie = cookieOf(signedIn.headers)
  await w.get('/v1/me', { as: null, headers: { cookie, 'antiphon-workspace': w.id } })
  await w.get('/v1/me', { as: null, headers: { cookie: `${cookie}x` } })

  const { secret } = (await w.post<{ secret: string }>(`/v1/inboxes/${chat.chat}/identity-secrets`)).body
  const user_hash = createHmac('sha256', secret).update('zwetschge').digest('hex')
  keep('an identity secret', secret)
  keep('a user hash', user_hash)
  const visitor = await chat.visit({ external_id: 'zwetschge', user_hash })
  keep('a visitor token', visitor.token)
  await visitor.say('The lamp is crooked')
  const form = new FormData()
  form.set('file', new File(['The lamp'], 'crooked-lamp.txt', { type: 'text/plain' }))
  const file = await w.post<{ url: string }>(chat.path('/files'), form, visitor.options)
  keep('a signature', new URLSearchParams(file.body.url.split('?')[1]).get('signature') ?? '')
  await fetch(w.url + file.body.url)
  await fetch(`${w.url + file.body.url}x`)
  const socket = await visitor.live()
  await socket.until((frame) => frame['type'] === 'caught_up')
  socket.close()
  await openLive(w.url, `${key.bearer}x`).catch(() => {})

  await w.post('/v1/conversations', { contact: CUSTOMER, message: { body: 'The lamp is crooked' } })
  await w.get(`/v1/contacts?q=${encodeURIComponent(CUSTOMER.name)}&email=${CUSTOMER.email}`)
  await w.call('POST', '/v1/contacts', {
    headers: { 'content-type': 'application/json' },
    body: `{"email":"${CUSTOMER.email}","name":${secret}`,
  })
  await w.post('/v1/contacts', { ...CUSTOMER, external_id: 7, [secret]: secret })
  const [from] = [address()]
  await w.get('/v1/nothing', { as: null, headers: { 'x-forwarded-for': from } })
  await wire(w.url, [`GET /${key.bearer}\0 HTTP/1.1\r\nAuthorization: Bearer ${key.bearer}\r\n\r\n`])
  await w.app.drain()

  const log = w.log.join('')
  expect(w.log.length).toBeGreaterThan(20)
  for (const line of w.log)
    expect(JSON.parse(line)).toMatchObject({ level: expect.any(String), time: expect.any(String) })
  expect([...secrets].filter(([, text]) => log.includes(text)).map(([name]) => name)).toEqual([])
  const words = [
    'Zwetschge',
    'zwetschge',
    '901820',
    'crooked',
    'lamp',
    'Nia',
    email,
    from,
    'signature=',
    'q=',
    '127.0.0.1',
  ]
  expect(words.filter((word) => log.includes(word))).toEqual([])

  const tables = await w.sql(
    "select relname as name from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace",
  )
  const rows = await Promise.all(tables.map(({ name }) => w.sql(`select t::text as row from "${name}" t`)))
  const stored = rows
    .flat()
    .map((row) => String(row['row']))
    .join('\n')
  // The sign-in library looks its sessions up by their token; the cookie is good only with a signature that is not there.
  const open = [...secrets].filter(([name, text]) => !name.startsWith('a session') && stored.includes(text))
  expect(open.map(([name]) => name)).toEqual([])
})
