/** HTTP itself: what a client may get wrong before any route is asked, spelled byte by byte where a client could not. */
import { setTimeout as wait } from 'node:timers/promises'
import { beforeAll, expect, test } from 'vitest'
import { signInAs } from './sign-in.ts'
import { address } from './visitors.ts'
import { everything, type RawReply, wire } from './wire.ts'
import { openLive, startServer, type World, world } from './world.ts'

let w: World
let head = ''
let dawdled: Promise<RawReply & { after: number }>
beforeAll(async () => {
  w = await world()
  const began = performance.now()
  const half = wire(w.url, ['GET /v1/me HTTP/1.1\r\nHost: x\r\n'], 16_000)
  dawdled = half.then((reply) => ({ ...reply, after: performance.now() - began }))
  head = `Host: desk.example.com\r\nAuthorization: Bearer ${w.key}\r\n`
})

const JSON_HEAD = 'Content-Type: application/json\r\n'
const post = (more: string) => `POST /v1/contacts HTTP/1.1\r\n${head}${JSON_HEAD}${more}`
const codeOf = (reply: RawReply) => JSON.parse(reply.body).code

test('a word where others have an id is no id, whatever the method', async () => {
  const reply = await w.patch('/v1/conversations/counts', { status: 'open' })
  expect(reply).toMatchObject({ status: 405, body: { code: 'method_not_allowed' } })
  expect(reply.headers.get('allow')).toBe('GET, OPTIONS')
  expect((await w.get('/v1/conversations/counts')).status).toBe(200)
})

test.each<[string, () => string | Uint8Array, number, string]>([
  ['no HTTP at all', () => 'EHLO mail.example.com\r\n\r\n', 400, 'request_malformed'],
  ['TLS', () => new Uint8Array([22, 3, 1, 2, 0, 1, 0, 1, 252, 3, 3, 13, 10, 13, 10]), 400, 'request_malformed'],
  ['a method nobody knows', () => `FETCH /v1/me HTTP/1.1\r\n${head}\r\n`, 400, 'request_malformed'],
  ['a header without a colon', () => `GET /v1/me HTTP/1.1\r\n${head}nonsense\r\n\r\n`, 400, 'request_malformed'],
  ['NUL in the path', () => `GET /v1/\0me HTTP/1.1\r\n${head}\r\n`, 400, 'request_malformed'],
  ['two lengths', () => post('Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}'), 400, 'request_malformed'],
  [
    'a length and chunks',
    () => post('Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n'),
    400,
    'request_malformed',
  ],
  ['a length of words', () => post('Content-Length: two\r\n\r\n{}'), 400, 'request_malformed'],
  ['chunks of nonsense', () => post('Transfer-Encoding: chunked\r\n\r\nzz\r\nhello\r\n'), 400, 'request_malformed'],
  ['a known method nobody takes', () => `PROPFIND /v1/me HTTP/1.1\r\n${head}\r\n`, 405, 'method_not_allowed'],
  ['QUERY, without a media type', () => `QUERY /v1/me HTTP/1.1\r\n${head}\r\n`, 405, 'method_not_allowed'],
  ['TRACE', () => `TRACE /v1/me HTTP/1.1\r\n${head}\r\n`, 405, 'method_not_allowed'],
  ['a URL of 8 KiB and more', () => `GET /v1/me?${'x'.repeat(8_192)} HTTP/1.1\r\n${head}\r\n`, 414, 'url_too_long'],
  [
    'headers of 16 KiB and more',
    () => `GET /v1/me HTTP/1.1\r\n${head}X-A: ${'x'.repeat(16_384)}\r\n\r\n`,
    431,
    'headers_too_large',
  ],
  [
    'headers without end',
    () => `GET /v1/me HTTP/1.1\r\n${head}X-A: ${'x'.repeat(99_999)}\r\n\r\n`,
    431,
    'headers_too_large',
  ],
  [
    'three thousand headers',
    () => `GET /v1/me HTTP/1.1\r\n${head}${'A: b\r\n'.repeat(9_000)}\r\n`,
    431,
    'headers_too_large',
  ],
  [
    'a body of no type',
    () => `POST /v1/contacts HTTP/1.1\r\n${head}Content-Length: 2\r\n\r\n{}`,
    415,
    'media_type_unsupported',
  ],
  ['a body that says it is huge', () => post('Content-Length: 1048577\r\n\r\n'), 413, 'body_too_large'],
  [
    'an upgrade to nowhere',
    () => `GET /v1/me HTTP/1.1\r\n${head}Connection: Upgrade\r\nUpgrade: websocket\r\n\r\n`,
    404,
    'route_not_found',
  ],
])('%s is a clear refusal', async (_name, bytes, status, code) => {
  const before = await everything(w)
  const reply = await wire(w.url, [bytes()])
  expect([reply.status, reply.head]).toEqual([
    status,
    expect.stringMatching(/content-type: application\/problem\+json/i),
  ])
  expect(codeOf(reply)).toBe(code)
  expect(reply.head).toMatch(/x-request-id: [0-9a-f-]{36}/i)
  if ([400, 413, 414, 431].includes(status)) expect(reply.isClosed).toBe(true)
  expect(await everything(w)).toEqual(before)
})

