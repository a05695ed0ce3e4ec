import { expect, test } from 'vitest'
import { type World, world } from '../../../test/world.ts'

async function talk(w: World) {
  const started = await w.post<{ id: string }>('/v1/conversations', {
    contact: { email: 'ada@example.com', name: 'Ada' },
  })
  expect(started.status).toBe(201)
  return started.body.id
}

test('a message is sent, takes the next position and is told once', async () => {
  const w = await world()
  const id = await talk(w)
  const first = await w.post(`/v1/conversations/${id}/messages`, { type: 'outgoing', body: 'Hello' })
  const second = await w.post(`/v1/conversations/${id}/messages`, { type: 'note', body: 'She likes tea' })
  expect(first).toMatchObject({
    status: 201,
    body: { position: 1, status: 'queued', author: { type: 'api' }, body: 'Hello' },
  })
  expect(second).toMatchObject({ status: 201, body: { position: 2, status: null } })
  expect(await w.events()).toEqual(expect.arrayContaining(['conversation.created', 'message.sent', 'message.noted']))
  expect((await w.events()).filter((type) => type.startsWith('message.'))).toEqual(['message.sent', 'message.noted'])
})

test('the event holds the message and the conversation exactly as GET answers them', async () => {
  const w = await world()
  const id = await talk(w)
  const sent = await w.post<{ id: string }>(`/v1/conversations/${id}/messages`, { type: 'outgoing', body: 'Hello' })
  const [event] = (await w.log_of_events()).filter((one) => one.type === 'message.sent')
  expect(event?.data['message']).toEqual((await w.get(`/v1/messages/${sent.body.id}`)).body)
  expect(event?.data['conversation']).toEqual((await w.get(`/v1/conversations/${id}`)).body)
})

test('twenty identical sends with one client_message_id make one message', async () => {
  const w = await world()
  const id = await talk(w)
  const body = { type: 'outgoing', body: 'Only once', client_message_id: 'c-1' }
  const replies = await Promise.all(Array.from({ length: 20 }, () => w.post(`/v1/conversations/${id}/messages`, body)))
  expect(replies.map((reply) => reply.status).sort()).toEqual([...Array(19).fill(200), 201])
  const other = await w.post(`/v1/conversations/${id}/messages`, { ...body, body: 'Another' })
  expect(other).toMatchObject({ status: 409, body: { code: 'client_message_id_taken' } })
})

test('twenty identical sends with one Idempotency-Key make one message', async () => {
  const w = await world()
  const id = await talk(w)
  const send = (body = 'Only once') =>
    w.call('POST', `/v1/conversations/${id}/messages`, {
      body: { type: 'outgoing', body },
      headers: { 'idempotency-key': 'k-1' },
    })
  const replies = await Promise.all(Array.from({ length: 20 }, () => send()))
  expect(replies.every((reply) => [201, 409].includes(reply.status))).toBe(true)
  const again = await send()
  expect(again.status).toBe(201)
  expect(again.headers.get('idempotent-replayed')).toBe('true')
  expect(await send('Another')).toMatchObject({ status: 422, body: { code: 'idempotency_mismatch' } })
  expect((await w.events()).filter((type) => type === 'message.sent')).toHaveLength(1)
})

test('a customer’s reply reopens what was resolved', async () => {
  const w = await world()
  const inboxes = await w.get<{ data: { id: string; channel: string }[] }>('/v1/inboxes')
  const inbox = inboxes.body.data.find((one) => one.channel === 'api')?.id
  const receive = (n: number) =>
    w.post<{ conversation_id: string }>(`/v1/inboxes/${inbox}/messages`, {
      contact: { external_id: 'u-1', name: 'Bo' },
      body: `Question ${n}`,
      client_message_id: `q-${n}`,
    })
  const first = await receive(1)
  expect(first).toMatchObject({ status: 201, body: { type: 'incoming', status: 'received', position: 1 } })
  const id = first.body.conversation_id
  expect(await w.patch(`/v1/conversations/${id}`, { status: 'resolved' })).toMatchObject({
    status: 200,
    body: { status: 'resolved' },
  })
  expect(await receive(2)).toMatchObject({ status: 201, body: { conversation_id: id } })
  expect(await w.get(`/v1/conversations/${id}`)).toMatchObject({
    body: { status: 'open', resolved_at: null, unread_count: 2 },
  })
  expect((await w.events()).slice(-4)).toEqual([
    'message.received',
    'conversation.resolved',
    'conversation.reopened',
    'message.received',
  ])
})

test('setting what already is so changes nothing', async () => {
  const w = await world()
  const id = await talk(w)
  const before = await w.events()
  const reply = await w.patch(`/v1/conversations/${id}`, { status: 'open', priority: 'normal', assignee_id: null })
  expect(reply.status).toBe(200)
  expect(await w.events()).toEqual(before)
})

test('a list of messages goes forward, backward and around', async () => {
  const w = await world()
  const id = await talk(w)
  const ids: string[] = []
  for (let n = 1; n <= 7; n++) {
    ids.push((await w.post<{ id: string }>(`/v1/conversations/${id}/messages`, { type: 'note', body: `${n}` })).body.id)
  }
  type Page = { data: { position: number }[]; has_more: boolean; next_cursor: string | null }
  const page = async (query: string) => {
    const { body } = await w.get<Page>(`/v1/conversations/${id}/messages?${query}`)
    return { positions: body.data.map((message) => message.position), next: body.next_cursor, more: body.has_more }
  }
  const first = await page('limit=3')
  expect(first).toMatchObject({ positions: [1, 2, 3], more: true })
  expect(await page(`limit=5&after=${first.next}`)).toMatchObject({ positions: [4, 5, 6, 7], more: false, next: null })
  const newest = await page('limit=3&sort=-position')
  expect(newest.positions).toEqual([7, 6, 5])
  expect((await page(`limit=3&sort=-position&after=${newest.next}`)).positions).toEqual([4, 3, 2])
  expect((await page(`limit=4&around=${ids[3]}`)).positions).toEqual([2, 3, 4, 5])
})

test.each([
  ['nothing to say', { type: 'outgoing', body: ' ' }, 422, 'message_empty'],
  ['a body of a wrong type', { type: 'outgoing', body: 7 }, 422, 'invalid'],
  ['an unknown field', { type: 'outgoing', body: 'x', colour: 'red' }, 422, 'invalid'],
  ['an unknown type', { type: 'incoming', body: 'x' }, 422, 'invalid'],
  ['NUL', { type: 'note', body: 'a\0b' }, 422, 'invalid'],
  ['half a surrogate pair', '{"type":"note","body":"\\ud800"}', 422, 'invalid'],
  ['broken JSON', '{"type":', 400, 'body_malformed'],
])('refuses %s, and nothing happens', async (_name, body, status, code) => {
  const w = await world()
  const id = await talk(w)
  const before = await w.events()
  const reply = await w.call('POST', `/v1/conversations/${id}/messages`, {
    body,
    headers: { 'content-type': 'application/json' },
  })
  expect(reply).toMatchObject({ status, body: { code } })
  expect(await w.events()).toEqual(before)
})

test('a stranger’s conversation is not there', async () => {
  const w = await world()
  const id = await talk(w)
  const as = w.stranger.key
  expect((await w.get(`/v1/conversations/${id}`, { as })).status).toBe(404)
  expect((await w.post(`/v1/conversations/${id}/messages`, { type: 'note', body: 'x' }, { as })).status).toBe(404)
  expect((await w.patch(`/v1/conversations/${id}`, { status: 'resolved' }, { as })).status).toBe(404)
})
