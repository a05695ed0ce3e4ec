/** What nobody should send. Each is refused by name, in problem+json, and leaves nothing behind. */
import { beforeAll, expect, test } from 'vitest'
import { inboxOf } from './visitors.ts'
import { everything } from './wire.ts'
import { type Reply, type World, world } from './world.ts'

let w: World
let api = ''
let conversation = ''
beforeAll(async () => {
  w = await world()
  api = await inboxOf(w, 'api')
  const reply = await w.post<{ id: string }>('/v1/conversations', { contact: { email: 'ada@example.com' } })
  conversation = reply.body.id
})

const JSON_TYPE = { 'content-type': 'application/json' }
type Shape = { code: string; status: number; errors?: { pointer: string; code: string }[] }

function isProblem(reply: Reply<unknown>, status: number): Shape {
  expect(reply.status, reply.text).toBe(status)
  expect(reply.headers.get('content-type')).toMatch(/^application\/problem\+json/)
  const body: Shape = JSON.parse(reply.text)
  expect(body).toMatchObject({ status, code: expect.any(String), request_id: reply.headers.get('x-request-id') })
  return body
}

const deep = (levels: number) => `${'{"custom_data":'.repeat(levels)}1${'}'.repeat(levels)}`

test.each<[string, string | Uint8Array<ArrayBuffer>, number, (string | undefined)?]>([
  ['broken JSON', '{"email":', 400],
  ['two documents', '{"email":"x@example.com"}{}', 400],
  ['half of UTF-8', new Uint8Array([...Buffer.from('{"name":"'), 0xc3, ...Buffer.from('"}')]), 400],
  ['UTF-16', new Uint8Array(Buffer.from('{"email":"x@example.com"}', 'utf16le')), 400],
  ['a prototype', '{"email":"x@example.com","__proto__":{"admin":true}}', 400],
  ['a prototype further down', '{"email":"x@example.com","custom_data":{"__proto__":1}}', 400],
  ['a constructor’s prototype', '{"email":"x@example.com","constructor":{"prototype":{}}}', 400],
  ['a list', '[]', 422, ''],
  ['a word', '"x"', 422, ''],
  ['nothing', '', 422, ''],
  ['an unknown field', '{"email":"x@example.com","colour":"red"}', 422, '/colour'],
  ['an unknown field with a strange name', '{"email":"x@example.com","a/b~c":1}', 422, '/a~1b~0c'],
  ['a number for a word', '{"email":"x@example.com","name":7}', 422, '/name'],
  ['a word for a list', '{"email":"x@example.com","tags":"vip"}', 422, '/tags'],
  ['a truth for a word', '{"email":"x@example.com","city":true}', 422, '/city'],
  ['an object for a word', '{"email":{"$ne":null}}', 422, '/email'],
  ['NUL in a value', '{"email":"x@example.com","name":"a\\u0000b"}', 422, '/name'],
  ['NUL in a key', '{"email":"x@example.com","custom_data":{"a\\u0000":1}}', 422, '/custom_data/a\uFFFD'],
  ['half a surrogate pair in a value', '{"email":"x@example.com","name":"\\ud83d"}', 422, '/name'],
  [
    'half a surrogate pair in a key',
    '{"email":"x@example.com","custom_data":{"\\udc00":1}}',
    422,
    '/custom_data/\uFFFD',
  ],
  ['half a surrogate pair in a list', '{"email":"x@example.com","tags":["ok","\\ud800x"]}', 422, '/tags/1'],
  ['40 levels', deep(40), 422],
  ['100,000 levels', deep(65_000), 422],
  ['100,000 brackets', '['.repeat(100_000), 400],
  ['a number beyond all numbers', '{"email":"x@example.com","custom_data":{"n":1e999}}', 422],
  ['a name without end', JSON.stringify({ email: 'x@example.com', name: 'x'.repeat(256) }), 422, '/name'],
  ['an address without end', JSON.stringify({ email: `${'a.'.repeat(200_000)}@example.com` }), 422, '/email'],
])('a body of %s is refused', async (_name, body, status, pointer) => {
  const before = await everything(w)
  const problem = isProblem(await w.call('POST', '/v1/contacts', { body, headers: JSON_TYPE }), status)
  if (pointer !== undefined) expect(problem.errors?.map((error) => error.pointer)).toContain(pointer)
  expect(await everything(w)).toEqual(before)
})

test.each([
  ['2024-12-31T23:59:60Z'],
  ['0000-01-01T00:00:00Z'],
  ['0001-01-01T00:00:00+14:00'],
  ['2024-02-30T00:00:00Z'],
  ['2024-01-01T24:00:00Z'],
  ['2024-01-01'],
  ['2024-01-01T00:00:00'],
  ['2024-13-01T00:00:00Z'],
  ['now'],
  ['infinity'],
])('%s is no time', async (sent_at) => {
  const before = await everything(w)
  const body = { contact: { external_id: 'x' }, body: 'x', client_message_id: 'x', sent_at }
  const problem = isProblem(await w.post(`/v1/inboxes/${api}/messages`, body), 422)
  expect(problem.errors).toMatchObject([{ pointer: '/sent_at', code: 'format' }])
  expect(await everything(w)).toEqual(before)
})

