import { randomBytes } from 'node:crypto'
import { expect, test, vi } from 'vitest'
import { signInAs } from '../../../test/sign-in.ts'
import { type World, world } from '../../../test/world.ts'

type Made = { id: string; secret: string }
const URL_OK = 'https://hooks.invalid/in?x=1'

async function made(w: World, more: object = {}): Promise<Made> {
  const reply = await w.post<Made>('/v1/webhooks', { url: URL_OK, events: ['tag.*'], ...more })
  expect(reply.status, reply.text).toBe(201)
  return reply.body
}

test('an endpoint is set up, changed and deleted, and each is said once', async () => {
  const w = await world()
  const created = await w.post<Made>('/v1/webhooks', {
    url: URL_OK,
    description: 'Ours',
    events: ['conversation.*', 'tag.created', 'tag.created'],
    headers: { 'X-Token': 'a' },
  })
  expect(created.status).toBe(201)
  const { secret, ...shown } = created.body
  expect(shown).toMatchObject({
    object: 'webhook',
    url: URL_OK,
    events: ['conversation.*', 'tag.created'],
    enabled: true,
    disabled_reason: null,
    payload_version: 'v1',
    headers: { 'X-Token': '********' },
    secrets: [{ expires_at: null }],
  })
  expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/)
  const path = `/v1/webhooks/${created.body.id}`
  expect((await w.get(path)).body).toEqual(shown)
  expect((await w.get<{ data: object[] }>('/v1/webhooks')).body.data).toEqual([shown])

  const changed = await w.patch(path, { description: null, events: ['*'], headers: { 'x-token': null, 'X-B': 'b' } })
  expect(changed.body).toMatchObject({ description: null, events: ['*'], headers: { 'X-B': '********' } })
  const same = { description: null, events: ['*'], headers: { 'X-B': '********' } }
  expect((await w.patch(path, same)).body).toEqual(changed.body)
  const off = await w.patch(path, { enabled: false })
  expect(off.body).toMatchObject({ enabled: false, disabled_reason: 'user' })
  expect((await w.patch(path, { enabled: true })).body).toMatchObject({ enabled: true, disabled_reason: null })

  expect((await w.delete(path)).status).toBe(204)
  expect((await w.get(path)).status).toBe(404)
  expect((await w.get<{ data: object[] }>('/v1/webhooks')).body.data).toEqual([])
  const said = (await w.log_of_events()).filter((event) => event.type.startsWith('webhook.'))
  expect(said.map((event) => event.type)).toEqual([
    'webhook.created',
    ...Array(3).fill('webhook.updated'),
    'webhook.deleted',
  ])
  expect(said[2]).toMatchObject({ data: { webhook: off.body }, previous: { enabled: true } })
})

test('a change names the version it is of, or is refused', async () => {
  const w = await world()
  const path = `/v1/webhooks/${(await made(w)).id}`
  const etag = String((await w.get(path)).headers.get('etag'))
  const headers = { 'if-match': etag }
  expect((await w.patch(path, { description: 'one' }, { headers })).status).toBe(200)
  expect((await w.patch(path, { description: 'two' }, { headers })).status).toBe(412)
  expect((await w.delete(path, { headers })).status).toBe(412)
  expect((await w.post(`${path}/rotate-secret`, {}, { headers })).status).toBe(412)
  expect((await w.get(path)).body['description']).toBe('one')
})

