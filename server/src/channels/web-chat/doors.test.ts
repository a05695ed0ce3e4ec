/** Who may come in at all: from which pages, how often, with which files, and when the inbox is switched off. */
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { address, chatWorld } from '../../../test/visitors.ts'
import { startServer } from '../../../test/world.ts'

const png = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
)

function form(bytes: Uint8Array<ArrayBuffer> | string, name: string, type: string): FormData {
  const body = new FormData()
  body.set('file', new File([bytes], name, { type }))
  return body
}

test('an inbox that is switched off takes nothing new, and still shows what was said', async () => {
  const { w, path, set, knock, visit } = await chatWorld()
  const vi = await visit()
  await vi.say('Before')
  await set({}, { enabled: false })
  const before = await w.events()
  expect(await vi.say('After')).toMatchObject({ status: 409, body: { code: 'inbox_disabled' } })
  expect(await knock()).toMatchObject({ status: 409, body: { code: 'inbox_disabled' } })
  expect(await w.post(path('/files'), form('x', 'x.txt', 'text/plain'), vi.options)).toMatchObject({ status: 409 })
  expect(await w.get(path(''), { as: null })).toMatchObject({ status: 200, body: { enabled: false } })
  expect((await vi.thread()).data).toMatchObject([{ body: 'Before' }])
  expect(await w.events()).toEqual(before)
})

