import { connect } from 'node:net'
import { setTimeout } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { startServer, type World, world } from '../../../test/world.ts'
import { transact } from '../../kernel/context.ts'
import { newId } from '../../kernel/ids.ts'
import { DAY } from '../../kernel/time.ts'
import { clear, sweep } from './chores.ts'
import { pictures } from './fixtures/pictures.ts'
import * as files from './service.ts'

const text = (words: string) => new TextEncoder().encode(words)

function form(bytes: Uint8Array<ArrayBuffer>, name: string, type = ''): FormData {
  const body = new FormData()
  body.append('file', new File([bytes], name, { type }))
  return body
}

const upload = (w: World, bytes: Uint8Array<ArrayBuffer>, name: string, type?: string) =>
  w.post('/v1/files', form(bytes, name, type))

const fetchFile = (w: World, url: unknown, init?: RequestInit) => fetch(`${w.url}${url}`, init)

test('a file is uploaded, shown and served by a link that is its own', async () => {
  const w = await world()
  const made = await upload(w, pictures.png, 'Pic.PNG', 'image/png')
  expect(made).toMatchObject({
    status: 201,
    body: {
      object: 'file',
      name: 'Pic.PNG',
      content_type: 'image/png',
      size: pictures.png.length,
      width: 3,
      height: 2,
    },
  })
  const shown = await w.get(`/v1/files/${made.body['id']}`)
  expect(shown).toMatchObject({ status: 200, body: { ...made.body, url: expect.stringMatching(/^\/files\//) } })

  const served = await fetchFile(w, made.body['url'])
  expect(served.status).toBe(200)
  expect(Buffer.from(await served.arrayBuffer()).equals(pictures.png)).toBe(true)
  expect(Object.fromEntries(served.headers)).toMatchObject({
    'content-type': 'image/png',
    'content-length': String(pictures.png.length),
    'content-security-policy': "sandbox; default-src 'none'",
    'x-content-type-options': 'nosniff',
    'content-disposition': `inline; filename="Pic.PNG"; filename*=UTF-8''Pic.PNG`,
    'cache-control': expect.stringMatching(/^private, max-age=3[0-6]\d\d, immutable$/),
  })
  const etag = served.headers.get('etag') ?? ''
  const again = await fetchFile(w, made.body['url'], { headers: { 'if-none-match': etag } })
  expect([again.status, (await again.arrayBuffer()).byteLength]).toEqual([304, 0])
})

test('a link is bound to its file and workspace, and ends', async () => {
  const w = await world()
  const made = await upload(w, text('ours'), 'a.txt')
  const other = await upload(w, text('other'), 'b.txt')
  const url = String(made.body['url'])
  const refused = [
    url.replace(String(made.body['id']), String(other.body['id'])),
    url.replace(w.id, w.stranger.id),
    url.replace(/until=(\d+)/, (_, until) => `until=${Number(until) + 60}`),
    url.replace(/signature=(.)/, (_, first) => `signature=${first === 'A' ? 'B' : 'A'}`),
    url.replace(/&signature=.*/, ''),
  ]
  for (const path of refused) expect([path, (await fetchFile(w, path)).status]).toEqual([path, 403])
  const past = { ...w.app.system(w.id), now: () => new Date(Date.now() - 2 * 60 * 60_000) }
  expect((await fetchFile(w, files.signUrl(past, { id: String(made.body['id']) }))).status).toBe(403)
  expect((await fetchFile(w, url.replace(String(made.body['id']), 'nonsense'))).status).toBe(404)
  expect((await fetchFile(w, files.signUrl(w.app.system(w.id), { id: newId() }))).status).toBe(404)
  expect((await w.get(`/v1/files/${made.body['id']}`, { as: w.stranger.key })).status).toBe(404)
  const reader = await w.own.keyWith('files:read')
  expect((await w.post('/v1/files', form(text('x'), 'x.txt'), { as: reader })).status).toBe(403)
})

test('ranges are served, and refused when the file has none such', async () => {
  const w = await world()
  const made = await upload(w, text('0123456789'), 'digits.txt')
  const ranged = async (range: string, more: Record<string, string> = {}) => {
    const reply = await fetchFile(w, made.body['url'], { headers: { range, ...more } })
    return [reply.status, reply.headers.get('content-range'), reply.status < 300 ? await reply.text() : '']
  }
  expect(await ranged('bytes=2-4')).toEqual([206, 'bytes 2-4/10', '234'])
  expect(await ranged('bytes=7-')).toEqual([206, 'bytes 7-9/10', '789'])
  expect(await ranged('bytes=-3')).toEqual([206, 'bytes 7-9/10', '789'])
  expect(await ranged('bytes=-30')).toEqual([206, 'bytes 0-9/10', '0123456789'])
  expect(await ranged('bytes=5-100')).toEqual([206, 'bytes 5-9/10', '56789'])
  expect(await ranged('bytes=10-')).toEqual([416, 'bytes */10', ''])
  expect(await ranged('bytes=-0')).toEqual([416, 'bytes */10', ''])
  for (const range of ['bytes=4-2', 'bytes=0-1,3-4', 'lines=1-2', 'bytes=', 'bytes=a-b']) {
    expect([range, ...(await ranged(range))]).toEqual([range, 200, null, '0123456789'])
  }
  expect(await ranged('bytes=0-1', { 'if-range': '"another"' })).toEqual([200, null, '0123456789'])
  const head = await fetchFile(w, made.body['url'], { method: 'HEAD' })
  expect([head.status, head.headers.get('content-length'), await head.text()]).toEqual([200, '10', ''])
})

test('what a browser could run is only ever saved', async () => {
  const w = await world()
  const svg = text('<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>')
  const cases = [
    [await upload(w, svg, 'x.svg', 'image/svg+xml'), 'image/svg+xml'],
    [await upload(w, text('<html><script>alert(1)</script>'), 'x.html', 'text/html'), 'text/html'],
    [await upload(w, text('%PDF-1.4\n1 0 obj'), 'x.pdf', 'application/pdf'), 'application/pdf'],
    [await upload(w, text('alert(1)'), 'x.js', 'text/javascript'), 'text/javascript'],
  ] as const
  for (const [made, type] of cases) {
    expect(made).toMatchObject({ status: 201, body: { content_type: type } })
    const served = await fetchFile(w, made.body['url'])
    expect(served.headers.get('content-type')).toBe(type)
    expect(served.headers.get('content-disposition')).toMatch(/^attachment; /)
    expect(served.headers.get('content-security-policy')).toBe("sandbox; default-src 'none'")
  }
})

test('a name of any writing survives, and breaks no header', async () => {
  const w = await world()
  const name = `Привет x 100% 🦜'(1)*;\u2028.txt`
  const made = await upload(w, text('x'), name)
  expect(made.body['name']).toBe(name)
  const disposition = (await fetchFile(w, made.body['url'])).headers.get('content-disposition') ?? ''
  const [, encoded = ''] = /filename\*=UTF-8''(.*)$/.exec(disposition) ?? []
  expect(decodeURIComponent(encoded)).toBe(name)
  expect(disposition).toMatch(/^attachment; filename="[ -~]+"; filename\*=UTF-8''[\w!#$&+.^`|~%-]+$/)
  const path = await upload(w, text('x'), '../../etc/passwd')
  expect(path.body['name']).toBe('passwd')
  expect(await upload(w, text('x'), `${'n'.repeat(256)}`)).toMatchObject({ status: 422 })
})

test.each([
  ['words for a picture', text('hello'), 'x.png', 'image/png'],
  ['a picture by a text’s name', pictures.png, 'x.txt', 'text/plain'],
  ['a picture by another’s name', pictures.png, 'x.jpg', 'image/png'],
  ['a picture by another’s header', pictures.png, 'x.png', 'image/gif'],
  ['a page for a picture', text('<html>'), 'x', 'image/png'],
  ['a program for a document', new Uint8Array([0x4d, 0x5a, 0x90, 0, 3, 0, 0, 0]), 'x.pdf', 'application/pdf'],
  ['noise for a picture', new Uint8Array([0, 1, 2, 3, 4, 5, 6, 7]), 'x.gif', ''],
  ['noise for words', new Uint8Array([0, 1, 2, 3, 4, 5, 6, 7]), 'x.txt', ''],
  ['nothing for a picture', new Uint8Array(), 'x.png', 'image/png'],
])('refuses %s, and keeps nothing', async (_name, bytes, name, type) => {
  const w = await world()
  const reply = await upload(w, bytes, name, type)
  expect(reply).toMatchObject({ status: 422, body: { code: 'file_type_mismatch', errors: [{ pointer: '/file' }] } })
  expect(await w.sql('select from files where workspace_id = $1', [w.id])).toEqual([])
})

test.each([
  ['bytes nobody knows', new Uint8Array([0, 1, 2, 3]), 'x.dat', '', 'application/octet-stream'],
  ['words that begin like a bitmap', text('BMW is a word'), 'notes.txt', 'text/plain', 'text/plain'],
  ['words without a name', text('words'), 'notes', '', 'text/plain'],
  ['a table as Windows calls it', text('a;b\n'), 'x.csv', 'application/vnd.ms-excel', 'text/csv'],
  ['old western letters', new Uint8Array([0x4d, 0xfc, 0x6c, 0x6c, 0x0a]), 'x.txt', 'text/plain', 'text/plain'],
  ['a picture nobody labelled', pictures.png, 'blob', 'application/octet-stream', 'image/png'],
  ['a picture by its old name', pictures.jpeg, 'x.JPG', 'image/jpg', 'image/jpeg'],
  ['no bytes', new Uint8Array(), 'empty.txt', '', 'text/plain'],
])('takes %s', async (_name, bytes, name, type, expected) => {
  const w = await world()
  expect(await upload(w, bytes, name, type)).toMatchObject({ status: 201, body: { content_type: expected } })
})

test('a request that is no upload is refused', async () => {
  const w = await world()
  const two = form(text('a'), 'a.txt')
  two.append('file', new File([text('b')], 'b.txt'))
  const named = new FormData()
  named.append('other', new File([text('a')], 'a.txt'))
  const field = form(text('a'), 'a.txt')
  field.append('note', 'x')
  expect((await w.post('/v1/files', { file: 'x' })).status).toBe(415)
  for (const body of [two, named, field, new FormData()]) {
    const reply = await w.post('/v1/files', body)
    expect([400, 422]).toContain(reply.status)
  }
  const cut = '--x\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\n\r\nabc'
  const headers = { 'content-type': 'multipart/form-data; boundary=x' }
  expect((await w.post('/v1/files', cut, { headers })).status).toBe(400)
  expect(await w.sql('select from files where workspace_id = $1', [w.id])).toEqual([])
})

test('an upload that is too large, or whose sender hangs up, leaves nothing', async () => {
  const w = await world()
  const large = await upload(w, new Uint8Array(40 * 1024 * 1024 + 1), 'large.dat')
  expect(large).toMatchObject({ status: 413, body: { code: 'body_too_large' } })

  const { hostname, port } = new URL(w.url)
  const socket = connect(Number(port), hostname)
  socket.write(
    `POST /v1/files HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${w.key}\r\nContent-Length: 9999\r\n` +
      'Content-Type: multipart/form-data; boundary=x\r\n\r\n' +
      '--x\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\n\r\nabc',
  )
  await setTimeout(100)
  socket.destroy()
  await setTimeout(100)
  expect(await w.sql('select from files where workspace_id = $1', [w.id])).toEqual([])
  expect((await w.get('/v1/status')).status).toBe(200)
})

test('a file hangs in one place, and a customer hangs only their own', async () => {
  const w = await world()
  const ctx = w.app.system(w.id)
  const [a, b] = [await upload(w, text('a'), 'a.txt'), await upload(w, text('b'), 'b.txt')]
  const ids = [String(b.body['id']), String(a.body['id'])]
  const attach = (wanted: string[], as = ctx) => transact(as, (tx) => files.attach(tx, wanted, '/attachments'))
  const codes = (refused: unknown) => (refused as { errors: { pointer: string; code: string }[] }).errors

  const contact = { ...ctx, actor: { type: 'contact', id: newId(), name: null } as const }
  expect(codes(await attach(ids, contact).catch((error) => error))[1]).toMatchObject({
    pointer: '/attachments/1',
    code: 'not_found',
  })
  expect((await attach(ids)).map((row) => row.name)).toEqual(['b.txt', 'a.txt'])
  const refused = codes(await attach([newId(), ...ids]).catch((error) => error))
  expect(refused.map((error) => error.code)).toEqual(['not_found', 'attached', 'attached'])
  const strangers = w.app.system(w.stranger.id)
  expect(codes(await attach(ids, strangers).catch((error) => error))[0]?.code).toBe('not_found')
})

test('what was not attached within a day is deleted, bytes and all', async () => {
  const w = await world()
  const ctx = w.app.system(w.id)
  const loose = await upload(w, text('loose'), 'loose.txt')
  const kept = await upload(w, text('kept'), 'kept.txt')
  await transact(ctx, (tx) => files.attach(tx, [String(kept.body['id'])]))
  await clear.run(ctx)
  expect((await w.get(`/v1/files/${loose.body['id']}`)).status).toBe(200)

  await clear.run({ ...ctx, now: () => new Date(Date.now() + DAY + 60_000) })
  expect((await w.get(`/v1/files/${loose.body['id']}`)).status).toBe(404)
  expect((await fetchFile(w, loose.body['url'])).status).toBe(404)
  expect(await ctx.kernel.files.size(String(loose.body['id']))).toBeNull()
  expect(await (await fetchFile(w, kept.body['url'])).text()).toBe('kept')
})

test('bytes whose row was never written are swept after a day, and no others', async () => {
  const w = await world({ on: startServer() })
  const ctx = w.app.system(w.id)
  const kept = await upload(w, text('kept'), 'kept.txt')
  const key = { 'idempotency-key': newId() }
  // The commit fails when everything has been written: then the change is undone, and the bytes are left.
  await w.sql(`create function fail() returns trigger language plpgsql as 'begin raise exception ''full''; end'`)
  await w.sql(`create constraint trigger fail after insert on files deferrable initially deferred
    for each row execute function fail()`)
  expect((await w.post('/v1/files', form(text('lost'), 'lost.txt'), { headers: key })).status).toBe(500)
  await w.sql('drop trigger fail on files')
  const stored = async () => {
    const keys: string[] = []
    for await (const one of ctx.kernel.files.listKept(new Date(Date.now() + 1_000))) keys.push(one)
    return keys
  }
  expect(await stored()).toHaveLength(2)

  await sweep.run(ctx)
  expect(await stored()).toHaveLength(2)
  await sweep.run({ ...ctx, now: () => new Date(Date.now() + DAY + 60_000) })
  expect(await stored()).toEqual([kept.body['id']])
  expect((await w.post('/v1/files', form(text('lost'), 'lost.txt'), { headers: key })).status).toBe(201)
  await w.app.drain()
})

test('a retried upload is one file', async () => {
  const w = await world()
  const headers = { 'idempotency-key': newId() }
  const [first, again] = [
    await w.post('/v1/files', form(text('x'), 'x.txt'), { headers }),
    await w.post('/v1/files', form(text('x'), 'x.txt'), { headers }),
  ]
  expect([first.status, again.status, again.body['id']]).toEqual([201, 201, first.body['id']])
  expect(await w.post('/v1/files', form(text('y'), 'x.txt'), { headers })).toMatchObject({ status: 422 })
})