test.each([
  ['http', { url: 'http://hooks.example.com/' }, '/url', 'scheme'],
  ['another scheme', { url: 'ftp://hooks.example.com/' }, '/url', 'scheme'],
  ['credentials in the URL', { url: 'https://me:secret@hooks.example.com/' }, '/url', 'credentials'],
  ['a fragment', { url: 'https://hooks.example.com/#top' }, '/url', 'fragment'],
  ['a URL that is none', { url: 'hooks.example.com' }, '/url', 'url'],
  ['a URL too long', { url: `https://hooks.example.com/${'x'.repeat(2_000)}` }, '/url', 'maxLength'],
  ['an address of this machine', { url: 'https://0x7f.1/' }, '/url', 'address'],
  ['metadata', { url: 'https://[::ffff:169.254.169.254]/latest' }, '/url', 'address'],
  ['an unknown event', { events: ['tag.created', 'tag.exploded'] }, '/events/1', 'unknown'],
  ['an unknown noun', { events: ['tags.*'] }, '/events/0', 'unknown'],
  ['half a wildcard', { events: ['tag*'] }, '/events/0', 'unknown'],
  ['a wildcard in front', { events: ['*.created'] }, '/events/0', 'unknown'],
  ['no event', { events: [] }, '/events', 'minItems'],
  ['a secret too short', { secret: `whsec_${Buffer.alloc(23).toString('base64')}` }, '/secret', 'pattern'],
  ['a secret too long', { secret: `whsec_${Buffer.alloc(65).toString('base64')}` }, '/secret', 'pattern'],
  ['a secret without its prefix', { secret: Buffer.alloc(32).toString('base64') }, '/secret', 'pattern'],
  ['a secret that is not base64', { secret: `whsec_${'!'.repeat(40)}` }, '/secret', 'pattern'],
  ['a secret of sloppy base64', { secret: `whsec_${'A'.repeat(42)}B=` }, '/secret', 'pattern'],
  ['a header of ours', { headers: { 'Content-Length': '0' } }, '/headers/Content-Length', 'forbidden'],
  ['a signature', { headers: { 'Webhook-Signature': 'v1,x' } }, '/headers/Webhook-Signature', 'forbidden'],
  ['a header with a line break', { headers: { 'X-A': 'a\r\nX-B: b' } }, '/headers/X-A', 'pattern'],
  ['a value nobody gave', { headers: { 'X-A': '********' } }, '/headers/X-A', 'masked'],
  ['an unknown version', { payload_version: 'v2' }, '/payload_version', 'enum'],
])('refuses %s, and nothing happens', async (_what, more, pointer, code) => {
  const w = await world()
  const refused = await w.post('/v1/webhooks', { url: URL_OK, events: ['*'], ...more })
  expect(refused).toMatchObject({ status: 422, body: { code: 'invalid', errors: [{ pointer, code }] } })
  expect((await w.get<{ data: object[] }>('/v1/webhooks')).body.data).toEqual([])
  expect(await w.events()).not.toContain('webhook.created')
})

test.each([24, 25, 26, 32, 62, 63, 64])('a secret of one’s own may have %i bytes', async (bytes) => {
  const w = await world()
  const secret = `whsec_${randomBytes(bytes).toString('base64')}`
  expect((await made(w, { secret })).secret).toBe(secret)
})

test('a header has a name that is one', async () => {
  const w = await world()
  const refused = await w.post('/v1/webhooks', { url: URL_OK, events: ['*'], headers: { 'X A': 'a' } })
  expect(refused).toMatchObject({ status: 422, body: { code: 'invalid' } })
  expect(await w.events()).not.toContain('webhook.created')
})

test('a URL of 2 MB is no URL', async () => {
  const w = await world()
  const huge = `https://hooks.example.com/${'x'.repeat(2 * 1_024 * 1_024)}`
  expect((await w.post('/v1/webhooks', { url: huge, events: ['*'] })).status).toBe(413)
})

test('a secret is shown once, kept encrypted, and may be one’s own', async () => {
  const w = await world()
  const own = `whsec_${Buffer.alloc(24, 7).toString('base64')}`
  const first = await made(w, { secret: own, headers: { 'X-Token': 'a token of theirs' } })
  expect(first.secret).toBe(own)
  const path = `/v1/webhooks/${first.id}`
  const rotated = await w.post<Made & { secrets: object[] }>(`${path}/rotate-secret`, { overlap_seconds: 60 })
  expect(rotated.status).toBe(200)
  expect(rotated.body.secret).not.toBe(own)
  expect(rotated.body.secrets).toEqual([
    { created_at: expect.any(String), expires_at: null },
    { created_at: expect.any(String), expires_at: expect.any(String) },
  ])
  const third = await w.post<Made & { secrets: object[] }>(`${path}/rotate-secret`, {})
  expect(third.body.secrets).toHaveLength(2)
  const alone = await w.post<Made & { secrets: object[] }>(`${path}/rotate-secret`, { overlap_seconds: 0 })
  expect(alone.body.secrets).toHaveLength(1)

  const stored = JSON.stringify(await w.sql('select * from webhooks where id = $1', [first.id]))
  const shown = (await w.get(path)).text + JSON.stringify(await w.log_of_events())
  for (const secret of [own, rotated.body.secret, third.body.secret, 'a token of theirs']) {
    expect(stored + shown).not.toContain(secret)
  }
})

test('only who governs a workspace sees its endpoints, and only its own', async () => {
  const w = await world()
  const { id } = await made(w)
  const agent = await signInAs(w, w.users.agent.email)
  const admin = await signInAs(w, w.users.admin.email)
  const as = (headers: Record<string, string>) => ({ as: null, headers })
  expect((await w.get('/v1/webhooks', as(agent))).status).toBe(403)
  expect((await w.post('/v1/webhooks', { url: URL_OK, events: ['*'] }, as(agent))).status).toBe(403)
  expect((await w.get('/v1/webhooks', as(admin))).status).toBe(200)
  expect((await w.get(`/v1/webhooks/${id}`, { as: await w.keyWith('webhooks:read') })).status).toBe(200)
  expect((await w.get(`/v1/webhooks/${id}`, { as: w.testKey })).status).toBe(404)
  expect((await w.get(`/v1/webhooks/${id}`, { as: w.stranger.key })).status).toBe(404)
})

