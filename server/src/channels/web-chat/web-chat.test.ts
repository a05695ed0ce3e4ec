import { expect, test } from 'vitest'
import { address, chatWorld, level } from '../../../test/visitors.ts'
import { newId } from '../../kernel/ids.ts'

type Frame = Record<string, unknown>
const isEvent = (frame: Frame) => frame['type'] === 'event'

test('looking at a page with the widget leaves no trace', async () => {
  const { w, chat, path } = await chatWorld()
  const before = await w.events()
  const looked = await w.get(path(''), { as: null, headers: { 'x-forwarded-for': address() } })
  expect(looked).toMatchObject({ status: 200, body: { object: 'web_chat', inbox_id: chat, enabled: true } })
  expect(Object.keys(looked.body).sort()).toEqual(['enabled', 'inbox_id', 'name', 'object', 'settings'])
  expect(Object.keys(Object(looked.body['settings'])).sort()).toEqual([
    'attachments',
    'brand_color',
    'greeting',
    'pre_chat',
  ])
  expect(await w.events()).toEqual(before)
  expect(await w.sql('select from visitor_sessions where workspace_id = $1', [w.id])).toEqual([])
})

test('a visitor writes, the team answers, the visitor reads', async () => {
  const { w, visit, answer } = await chatWorld()
  const vi = await visit({ name: 'Vi', email: 'vi@example.com' })
  expect(vi).toMatchObject({ contact: { name: 'Vi', email: 'vi@example.com', verified: false }, conversation: null })
  const said = await vi.say('Is it in stock?')
  expect(said).toMatchObject({ status: 201, body: { position: 1, type: 'incoming', status: 'received' } })
  const { conversation_id } = said.body
  expect(await w.get(`/v1/conversations/${conversation_id}`)).toMatchObject({
    body: { channel: 'web_chat', status: 'open', unread_count: 1, contact: { name: 'Vi' } },
  })

  await answer(conversation_id, 'It is.')
  const thread = await vi.thread()
  expect(thread.data).toMatchObject([{ body: 'Is it in stock?' }, { body: 'It is.', type: 'outgoing', status: 'sent' }])
  expect(thread.conversation).toMatchObject({
    id: conversation_id,
    unread_count: 1,
    last_position: 2,
    read_position: 0,
  })

  expect(await vi.reach(2, true)).toMatchObject({ status: 200, body: { unread_count: 1, read_position: 0 } })
  expect(await vi.reach(2)).toMatchObject({ status: 200, body: { unread_count: 0, read_position: 2 } })
  expect(await vi.reach(1)).toMatchObject({ status: 200, body: { read_position: 2 } })
  const messages = await w.get<{ data: Frame[] }>(`/v1/conversations/${conversation_id}/messages`)
  expect(messages.body.data[1]).toMatchObject({
    status: 'read',
    delivered_at: expect.any(String),
    read_at: expect.any(String),
  })
  const reached = (await w.log_of_events()).filter((event) => /delivered|read/.test(event.type))
  expect(reached).toMatchObject([
    { type: 'message.delivered', data: { range: { from: 1, to: 2 } } },
    { type: 'message.read', data: { range: { from: 1, to: 2 }, conversation: { contact_read_position: 2 } } },
  ])
})

test('a visitor’s socket hears the answer, and nothing that stays within the team', async () => {
  const { w, visit, answer } = await chatWorld()
  const vi = await visit()
  const socket = await level(await vi.live())
  expect(socket.frames[0]).toEqual({ type: 'ready' })
  const { conversation_id } = (await vi.say('Hello')).body
  await socket.event('message.received')
  const path = `/v1/conversations/${conversation_id}`
  await w.post(`${path}/messages`, { type: 'note', body: 'A note about the visitor' })
  await w.patch(path, { assignee_id: w.users.agent.id, subject: 'Nothing for visitors' })
  await w.post(`${path}/messages`, { type: 'outgoing', body: 'By an agent', user_id: w.users.agent.id })
  await w.post('/v1/contacts', { email: 'somebody.else@example.com' })
  await answer(conversation_id, 'The last word')
  await socket.until((frame) => JSON.stringify(frame).includes('The last word'))

  const events = socket.frames.filter(isEvent)
  expect(events.map((frame) => Object(frame['event']).type)).toEqual([
    'message.received',
    'conversation.updated',
    'message.sent',
    'message.sent',
  ])
  expect(Object(events.at(-1)?.['event'])).toMatchObject({
    cursor: expect.any(String),
    data: {
      message: { body: 'The last word', author: { type: 'api' }, position: 6 },
      conversation: { id: conversation_id, status: 'open', last_position: 6 },
    },
  })
  const { data } = await vi.thread()
  expect(data.map((message) => message.body)).toEqual(['Hello', 'By an agent', 'The last word'])
  for (const text of [JSON.stringify(socket.frames), JSON.stringify(data)]) {
    for (const hidden of [
      'A note',
      'Assigned',
      'Nothing for visitors',
      'somebody.else',
      w.users.agent.id,
      'metadata',
    ]) {
      expect(text).not.toContain(hidden)
    }
  }
  socket.close()
})