test('files come in only where they may, and only of the types that are named', async () => {
  const { w, path, set, visit } = await chatWorld()
  const vi = await visit()
  const upload = (body: FormData) => w.post<{ id: string }>(path('/files'), body, vi.options)
  await set({ allowed_types: ['image/*'] })
  const picture = await upload(form(png, 'x.png', 'image/png'))
  expect(picture).toMatchObject({ status: 201, body: { content_type: 'image/png', url: expect.any(String) } })
  expect(await upload(form('hello', 'x.txt', 'text/plain'))).toMatchObject({ status: 422 })
  expect(await upload(form('hello', 'x.png', 'image/png'))).toMatchObject({
    status: 422,
    body: { code: 'file_type_mismatch' },
  })
  const said = await vi.say('', { attachments: [picture.body.id] })
  expect(said).toMatchObject({
    status: 201,
    body: { attachments: [{ name: 'x.png', url: expect.stringMatching(/^\/files\//) }] },
  })
  expect(await vi.say('Again', { attachments: [picture.body.id] })).toMatchObject({ status: 422 })

  await set({ attachments: false })
  expect(await upload(form(png, 'x.png', 'image/png'))).toMatchObject({
    status: 403,
    body: { code: 'attachments_off' },
  })
  expect(await vi.say('x', { attachments: [picture.body.id] })).toMatchObject({ status: 403 })
})

test('files come from one address at twenty a minute, and words go on', async () => {
  const { w, path, visit } = await chatWorld()
  const vi = await visit()
  const upload = () => w.post(path('/files'), form('x', 'x.txt', 'text/plain'), vi.options)
  for (let n = 0; n < 20; n++) expect((await upload()).status).toBe(201)
  expect(await upload()).toMatchObject({ status: 429, body: { code: 'rate_limited' } })
  expect((await vi.say('I have more')).status).toBe(201)
})

test('a visitor hangs on a message only files of their own', async () => {
  const { w, path, visit } = await chatWorld()
  const [vi, other] = [await visit(), await visit()]
  const theirs = await w.post<{ id: string }>(path('/files'), form('x', 'x.txt', 'text/plain'), other.options)
  const teams = await w.post<{ id: string }>('/v1/files', form('x', 'x.txt', 'text/plain'))
  for (const { id } of [theirs.body, teams.body]) {
    expect(await vi.say('Mine?', { attachments: [id] })).toMatchObject({
      status: 422,
      body: { errors: [{ pointer: '/attachments/0', code: 'not_found' }] },
    })
  }
  expect((await vi.thread()).data).toEqual([])
})

test('only pages of the allowed domains may speak to it', async () => {
  const { w, path, set, visit } = await chatWorld()
  const vi = await visit()
  await set({ allowed_domains: ['shop.example.com', '*.example.org'] })
  const from = (origin: string) => ({ 'x-forwarded-for': address(), origin })
  for (const origin of ['https://shop.example.com', 'http://shop.example.com:8080', 'https://a.b.example.org', w.url]) {
    expect([origin, (await w.get(path(''), { as: null, headers: from(origin) })).status]).toEqual([origin, 200])
  }
  const foreign = [
    'https://example.com',
    'https://evil-shop.example.com',
    'https://shop.example.com.evil.net',
    'https://example.org',
    'https://notexample.org',
    'null',
    'nonsense',
  ]
  const before = await w.events()
  for (const origin of foreign) {
    const headers = from(origin)
    const replies = [
      await w.get(path(''), { as: null, headers }),
      await w.post(path('/visitors'), {}, { as: null, headers }),
      await w.get(path('/messages'), { as: vi.token, headers }),
      await w.post(path('/messages'), { body: 'x', client_message_id: 'x' }, { as: vi.token, headers }),
    ]
    for (const reply of replies) expect(reply).toMatchObject({ status: 403, body: { code: 'origin_not_allowed' } })
  }
  expect(await w.events()).toEqual(before)
})

test('the frame of the widget may stand on the allowed domains only', async () => {
  const assets = mkdtempSync(join(tmpdir(), 'antiphon-pages-'))
  for (const part of ['dashboard', 'widget']) mkdirSync(join(assets, part, 'assets'), { recursive: true })
  writeFileSync(join(assets, 'dashboard', 'index.html'), '<!doctype html>desk')
  writeFileSync(join(assets, 'widget', 'frame.html'), '<!doctype html>frame')
  const { w, chat, set } = await chatWorld(startServer({ assets }))
  const policy = async (inbox: string) => {
    const reply = await w.get(`/widget/frame?inbox=${inbox}`, { as: null })
    return [reply.status, /frame-ancestors (.*)$/.exec(reply.headers.get('content-security-policy') ?? '')?.[1]]
  }
  expect(await policy(chat)).toEqual([200, '*'])
  await set({ allowed_domains: ['shop.example.com', '*.example.org'] })
  expect(await policy(chat)).toEqual([
    200,
    "'self' http://shop.example.com:* https://shop.example.com:* http://*.example.org:* https://*.example.org:*",
  ])
  expect((await policy(w.newId()))[0]).toBe(404)
  expect((await policy("x'; script-src *"))[0]).toBe(404)
  expect((await w.get('/', { as: null })).headers.get('content-security-policy')).toContain("frame-ancestors 'none'")
  await w.app.drain()
})

test('who comes too often from one address waits, and nobody else does', async () => {
  const { w, path, knock } = await chatWorld()
  const from = address()
  const replies = await Promise.all(Array.from({ length: 33 }, () => knock({}, null, from)))
  const statuses = replies.map((reply) => reply.status).sort()
  expect(statuses).toEqual([...Array(30).fill(201), 429, 429, 429])
  const refused = replies.find((reply) => reply.status === 429)
  expect(refused?.headers.get('retry-after')).toMatch(/^\d+$/)
  expect(refused?.headers.get('x-ratelimit-limit')).toBe('30')
  expect((await knock()).status).toBe(201)
  expect(await w.sql('select from visitor_sessions where workspace_id = $1', [w.id])).toHaveLength(31)

  const lost = { 'x-forwarded-for': address() }
  const strays = await Promise.all(
    Array.from({ length: 245 }, () => w.get(path('', w.newId()), { as: null, headers: lost })),
  )
  expect(strays.map((reply) => reply.status).sort()).toEqual([...Array(240).fill(404), ...Array(5).fill(429)])
})

test('a visitor’s token is kept for repeats as a secret is', async () => {
  const { w, path } = await chatWorld()
  const headers = { 'x-forwarded-for': address(), 'idempotency-key': w.newId() }
  const begin = () => w.post<{ token: string }>(path('/visitors'), { name: 'Vi' }, { as: null, headers })
  const [first, again] = [await begin(), await begin()]
  expect(again).toMatchObject({ status: 201, body: first.body })
  expect(again.headers.get('idempotent-replayed')).toBe('true')
  const kept = await w.sql('select payload, sealed, caller from idempotency_keys where workspace_id = $1', [w.id])
  expect(kept).toMatchObject([{ sealed: true }])
  expect(JSON.stringify(kept)).not.toContain(first.body.token)
  expect(JSON.stringify(kept)).not.toContain(headers['x-forwarded-for'])
})