test('a body in chunks is counted as it comes, and a body that ends early changes nothing', async () => {
  const before = await everything(w)
  const chunk = `4000\r\n${' '.repeat(0x4000)}\r\n`
  const large = await wire(w.url, [post('Transfer-Encoding: chunked\r\n\r\n'), ...Array(70).fill(chunk)], 3_000)
  expect([large.status, large.isClosed]).toEqual([413, true])
  const cut = await wire(w.url, [post('Content-Length: 40\r\n\r\n{"email":"cut@example.com"}')], 200)
  expect(cut.status).toBe(0)
  expect((await w.get('/v1/status')).status).toBe(200)
  expect(await everything(w)).toEqual(before)
})

test('an upload that says it is too large is refused before it is sent', async () => {
  const multipart = 'Content-Type: multipart/form-data; boundary=x\r\n'
  const large = `POST /v1/files HTTP/1.1\r\n${head}${multipart}Content-Length: 50000000\r\n\r\n--x\r\n`
  const reply = await wire(w.url, [large])
  expect([reply.status, codeOf(reply), reply.isClosed]).toEqual([413, 'body_too_large', true])
})

test('a body in small chunks is taken, and so is one that waits to be asked for', async () => {
  const body = '{"email":"chunks@example.com"}'
  const chunks = [...body].map((char) => `1\r\n${char}\r\n`).join('')
  const reply = await wire(
    w.url,
    [post('Connection: close\r\nTransfer-Encoding: chunked\r\n\r\n'), chunks, '0\r\n\r\n'],
    2_000,
  )
  expect([reply.status, JSON.parse(reply.body).email]).toEqual([201, 'chunks@example.com'])
  const asked = await wire(
    w.url,
    [post(`Connection: close\r\nExpect: 100-continue\r\nContent-Length: ${body.length}\r\n\r\n`), body],
    2_000,
  )
  expect(asked.status).toBe(100)
  expect(asked.body).toContain('HTTP/1.1 200 OK')
  expect((await wire(w.url, [post('Expect: a miracle\r\nContent-Length: 0\r\n\r\n')])).status).toBe(417)
})

test('who would rather speak HTTP/2 is answered as if they had not asked', async () => {
  const offer = 'Connection: Upgrade, HTTP2-Settings, close\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n'
  const reply = await wire(w.url, [`GET /v1/me HTTP/1.1\r\n${head}${offer}\r\n`])
  expect([reply.status, JSON.parse(reply.body).object]).toEqual([200, 'me'])
})

test('two requests in one packet are two answers, in their order', async () => {
  const get = (path: string, more = '') => `GET ${path} HTTP/1.1\r\n${head}${more}\r\n`
  const reply = await wire(w.url, [get('/v1/me') + get('/v1/nothing', 'Connection: close\r\n')])
  expect(reply.status).toBe(200)
  expect(reply.body.indexOf('"object":"me"')).toBeLessThan(reply.body.indexOf('route_not_found'))
})

test('no header makes one method another', async () => {
  const { id } = (await w.post<{ id: string }>('/v1/tags', { name: 'kept' })).body
  for (const name of ['X-HTTP-Method-Override', 'X-HTTP-Method', 'X-Method-Override']) {
    expect((await w.call('GET', `/v1/tags/${id}`, { headers: { [name]: 'DELETE' } })).status).toBe(200)
    expect((await w.call('POST', `/v1/tags/${id}`, { body: {}, headers: { [name]: 'DELETE' } })).status).toBe(405)
  }
  expect((await w.get(`/v1/tags/${id}?_method=DELETE`)).status).toBe(422)
  expect((await w.get(`/v1/tags/${id}`)).status).toBe(200)
})

test('HEAD is GET without the body, OPTIONS tells browsers what they may do', async () => {
  const asked = await w.call('HEAD', '/v1/contacts')
  expect([asked.status, asked.text]).toEqual([200, ''])
  expect((await w.call('HEAD', '/v1/contacts', { as: null })).status).toBe(401)
  const preflight = await w.call('OPTIONS', '/v1/contacts', {
    as: null,
    headers: { origin: 'https://shop.example.com', 'access-control-request-method': 'POST' },
  })
  expect(preflight.status).toBe(204)
  expect(Object.fromEntries(preflight.headers)).toMatchObject({
    'access-control-allow-origin': '*',
    'access-control-allow-methods': 'GET, POST',
    'access-control-max-age': '86400',
  })
  expect(preflight.headers.get('access-control-allow-credentials')).toBeNull()
  const read = await w.get('/v1/contacts', { headers: { origin: 'https://shop.example.com' } })
  expect(read.headers.get('access-control-allow-origin')).toBe('*')
  expect(read.headers.get('access-control-allow-credentials')).toBeNull()
})