test('what an integration says is said by the house: the name of its key stays within the team', async () => {
  const { w, visit } = await chatWorld()
  const key = await w.post<{ id: string; bearer: string }>('/v1/api-keys', { name: 'crm-sync-prod', scopes: ['*'] })
  expect(key.status, key.text).toBe(201)
  const vi = await visit()
  const socket = await level(await vi.live())
  const { conversation_id } = (await vi.say('Hello')).body
  const path = `/v1/conversations/${conversation_id}/messages`
  const said = await w.post<{ author: object }>(
    path,
    { type: 'outgoing', body: 'By a machine' },
    { as: key.body.bearer },
  )
  expect(said).toMatchObject({ status: 201, body: { author: { type: 'api', name: 'crm-sync-prod' } } })
  await w.post(path, { type: 'outgoing', body: 'By a person', user_id: w.users.agent.id })
  const team = await level(await w.live(key.body.bearer))
  // Typing overtakes what was written, and is kept for nobody: heard is the conversation first.
  await socket.until((frame) => JSON.stringify(frame).includes('By a person'))
  team.send({ type: 'typing', conversation_id, on: true })
  await socket.until((frame) => frame['type'] === 'typing')

  const agent = await w.get<{ data: { id: string; name: string }[] }>('/v1/users')
  const { name } = agent.body.data.find(({ id }) => id === w.users.agent.id) ?? { name: '' }
  const heard = socket.frames.filter((frame) => Object(frame['event']).type === 'message.sent')
  expect(heard.map((frame) => Object(frame['event']).data.message)).toMatchObject([
    { body: 'By a machine', author: { type: 'api', name: null } },
    { body: 'By a person', author: { type: 'user', name } },
  ])
  expect((await vi.thread()).data.slice(1)).toMatchObject([
    { body: 'By a machine', author: { type: 'api', name: null } },
    { body: 'By a person', author: { type: 'user', name } },
  ])
  const seen = JSON.stringify([socket.frames, await vi.thread(), (await vi.me()).body])
  expect(seen).not.toContain('crm-sync-prod')
  socket.close()
  team.close()
})

test.each(['pending', 'spam', 'snoozed'])('that a conversation is %s is not the visitor’s business', async (status) => {
  const { w, visit } = await chatWorld()
  const vi = await visit()
  const { conversation_id } = (await vi.say('Hello')).body
  const socket = await level(await vi.live())
  const snoozed_until = status === 'snoozed' ? new Date(Date.now() + 60_000).toISOString() : undefined
  const changed = await w.patch(`/v1/conversations/${conversation_id}`, { status, snoozed_until })
  expect(changed).toMatchObject({ status: 200, body: { status } })
  await socket.event('conversation.updated')
  const seen = [(await vi.me()).body.conversation, (await vi.thread()).conversation, socket.frames.filter(isEvent)]
  expect(seen).toMatchObject([
    { status: 'open' },
    { status: 'open' },
    [{ event: { data: { conversation: { status: 'open' } } } }],
  ])
  expect(JSON.stringify(seen)).not.toContain(status)
  await w.patch(`/v1/conversations/${conversation_id}`, { status: 'resolved' })
  await socket.event('conversation.resolved')
  expect((await vi.thread()).conversation).toMatchObject({ status: 'resolved' })
  socket.close()
})

test('a socket that opens while the first words are said hears what follows them', async () => {
  const { w, visit } = await chatWorld()
  const visitors = await Promise.all(Array.from({ length: 25 }, () => visit()))
  const chats = await Promise.all(
    visitors.map(async (vi) => {
      const [said, socket] = await Promise.all([vi.say('Hello'), vi.live().then(level)])
      return { ...said.body, socket }
    }),
  )
  for (const { conversation_id, socket } of chats) {
    await w.patch(`/v1/conversations/${conversation_id}`, { status: 'resolved' })
    await socket.event('conversation.resolved')
    socket.close()
  }
})

test('a socket that comes back has missed nothing', async () => {
  const { visit, answer } = await chatWorld()
  const vi = await visit()
  const { conversation_id } = (await vi.say('Hello')).body
  const first = await level(await vi.live())
  await answer(conversation_id, 'heard')
  const { cursor } = Object(Object(await first.event('message.sent'))['event'])
  first.close()
  await answer(conversation_id, 'missed')
  const second = await level(await vi.live(cursor))
  await second.event('message.sent')
  const heard = second.frames.filter(isEvent).map((frame) => Object(frame['event']).data.message.body)
  expect(heard).toEqual(['missed'])
  expect((await vi.thread('?after=1')).data.map((message) => message.body)).toEqual(['heard', 'missed'])
  second.close()
})