test('a workspace has fifty endpoints at most', async () => {
  const w = await world()
  for (let n = 0; n < 50; n++) await made(w)
  const one = await w.post('/v1/webhooks', { url: URL_OK, events: ['*'] })
  expect(one).toMatchObject({ status: 409, body: { code: 'webhooks_full' } })
})

test.each([
  ['neither one nor many', {}, '/delivery_id'],
  [
    'one and many',
    { delivery_id: '01936f3e-0000-7000-8000-000000000000', since: new Date().toISOString() },
    '/delivery_id',
  ],
  ['one that is not there', { delivery_id: '01936f3e-0000-7000-8000-000000000000' }, '/delivery_id'],
  ['more than is kept', { since: '2020-01-01T00:00:00Z' }, '/since'],
])('a replay of %s is refused', async (_what, body, pointer) => {
  const w = await world()
  const { id } = await made(w)
  const refused = await w.post(`/v1/webhooks/${id}/replay`, body)
  expect(refused).toMatchObject({ status: 422, body: { errors: [{ pointer }] } })
})

test('an endpoint is told no more than whoever sets it up or sends it elsewhere may read, and its log shows no more', async () => {
  const w = await world()
  const as = await w.keyWith('webhooks:*', 'tags:read')
  const beyond = (pointer: string) => ({ status: 422, body: { errors: [{ pointer, code: 'beyond' }] } })
  const setUp = (...events: string[]) => w.post<Made>('/v1/webhooks', { url: URL_OK, events }, { as })
  expect(await setUp('tag.*', 'contact.created')).toMatchObject(beyond('/events/1'))
  expect(await setUp('*')).toMatchObject(beyond('/events/0'))
  const own = `/v1/webhooks/${(await setUp('tag.*', 'webhook.created')).body.id}`
  expect(await w.patch(own, { events: ['tag.*', 'message.*'] }, { as })).toMatchObject(beyond('/events/1'))
  expect(await w.patch(own, { events: ['tag.created'], url: `${URL_OK}&y=2` }, { as })).toMatchObject({ status: 200 })

  const all = `/v1/webhooks/${(await made(w, { events: ['*'] })).id}`
  expect(await w.patch(all, { url: `${URL_OK}&y=2` }, { as })).toMatchObject(beyond('/url'))
  expect(await w.patch(all, { description: 'All', url: URL_OK, events: ['*'] }, { as })).toMatchObject({ status: 200 })
  await w.post('/v1/contacts', { email: 'ada@example.com' })
  await w.post('/v1/tags', { name: 'vip' })
  const told = await vi.waitFor(async () => {
    const { data } = (await w.get<{ data: { id: string; event_type: string }[] }>(`${all}/deliveries`)).body
    const found = ['contact.created', 'tag.created'].map((type) => data.find((one) => one.event_type === type)?.id)
    expect(found).not.toContain(undefined)
    return found
  })
  const bodies = (key?: string) =>
    Promise.all(
      told.map(async (id) => {
        const { body } = await w.get(`${all}/deliveries/${id}`, key === undefined ? {} : { as: key })
        return body['request_body'] !== null
      }),
    )
  expect(await bodies(as)).toEqual([false, true])
  expect(await bodies()).toEqual([true, true])
})

test('nor is it asked what they may not read', async () => {
  const w = await world()
  const as = await w.keyWith('webhooks:*', 'contacts:read', 'conversations:read')
  const lookups = ['chatbot.reply']
  const beyond = (pointer: string) => ({ status: 422, body: { errors: [{ pointer, code: 'beyond' }] } })
  const input = { url: URL_OK, lookups }
  expect(await w.post('/v1/webhooks', input, { as })).toMatchObject(beyond('/lookups/0'))
  const bot = `/v1/webhooks/${(await made(w, { events: ['contact.created'], lookups })).id}`
  expect(await w.patch(bot, { url: `${URL_OK}&y=2` }, { as })).toMatchObject(beyond('/url'))
  expect(await w.patch(bot, { lookup_timeout_ms: 200, ...input }, { as })).toMatchObject({ status: 200 })
  const reader = await w.keyWith('webhooks:*', 'contacts:read', 'conversations:read', 'messages:read')
  expect(await w.post('/v1/webhooks', input, { as: reader })).toMatchObject({ status: 201 })
})