test('a cookie is worth nothing on a foreign page', async () => {
  const { cookie, origin } = await signInAs(w, w.users.admin.email)
  const own = { cookie, origin }
  expect((await w.post('/v1/tags', { name: 'from home' }, { as: null, headers: own })).status).toBe(201)
  const before = await everything(w)
  for (const foreign of ['https://evil.example', 'null', `${origin}.evil.example`, 'http://127.0.0.1:1']) {
    const headers = { cookie, origin: foreign }
    const replies = [
      await w.get('/v1/me', { as: null, headers }),
      await w.post('/v1/tags', { name: 'stolen' }, { as: null, headers }),
      await w.post('/auth/sign-out', {}, { as: null, headers }),
    ]
    for (const reply of replies) {
      expect([foreign, reply.status, reply.body['code']]).toEqual([foreign, 403, 'origin_not_allowed'])
    }
  }
  expect((await w.post('/v1/tags', { name: 'from nowhere' }, { as: null, headers: { cookie } })).status).toBe(403)
  expect(await everything(w)).toEqual(before)
  expect((await w.get('/v1/me', { as: null, headers: own })).status).toBe(200)
})

test('a forged X-Forwarded-For is not believed, a trusted proxy’s is read from the right', async () => {
  const guess = (on: World, forwarded: string) =>
    on.get('/v1/me', { as: `ap_${'a'.repeat(16)}_${'A'.repeat(43)}`, headers: { 'x-forwarded-for': forwarded } })
  const left = async (on: World, forwarded: string) =>
    Number((await guess(on, forwarded)).headers.get('x-ratelimit-remaining'))
  const plain = await world({ on: startServer() })
  expect(await left(plain, address())).toBe(59)
  expect(await left(plain, address())).toBe(58)
  expect(await left(plain, 'nonsense')).toBe(57)
  await plain.app.drain()

  const behind = await world({ on: startServer({ env: { ANTIPHON_TRUSTED_PROXIES: '127.0.0.1,10.0.0.0/8' } }) })
  const caller = address()
  expect(await left(behind, caller)).toBe(59)
  expect(await left(behind, `${address()}, ${caller}`)).toBe(58)
  expect(await left(behind, `${address()}, ${caller}, 10.1.2.3`)).toBe(57)
  expect(await left(behind, `10.9.9.9, ${caller}`)).toBe(56)
  expect(await left(behind, `::ffff:${caller}`)).toBe(55)
  expect(await left(behind, address())).toBe(59)
  await behind.app.drain()
})

test('a socket says who it is before it is one', async () => {
  await expect(openLive(w.url, 'nonsense')).rejects.toThrow('401')
  await expect(openLive(w.url, w.key, `?workspace=${w.stranger.id}`)).rejects.toThrow('403')
  const mute = await openLive(w.url, null)
  for (const frame of ['x', null, 7, [], { type: 'auth' }, { type: 'auth', token: 7 }, { type: 'typing', on: true }]) {
    mute.send(frame)
  }
  await wait(50)
  expect(mute.frames).toEqual([])
  mute.send({ type: 'auth', token: w.key })
  expect(await mute.closed()).toBe(4401)
  const agent = await w.live()
  await agent.until((frame) => frame['type'] === 'caught_up')
  for (const frame of ['x', null, { type: 'typing', conversation_id: {} }, { type: 'viewing' }, { type: '\0' }])
    agent.send(frame)
  agent.send({ type: 'typing', conversation_id: 'x'.repeat(70_000), on: true })
  expect(await agent.closed()).toBe(1009)
  const lost = await w.live(w.key, '?after=nonsense')
  expect(await lost.until((frame) => frame['type'] === 'resync_required')).toBeTruthy()
  lost.close()
  expect((await w.get('/v1/status')).status).toBe(200)
})

test('a request that dawdles over its head is let go', async () => {
  const { status, isClosed, after } = await dawdled
  expect([status, isClosed]).toEqual([408, true])
  expect(after).toBeLessThan(15_000)
})

test('who hangs up, and whose URL cannot be read, has a line in the log as everybody else', async () => {
  const statusOf = (id: string | null) => {
    const line = w.log.find((one) => one.includes(`"id":"${id}"`))
    return line && JSON.parse(line)
  }
  const unread = await w.get('/v1/contacts/%zz')
  await expect.poll(() => statusOf(unread.headers.get('x-request-id'))).toMatchObject({ status: 400, route: 'GET *' })
  const before = w.log.length
  await wire(w.url, [post('Content-Length: 40\r\n\r\n{"email":')], 50)
  await expect
    .poll(() => w.log.slice(before).map((line) => JSON.parse(line)))
    .toMatchObject([{ status: 499, route: 'POST /v1/contacts', workspace: w.id }])
})

test('nothing of all this was a failure of ours', () => {
  expect(w.log.filter((line) => line.includes('"level":"error"'))).toEqual([])
})