test('twenty identical messages are one, and twenty first ones are one conversation', async () => {
  const { w, visit } = await chatWorld()
  const one = await visit()
  const client_message_id = newId()
  const same = await Promise.all(Array.from({ length: 20 }, () => one.say('Once', { client_message_id })))
  expect(same.map((reply) => reply.status).sort()).toEqual([...Array(19).fill(200), 201])
  expect(new Set(same.map((reply) => reply.body.id)).size).toBe(1)
  const other = await one.say('Twice', { client_message_id })
  expect(other).toMatchObject({ status: 409, body: { code: 'client_message_id_taken' } })

  const two = await visit()
  const many = await Promise.all(Array.from({ length: 20 }, (_, n) => two.say(`${n}`)))
  expect(new Set(many.map((reply) => reply.body.conversation_id)).size).toBe(1)
  expect(many.map((reply) => reply.body.position).sort((a, b) => a - b)).toEqual(many.map((_, n) => n + 1))
  const types = await w.events()
  expect(types.filter((type) => type === 'conversation.created')).toHaveLength(2)
  expect(types.filter((type) => type === 'message.received')).toHaveLength(21)
})

test('many first messages under keys of their own do not wait for each other’s connections', async () => {
  const { w, path, visit } = await chatWorld()
  const visitors = [await visit(), await visit()]
  const replies = await Promise.all(
    Array.from({ length: 60 }, (_, n) => {
      const { options } = visitors[n % 2] ?? { options: {} }
      const headers = { ...Object(options).headers, 'idempotency-key': newId() }
      return w.post(path('/messages'), { body: `${n}`, client_message_id: newId() }, { ...options, headers })
    }),
  )
  expect(replies.map((reply) => reply.status)).toEqual(Array(60).fill(201))
})

test('typing is seen on the other side, by name and not by id', async () => {
  const { w, visit } = await chatWorld()
  const [vi, other] = [await visit(), await visit()]
  const { conversation_id } = (await vi.say('Hello')).body
  await other.say('I am somebody else')
  const [team, visitor, elsewhere] = [
    await level(await w.live()),
    await level(await vi.live()),
    await level(await other.live()),
  ]
  visitor.send({ type: 'typing', on: true })
  expect(await team.until((frame) => frame['type'] === 'typing')).toMatchObject({
    conversation_id,
    on: true,
    author: { type: 'contact', id: vi.contact.id },
  })
  team.send({ type: 'typing', conversation_id, on: true })
  const seen = await visitor.until((frame) => frame['type'] === 'typing')
  expect(seen).toEqual({ type: 'typing', conversation_id, author: { type: 'api', name: null }, on: true })
  team.send({ type: 'viewing', conversation_id })
  team.send({ type: 'typing', conversation_id, on: false })
  await visitor.until((frame) => frame['on'] === false)
  expect(visitor.frames.some((frame) => frame['type'] === 'viewing')).toBe(false)
  expect(elsewhere.frames.some((frame) => frame['type'] === 'typing')).toBe(false)
  for (const socket of [team, visitor, elsewhere]) socket.close()
})

test('a visitor has at most five sockets, and one who floods goes unheard', async () => {
  const { w, visit } = await chatWorld()
  const vi = await visit()
  await vi.say('Hello')
  const sockets = await Promise.all(Array.from({ length: 5 }, async () => level(await vi.live())))
  const sixth = await vi.live()
  expect(await sixth.closed()).toBe(4429)
  const team = await level(await w.live())
  for (let n = 0; n < 500; n++) sockets[0]?.send({ type: 'typing', on: n % 2 === 0 })
  await vi.say('Still here')
  await team.event('message.received')
  expect(team.frames.filter((frame) => frame['type'] === 'typing').length).toBeLessThanOrEqual(100)
  for (const socket of [...sockets, team]) socket.close()
})

test.each([
  ['nothing to say', { body: ' ', client_message_id: 'a' }, 'message_empty'],
  ['no client_message_id', { body: 'Hello' }, 'invalid'],
  ['an html part', { body: 'x', html: '<b>x</b>', client_message_id: 'a' }, 'invalid'],
  ['a type', { body: 'x', type: 'note', client_message_id: 'a' }, 'invalid'],
  ['words without end', { body: 'x'.repeat(10_001), client_message_id: 'a' }, 'invalid'],
  ['a stranger’s file', { body: 'x', attachments: [newId()], client_message_id: 'a' }, 'invalid'],
])('refuses %s, and nothing happens', async (_name, body, code) => {
  const { w, path, visit } = await chatWorld()
  const vi = await visit()
  const before = await w.events()
  expect(await w.post(path('/messages'), body, vi.options)).toMatchObject({ status: 422, body: { code } })
  expect(await w.events()).toEqual(before)
})

test('a position beyond all counting is refused', async () => {
  const { w, path, visit } = await chatWorld()
  const vi = await visit()
  await vi.say('Hello')
  for (const query of ['after=2147483648', 'before=1e308', 'after=-1', 'after=x', 'limit=0']) {
    expect((await w.get(path(`/messages?${query}`), vi.options)).status).toBe(422)
  }
  expect((await vi.reach(2 ** 31)).status).toBe(422)
})