test('a time is taken as it was meant, whatever its zone', async () => {
  const send = (sent_at: string) =>
    w.post<{ sent_at: string }>(`/v1/inboxes/${api}/messages`, {
      contact: { external_id: 'timely' },
      body: sent_at,
      client_message_id: sent_at,
      sent_at,
    })
  expect((await send('2024-02-29T12:00:00.1234567+05:30')).body.sent_at).toBe('2024-02-29T06:30:00.123Z')
  expect((await send('1970-01-01t00:00:00z')).body.sent_at).toBe('1970-01-01T00:00:00.000Z')
})

test('ids in a body that are not there, or not yours, are named alike', async () => {
  const theirs = await w.post<{ id: string; contact_id: string }>(
    '/v1/conversations',
    { contact: { email: 'theirs@example.com' } },
    { as: w.stranger.key },
  )
  const before = await everything(w)
  for (const id of [w.newId(), w.stranger.users.agent.id]) {
    const assigned = isProblem(await w.patch(`/v1/conversations/${conversation}`, { assignee_id: id }), 422)
    expect(assigned.errors).toMatchObject([{ pointer: '/assignee_id', code: 'not_found' }])
    const teamed = isProblem(await w.patch(`/v1/conversations/${conversation}`, { team_id: id }), 422)
    expect(teamed.errors).toMatchObject([{ pointer: '/team_id', code: 'not_found' }])
  }
  for (const contact_id of [w.newId(), theirs.body.contact_id]) {
    const begun = isProblem(await w.post('/v1/conversations', { contact_id }), 422)
    expect(begun.errors).toMatchObject([{ pointer: '/contact_id', code: 'not_found' }])
  }
  const team = isProblem(
    await w.post('/v1/conversations', { contact: { email: 'n@example.com' }, team_id: w.newId() }),
    422,
  )
  expect(team.errors).toMatchObject([{ pointer: '/team_id', code: 'not_found' }])
  expect(await everything(w)).toEqual(before)
})

test.each([
  ['broken percent-encoding', 'q=%zz', 400],
  ['half of UTF-8', 'q=%c3', 400],
  ['half a surrogate pair', 'q=%ED%A0%80', 400],
  ['NUL', 'q=%00', 422],
  ['a parameter twice', 'limit=1&limit=2', 422],
  ['words twice', 'q=a&q=b', 422],
  ['a list in brackets', 'q[]=a', 422],
  ['an object in brackets', 'q[$ne]=a', 422],
  ['a prototype', '__proto__=x', 422],
  ['a constructor', 'constructor=x', 422],
  ['no number', 'limit=ten', 422],
  ['half a number', 'limit=1.5', 422],
  ['too many', 'limit=201', 422],
  ['an empty limit', 'limit=', 422],
  ['both ways at once', 'after=a&before=b', 422],
])('a query with %s is refused', async (_name, query, status) => {
  for (const path of ['/v1/contacts', '/v1/conversations']) isProblem(await w.get(`${path}?${query}`), status)
})

test.each([
  ['half of UTF-8', '%c3', 400],
  ['broken percent-encoding', '%zz', 400],
  ['NUL', '%00', 404],
  ['a path of its own', '..%2f..%2fetc%2fpasswd', 404],
  ['no id', "' or 1=1", 404],
  ['an id without end', 'x'.repeat(2_000), 404],
])('a path with %s is refused', async (_name, id, status) => {
  for (const noun of ['contacts', 'conversations', 'web-chat']) isProblem(await w.get(`/v1/${noun}/${id}`), status)
})

