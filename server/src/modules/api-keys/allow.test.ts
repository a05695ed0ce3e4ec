import { expect, test } from 'vitest'
import { startServer, type World, world } from '../../../test/world.ts'
import { isAsNarrow, lets, readEntry } from './allow.ts'

test.each([
  ['10.0.0.1', '10.0.0.1'],
  [' 10.0.0.1/32 ', '10.0.0.1'],
  ['10.1.2.3/8', '10.0.0.0/8'],
  ['0.0.0.0/0', '0.0.0.0/0'],
  ['2001:DB8:0:0::1', '2001:db8::1'],
  ['2001:db8:1:2::3/32', '2001:db8::/32'],
  ['::ffff:1.2.3.4', '1.2.3.4'],
  ['::ffff:102:304', '1.2.3.4'],
  ['::ffff:10.0.0.0/104', '10.0.0.0/8'],
  ['Example.COM.', 'example.com'],
  ['bücher.example', 'xn--bcher-kva.example'],
  ['localhost', 'localhost'],
])('%s is kept as %s', (text, entry) => {
  expect(readEntry(text)).toEqual({ entry })
})

test.each([
  '',
  'com',
  '*.example.com',
  'https://example.com',
  'example.com/path',
  'example.com:443',
  'exa mple.com',
  'a..example.com',
  '-a.example.com',
  'user@example.com',
  '1.2.3.256',
  '010.0.0.1',
  '0x7f.1',
  '2130706433',
  '1.2.3',
  '10.0.0.0/33',
  '10.0.0.0/08',
  '10.0.0.0/-1',
  '10.0.0.0/',
  '10.0.0.0/8/8',
  '::ffff:1.2.3.4/90',
  '2001:db8::/129',
  'fe80::1%eth0',
  '[::1]',
])('%j is no place', (text) => {
  expect(readEntry(text)).toHaveProperty('wrong')
})

const from = (address: string, headers = {}) => ({ address, headers })

test('one match is enough, nothing named lets everybody in, and the spelling of an address does not count', () => {
  expect(lets([], from('203.0.113.1'))).toBe(true)
  const allow = ['10.0.0.0/8', '203.0.113.7', '2001:db8::/32', 'example.com']
  for (const address of ['10.255.0.1', '203.0.113.7', '::ffff:203.0.113.7', '::ffff:cb00:7107', '2001:DB8::1'])
    expect([address, lets(allow, from(address))]).toEqual([address, true])
  for (const address of ['11.0.0.1', '203.0.113.8', '2001:db9::1', '::1', 'nonsense'])
    expect([address, lets(allow, from(address))]).toEqual([address, false])
  expect(lets(['::/0'], from('203.0.113.7'))).toBe(false)
})

test('a domain is the host of Origin, or of Referer without one, and its subdomains', () => {
  const allow = ['example.com']
  const page = (headers: object) => lets(allow, from('203.0.113.1', headers))
  expect(page({ origin: 'https://example.com' })).toBe(true)
  expect(page({ origin: 'http://Shop.Example.com:8080' })).toBe(true)
  expect(page({ referer: 'https://a.b.example.com/page?x=1' })).toBe(true)
  expect(page({ origin: 'https://evil.example', referer: 'https://example.com/' })).toBe(false)
  expect(page({ origin: 'null', referer: 'https://example.com/' })).toBe(false)
  for (const origin of [
    'https://notexample.com',
    'https://example.com.evil.example',
    'https://example.com@evil.example',
    'x',
  ])
    expect([origin, page({ origin })]).toEqual([origin, false])
  expect(page({ origin: 'https://example.com, https://evil.example' })).toBe(false)
  expect(page({ host: 'example.com' })).toBe(false)
  expect(page({})).toBe(false)
})

test('a list is as narrow as another when it lets in nobody else', () => {
  const wide = ['10.0.0.0/8', 'example.com']
  for (const allow of [['10.1.0.0/16'], ['10.0.0.1', 'a.example.com'], wide])
    expect([allow, isAsNarrow(allow, wide)]).toEqual([allow, true])
  for (const allow of [[], ['10.0.0.0/7'], ['11.0.0.1'], ['example.org'], ['10.0.0.1', '::1']])
    expect([allow, isAsNarrow(allow, wide)]).toEqual([allow, false])
  expect(isAsNarrow([], [])).toBe(true)
  expect(isAsNarrow(['10.0.0.1'], [])).toBe(true)
})

const key = async (w: World, body: object) =>
  (await w.post<{ id: string; bearer: string }>('/v1/api-keys', { name: 'ci', scopes: ['tags:read'], ...body })).body
const refused = { status: 403, body: { code: 'caller_not_allowed' } }

test('a caller from elsewhere is refused after the credential and before the limit and the scope', async () => {
  const w = await world()
  const { id, bearer } = await key(w, { allow: ['192.0.2.0/24', 'example.com'], requests_per_minute: 1 })
  expect(await w.get('/v1/contacts', { as: bearer })).toMatchObject(refused)
  expect(await w.get('/v1/tags', { as: `${bearer.slice(0, -1)}-` })).toMatchObject({ status: 401 })
  expect(await w.get('/v1/tags', { as: bearer, headers: { 'x-forwarded-for': '192.0.2.1' } })).toMatchObject(refused)
  const page = { as: bearer, headers: { origin: 'https://shop.example.com' } }
  expect(await w.get('/v1/tags', page)).toMatchObject({ status: 200 })
  expect(await w.get('/v1/tags', page)).toMatchObject({ status: 429 })
  expect(await w.get('/v1/tags', { as: bearer })).toMatchObject(refused)
  expect((await w.get(`/v1/api-keys/${id}`)).body).toMatchObject({ allow: ['192.0.2.0/24', 'example.com'] })
  expect((await w.patch(`/v1/api-keys/${id}`, { allow: ['127.0.0.1'], requests_per_minute: null })).status).toBe(200)
  expect(await w.get('/v1/tags', { as: bearer })).toMatchObject({ status: 200 })
})

test('behind a trusted proxy the address it names counts, and every bad entry is named', async () => {
  const w = await world({ on: startServer({ env: { ANTIPHON_TRUSTED_PROXIES: '127.0.0.1' } }) })
  const { bearer } = await key(w, { allow: ['192.0.2.7'] })
  const named = (address: string) => w.get('/v1/tags', { as: bearer, headers: { 'x-forwarded-for': address } })
  expect(await named('192.0.2.7')).toMatchObject({ status: 200 })
  expect(await named('::ffff:192.0.2.7')).toMatchObject({ status: 200 })
  expect(await named('192.0.2.7, 198.51.100.1')).toMatchObject(refused)
  const wrong = await w.post('/v1/api-keys', { name: 'x', scopes: ['*'], allow: ['nowhere', '10.0.0.1', '1.2.3.4/40'] })
  expect(wrong).toMatchObject({
    status: 422,
    body: {
      errors: [
        { pointer: '/allow/0', code: 'place' },
        { pointer: '/allow/2', code: 'place' },
      ],
    },
  })
  await w.app.drain()
})