test('a cursor is good for its list, its filters, its workspace, and as it was given', async () => {
  for (const n of [1, 2, 3]) await w.post('/v1/contacts', { external_id: `c-${n}`, city: 'Rome' })
  for (const n of [1, 2]) await w.post('/v1/contacts', { external_id: `c-${n}` }, { as: w.stranger.key })
  const cursorOf = async (path: string, as = w.key) =>
    String((await w.get<{ next_cursor: string }>(path, { as })).body.next_cursor)
  const good = await cursorOf('/v1/contacts?limit=1')
  expect((await w.get(`/v1/contacts?limit=1&after=${good}`)).status).toBe(200)
  const [body = '', signature = ''] = good.split('.')
  const other = Buffer.from(JSON.stringify([w.newId()])).toString('base64url')
  const bad: [string, string][] = [
    ['/v1/contacts', await cursorOf('/v1/tags?limit=1').then((cursor) => (cursor === 'null' ? 'x.y' : cursor))],
    ['/v1/contacts', await cursorOf('/v1/events?limit=1')],
    ['/v1/contacts', await cursorOf('/v1/contacts?limit=1', w.stranger.key)],
    ['/v1/contacts?external_id=c-1', good],
    ['/v1/conversations', good],
    ['/v1/events', good],
    [`/v1/conversations/${conversation}/messages`, good],
    ['/v1/contacts', `${other}.${signature}`],
    ['/v1/contacts', `${body}.${signature}x`],
    ['/v1/contacts', `${body}.${signature.slice(0, -1)}`],
    ['/v1/contacts', body],
    ['/v1/contacts', `.${signature}`],
    ['/v1/contacts', '.'],
    ['/v1/contacts', '%F0%9F%98%80'],
  ]
  for (const [path, cursor] of bad) {
    const { errors } = isProblem(await w.get(`${path}${path.includes('?') ? '&' : '?'}after=${cursor}`), 422)
    expect(errors).toMatchObject([{ pointer: '?after', code: 'cursor_invalid' }])
  }
})

test.each([
  ['another version', '"999"'],
  ['a weak one', 'W/"1"'],
  ['no quotes', '1'],
  ['nonsense', '%%%'],
  ['an empty one', ''],
])('If-Match with %s changes nothing', async (_name, version) => {
  const before = await everything(w)
  const headers = { 'if-match': version }
  const reply = await w.call('PATCH', `/v1/conversations/${conversation}`, { body: { priority: 'high' }, headers })
  expect(isProblem(reply, 412).code).toBe('version_mismatch')
  expect(await everything(w)).toEqual(before)
})

test('scripts in names and messages are text, and html is what may be shown', async () => {
  const script = '<script>alert(1)</script><img src=x onerror=alert(1)>'
  const contact = await w.post<{ id: string }>('/v1/contacts', { external_id: 'xss', name: script, tags: ['<b>'] })
  expect(contact).toMatchObject({ status: 201, body: { name: script, tags: ['<b>'] } })
  expect((await w.get(`/v1/contacts/${contact.body.id}`)).body).toMatchObject({ name: script })
  const html = [
    `<p onclick="x()">Hello <a href="javascript:alert(1)">you</a></p>${script}`,
    '<iframe src="//evil.example"></iframe><svg><script>x</script></svg><style>*{}</style><base href="//e">',
    '<a href="https://ok.example" style="position:fixed" onmouseover=x()>fine</a><form action=/x><input></form>',
    '<math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>',
    '<a href="data:text/html,x">d</a><a href="//evil.example">p</a><a href="vbscript:x">v</a>',
  ].join('')
  const sent = await w.post<{ body: string; html: string }>(`/v1/conversations/${conversation}/messages`, {
    type: 'note',
    body: script,
    html,
  })
  expect(sent).toMatchObject({ status: 201, body: { body: script } })
  expect(sent.body.html).toContain(
    '<a href="https://ok.example" rel="noopener noreferrer nofollow" target="_blank">fine</a>',
  )
  expect(sent.body.html).not.toMatch(/<(?!\/?(p|a)\b)|script|onerror|onclick|onmouseover|style|javascript:|data:|evil/i)
  const onlyHtml = await w.post<{ body: string }>(`/v1/conversations/${conversation}/messages`, { type: 'note', html })
  expect(onlyHtml.body.body).toContain('Hello you')
  expect(onlyHtml.body.body).not.toContain('alert')
})

test('what has no body takes none', async () => {
  const before = await everything(w)
  const chat = await inboxOf(w, 'web_chat')
  const secret = await w.post(`/v1/inboxes/${chat}/identity-secrets`, { name: 'x' })
  expect(isProblem(secret, 422).errors).toMatchObject([{ pointer: '/name', code: 'unknown' }])
  isProblem(await w.call('DELETE', `/v1/conversations/${conversation}`, { body: {} }), 405)
  expect(await everything(w)).toEqual(before)
})

test('a message that races itself into two conversations is one message', async () => {
  const other = (await w.post<{ id: string }>('/v1/conversations', { contact: { email: 'bo@example.com' } })).body.id
  for (let n = 0; n < 8; n++) {
    const replies = await Promise.all(
      [conversation, other, conversation, other].map((id, index) =>
        w.call('POST', `/v1/conversations/${id}/messages`, {
          body: { type: 'note', body: 'Race', client_message_id: `race-${n}` },
          headers: { 'idempotency-key': `race-${n}-${index}` },
        }),
      ),
    )
    expect(replies.map((reply) => reply.status).sort()).toEqual([200, 201, 409, 409])
  }
})

test('nothing of all this was a failure of ours', () => {
  expect(w.log.filter((line) => line.includes('"level":"error"'))).toEqual([])
})
