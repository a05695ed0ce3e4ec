import type { ServerResponse } from 'node:http'
import { Webhook } from 'standardwebhooks'
import { expect, test } from 'vitest'
import { openSink, type Received, type Sink } from '../../../test/sink.ts'
import { inboxOf } from '../../../test/visitors.ts'
import { type Server, startServer, type World, world } from '../../../test/world.ts'
import { startBots } from './service.ts'

let shared: Promise<Server> | undefined
const on = () => {
  shared ??= startServer({ env: { ANTIPHON_OUTBOUND_ALLOW: '127.0.0.1/32' } })
  return shared
}

interface Message {
  id: string
  conversation_id: string
  position: number
  type: string
  body: string
  author: { type: string; id: string; name: string }
  client_message_id: string | null
  metadata: Record<string, unknown>
}
interface Bot {
  readonly sink: Sink
  readonly webhook_id: string
  readonly secret: string
  readonly inbox_id: string
}
type Handler = (response: ServerResponse, one: Received) => unknown
type Answer = ({ readonly action: string } & Record<string, unknown>) | Handler

const json = (value: object) => (response: ServerResponse) =>
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(value))
const says = (...bodies: string[]) => ({ action: 'reply', messages: bodies.map((body) => ({ body })) })
const heard = (one: Received | undefined) => String(one?.data['message']?.['body'])

/** An inbox of the API with a bot. */
async function attach(w: World, answer: Answer, as = w.key): Promise<Bot> {
  const sink = await openSink(typeof answer === 'function' ? answer : json(answer))
  const input = { url: sink.url, lookups: ['chatbot.reply'], lookup_timeout_ms: 500 }
  const made = await w.post<{ id: string; secret: string }>('/v1/webhooks', input, { as })
  const inbox_id = await inboxOf(w, 'api', as)
  const attached = await w.patch(`/v1/inboxes/${inbox_id}`, { bot_webhook_id: made.body.id }, { as })
  expect(attached, attached.text).toMatchObject({ status: 200, body: { bot_webhook_id: made.body.id } })
  return { sink, webhook_id: made.body.id, secret: made.body.secret, inbox_id }
}

/** A customer writes. */
async function write(w: World, bot: Bot, body: string, as = w.key): Promise<Message> {
  const input = { contact: { external_id: 'ada', name: 'Ada' }, body, client_message_id: w.newId() }
  const reply = await w.post<Message>(`/v1/inboxes/${bot.inbox_id}/messages`, input, { as })
  expect(reply.status, reply.text).toBe(201)
  return reply.body
}

const messagesOf = async (w: World, id: string, as = w.key) =>
  (await w.get<{ data: Message[] }>(`/v1/conversations/${id}/messages`, { as })).body.data
const conversationOf = async (w: World, id: string) => (await w.get(`/v1/conversations/${id}`)).body
const log = async (w: World, bot: Bot) =>
  (await w.get<{ data: Record<string, unknown>[] }>(`/v1/webhooks/${bot.webhook_id}/deliveries`)).body.data

/** Waits until nothing said to a bot waits for an answer. */
async function settled(w: World): Promise<void> {
  await expect
    .poll(() => w.sql('select from bot_turns where workspace_id = any($1)', [[w.id, w.sandbox_id]]), {
      timeout: 30_000,
    })
    .toEqual([])
}

test('a bot is told who said what, and what it answers is sent in its order and its name', async () => {
  const w = await world({ on: on() })
  const buttons = [{ title: 'Yes' }, { title: 'No', value: 'no_thanks' }]
  const bot = await attach(w, {
    action: 'reply',
    name: 'Robin',
    messages: [
      { body: 'Hello!' },
      { body: 'A *question*?', html: '<b>A</b><script>x</script>', quick_replies: buttons },
    ],
  })
  const message = await write(w, bot, 'Hi')
  await settled(w)
  const [one] = bot.sink.received
  const asked = new Webhook(bot.secret).verify(one?.body ?? '', { ...one?.headers })
  expect(asked).toMatchObject({
    type: 'chatbot.reply',
    workspace_id: w.id,
    data: {
      message: { ...message, status: 'received' },
      conversation: { id: message.conversation_id, status: 'open' },
      contact: { external_id: 'ada', name: 'Ada' },
      inbox: { id: bot.inbox_id, channel: 'api' },
      history: [{ id: message.id }],
    },
  })
  const said = (await messagesOf(w, message.conversation_id)).slice(1)
  const author = { type: 'bot', id: bot.webhook_id, name: 'Robin' }
  expect(said).toMatchObject([
    { type: 'outgoing', body: 'Hello!', author, client_message_id: `bot:${message.id}:0`, metadata: {} },
    {
      type: 'outgoing',
      html: '<b>A</b>',
      author,
      metadata: {
        quick_replies: [
          { title: 'Yes', value: 'Yes' },
          { title: 'No', value: 'no_thanks' },
        ],
      },
    },
  ])
  expect(await log(w, bot)).toMatchObject([{ id: one?.id, kind: 'lookup', status: 'succeeded' }])
  const logged = `/v1/webhooks/${bot.webhook_id}/deliveries/${one?.id}`
  expect((await w.get(logged)).body).toMatchObject({ request_body: one?.body })
  const stranger = await w.keyWith('webhooks:read', 'contacts:read')
  expect((await w.get(logged, { as: stranger })).body).toMatchObject({ request_body: null })
  expect((await w.events()).filter((type) => type.startsWith('message.'))).toEqual([
    'message.received',
    'message.sent',
    'message.sent',
  ])
  expect(bot.sink.received).toHaveLength(1)
})

test('what is said quickly is answered one after the other, in order', async () => {
  const w = await world({ on: on() })
  let underWay = 0
  let most = 0
  const bot = await attach(w, (response: ServerResponse, one: Received) => {
    underWay++
    most = Math.max(most, underWay)
    setTimeout(() => {
      underWay--
      json(says(`re: ${heard(one)}`))(response)
    }, 30)
  })
  const words = ['one', 'two', 'three', 'four', 'five', 'six']
  let id = ''
  for (const word of words) id = (await write(w, bot, word)).conversation_id
  await settled(w)
  expect(most).toBe(1)
  expect(bot.sink.received.map(heard)).toEqual(words)
  const said = (await messagesOf(w, id)).filter((message) => message.type === 'outgoing')
  expect(said.map((message) => message.body)).toEqual(words.map((word) => `re: ${word}`))
  const history = bot.sink.received.at(-1)?.data['history'] as unknown as Message[]
  expect(history.filter((message) => message.type === 'outgoing')).toHaveLength(5)
})

test('a repeat of a message is no second question', async () => {
  const w = await world({ on: on() })
  const bot = await attach(w, says('Hello!'))
  const input = { contact: { external_id: 'ada' }, body: 'Hi', client_message_id: 'hi' }
  const send = () => w.post<Message>(`/v1/inboxes/${bot.inbox_id}/messages`, input)
  const replies = await Promise.all(Array.from({ length: 10 }, send))
  expect(replies.map((reply) => reply.status).sort()).toEqual([...Array(9).fill(200), 201])
  await settled(w)
  expect(bot.sink.received).toHaveLength(1)
  expect(await messagesOf(w, replies[0]?.body.conversation_id ?? '')).toHaveLength(2)
})

test('a bot hands over, says why, and is silent until the conversation is resolved', async () => {
  const w = await world({ on: on() })
  const bot = await attach(w, {
    action: 'hand_over',
    messages: [{ body: 'One moment.' }],
    reason: 'Wants a refund.',
  })
  const { conversation_id: id } = await write(w, bot, 'Refund!')
  await settled(w)
  const said = await messagesOf(w, id)
  expect(said.slice(1)).toMatchObject([
    { type: 'outgoing', body: 'One moment.' },
    {
      type: 'activity',
      body: 'Handed over to the team. Wants a refund.',
      author: { type: 'bot' },
      metadata: { action: 'handed_over', reason: 'Wants a refund.' },
    },
  ])
  expect(await conversationOf(w, id)).toMatchObject({
    status: 'open',
    assignee_id: null,
    waiting_since: expect.any(String),
  })
  await write(w, bot, 'Are you there?')
  await settled(w)
  expect(bot.sink.received).toHaveLength(1)
  await w.patch(`/v1/conversations/${id}`, { status: 'resolved' })
  await write(w, bot, 'Once more')
  await settled(w)
  expect(bot.sink.received).toHaveLength(2)
})

test('a bot gives a conversation to somebody, or ends it', async () => {
  const w = await world({ on: on() })
  const bot = await attach(w, (response: ServerResponse, one: Received) =>
    json(
      heard(one) === 'bye'
        ? { action: 'end', messages: [{ body: 'Goodbye.' }] }
        : { action: 'hand_over', assignee_id: w.users.agent.id },
    )(response),
  )
  const { conversation_id: id } = await write(w, bot, 'bye')
  await settled(w)
  expect(await conversationOf(w, id)).toMatchObject({ status: 'resolved', assignee_id: null })
  expect((await messagesOf(w, id)).map((message) => message.body)).toEqual(['bye', 'Goodbye.', 'Resolved'])
  await write(w, bot, 'help')
  await settled(w)
  expect(await conversationOf(w, id)).toMatchObject({ status: 'open', assignee_id: w.users.agent.id })
})

const bad: readonly (readonly [string, Answer, string, string])[] = [
  ['nothing', () => {}, 'timeout', '500 ms'],
  ['an error', (r: ServerResponse) => r.writeHead(500).end(), 'answer_status', 'answered 500'],
  ['a page', (r: ServerResponse) => r.writeHead(200).end('<html></html>'), 'answer_not_json', 'not JSON'],
  ['ten megabytes', says('x'.repeat(10_000_000)), 'answer_too_large', '64 KiB'],
  ['a reply without words', { action: 'reply' }, 'answer_invalid', '/messages'],
  ['blanks', says('  '), 'answer_invalid', '/messages/0/body'],
  ['too many messages', says('1', '2', '3', '4', '5', '6'), 'answer_invalid', '/messages'],
  ['an unknown action', { action: 'dance' }, 'answer_invalid', '/action'],
  ['an unknown field', { ...says('x'), quick_reply: [] }, 'answer_invalid', '/quick_reply'],
  [
    'an unknown user',
    { action: 'hand_over', assignee_id: '01890000-0000-7000-8000-000000000000' },
    'answer_invalid',
    '/assignee_id',
  ],
  [
    'an unknown team',
    { action: 'hand_over', team_id: '01890000-0000-7000-8000-000000000000' },
    'answer_invalid',
    '/team_id',
  ],
]

test.each(bad)(
  'when a bot answers %s the team takes over, and both logs say why',
  async (_what, answer, code, words) => {
    const w = await world({ on: on() })
    const bot = await attach(w, answer)
    const { conversation_id: id } = await write(w, bot, 'Hi')
    await settled(w)
    const [line] = await log(w, bot)
    expect(line).toMatchObject({ status: 'failed', error: code })
    const [, activity, ...more] = await messagesOf(w, id)
    expect(activity?.body).toMatch(/^Did not answer: the team takes over\. /)
    expect(activity?.body).toContain(words)
    expect(more).toEqual([])
    expect(await conversationOf(w, id)).toMatchObject({ status: 'open', assignee_id: null })
  },
)

test('where a person answered, or was given the conversation, the bot says nothing', async () => {
  const w = await world({ on: on() })
  const bot = await attach(w, says('Hello!'))
  const { conversation_id: id } = await write(w, bot, 'Hi')
  await settled(w)
  const path = `/v1/conversations/${id}`
  await w.post(`${path}/messages`, { type: 'outgoing', body: 'A person here', user_id: w.users.agent.id })
  await write(w, bot, 'Oh')
  await settled(w)
  expect(bot.sink.received).toHaveLength(1)
  await w.patch(path, { status: 'resolved' })
  await write(w, bot, 'Hi again')
  await settled(w)
  expect(bot.sink.received).toHaveLength(2)
  await w.patch(path, { assignee_id: w.users.agent.id })
  await w.patch(path, { assignee_id: null })
  await write(w, bot, 'Hm')
  await settled(w)
  expect(bot.sink.received).toHaveLength(2)
  const said = (await messagesOf(w, id)).filter((message) => message.author.type === 'bot')
  expect(said).toHaveLength(2)
})

test('who takes a conversation while the bot thinks has it', async () => {
  const w = await world({ on: on() })
  const bot = await attach(w, async (response: ServerResponse, one: Received) => {
    const id = one.data['conversation']?.['id']
    await w.patch(`/v1/conversations/${id}`, { assignee_id: w.users.agent.id })
    json(says('Too late'))(response)
  })
  const { conversation_id: id } = await write(w, bot, 'Hi')
  await settled(w)
  expect(bot.sink.received).toHaveLength(1)
  expect((await messagesOf(w, id)).map((message) => message.type)).toEqual(['incoming', 'activity'])
})

test('a bot that fails again and again is left alone, and every conversation goes to the team', async () => {
  const w = await world({ on: on() })
  const bot = await attach(w, (response: ServerResponse) => response.writeHead(500).end())
  const ids: string[] = []
  for (let n = 0; n < 7; n++) {
    const input = { contact: { external_id: `c${n}` }, body: 'Hi', client_message_id: w.newId() }
    const { body } = await w.post<Message>(`/v1/inboxes/${bot.inbox_id}/messages`, input)
    ids.push(body.conversation_id)
    await settled(w)
  }
  expect(bot.sink.received).toHaveLength(5)
  expect((await log(w, bot)).map((line) => line['error'])).toEqual([
    ...Array(2).fill('circuit_open'),
    ...Array(5).fill('answer_status'),
  ])
  for (const id of ids) expect((await messagesOf(w, id)).at(-1)?.metadata['action']).toBe('handed_over')
})

test('a turn that somebody died over is taken again, under the same id, and nothing is said twice', async () => {
  const w = await world({ on: on() })
  let calls = 0
  const bot = await attach(w, async (response: ServerResponse) => {
    // The first time its taker is as good as dead: another begins while it still waits.
    if (++calls === 1) {
      await w.sql('update bot_turns set free_from = now() where workspace_id = $1', [w.id])
      await expect.poll(() => calls, { timeout: 5_000 }).toBe(2)
    }
    json(says('Hello!'))(response)
  })
  await w.patch(`/v1/webhooks/${bot.webhook_id}`, { lookup_timeout_ms: 10_000 })
  const { conversation_id: id } = await write(w, bot, 'Hi')
  await settled(w)
  await expect.poll(async () => (await log(w, bot))[0]?.['attempts_count']).toBe(2)
  expect(new Set(bot.sink.received.map((one) => one.id)).size).toBe(1)
  expect((await messagesOf(w, id)).map((message) => message.body)).toEqual(['Hi', 'Hello!'])
  expect(await log(w, bot)).toMatchObject([{ status: 'succeeded', attempts_count: 2 }])
})

test('what was said to a bot before the server stopped is answered by the next one', async () => {
  const w = await world({ on: on() })
  let isDown = true
  const bot = await attach(w, (response: ServerResponse) => {
    if (!isDown) json(says('Hello!'))(response)
  })
  await w.patch(`/v1/webhooks/${bot.webhook_id}`, { lookup_timeout_ms: 10_000 })
  const { conversation_id: id } = await write(w, bot, 'Hi')
  await bot.sink.until(1)
  isDown = false
  // As if the process that asked had been killed: its lease runs out.
  await w.sql('update bot_turns set free_from = now() where workspace_id = $1', [w.id])
  const stop = startBots((workspace_id) => w.app.system(workspace_id))
  await settled(w)
  await stop()
  expect((await messagesOf(w, id)).map((message) => message.body)).toEqual(['Hi', 'Hello!'])
})

test('a sandbox has its own bots, and nobody has a stranger’s', async () => {
  const w = await world({ on: on() })
  const bot = await attach(w, says('Live'))
  const twin = await attach(w, says('Sandbox'), w.testKey)
  const { conversation_id: id } = await write(w, twin, 'Hi', w.testKey)
  await settled(w)
  expect((await messagesOf(w, id, w.testKey)).map((message) => message.body)).toEqual(['Hi', 'Sandbox'])
  expect([bot.sink.received.length, twin.sink.received.length]).toEqual([0, 1])

  const theirs = await attach(w, says('Theirs'), w.stranger.key)
  for (const other of [theirs.webhook_id, twin.webhook_id, w.newId()]) {
    const refused = await w.patch(`/v1/inboxes/${bot.inbox_id}`, { bot_webhook_id: other })
    expect(refused).toMatchObject({
      status: 422,
      body: { errors: [{ pointer: '/bot_webhook_id', code: 'not_found' }] },
    })
  }
})

test('a bot is attached by those who may change inboxes, and only one that answers', async () => {
  const w = await world({ on: on() })
  const inbox_id = await inboxOf(w, 'web_chat')
  const input = { url: 'https://hooks.invalid/', events: ['tag.*'] }
  const { id: bot_webhook_id } = (await w.post<{ id: string }>('/v1/webhooks', input)).body
  const refused = await w.patch(`/v1/inboxes/${inbox_id}`, { bot_webhook_id })
  expect(refused).toMatchObject({ status: 422, body: { errors: [{ code: 'lookup_missing' }] } })
  await w.patch(`/v1/webhooks/${bot_webhook_id}`, { lookups: ['chatbot.reply'] })
  const as = await w.own.keyWith('inboxes:read', 'webhooks:*')
  expect((await w.patch(`/v1/inboxes/${inbox_id}`, { bot_webhook_id }, { as })).status).toBe(403)
  expect((await w.patch(`/v1/inboxes/${inbox_id}`, { bot_webhook_id })).body).toMatchObject({ bot_webhook_id })
  const made = await w.post('/v1/inboxes', { name: 'Another', channel: 'api', bot_webhook_id })
  expect(made).toMatchObject({ status: 201, body: { bot_webhook_id } })
  const detached = await w.patch(`/v1/inboxes/${inbox_id}`, { bot_webhook_id: null })
  expect(detached.body).toMatchObject({ bot_webhook_id: null })
  const said = (await w.log_of_events()).filter((event) => event.type === 'inbox.updated')
  expect(said.map((event) => event.previous)).toEqual([{ bot_webhook_id: null }, { bot_webhook_id }])
})

test('a bot that is taken away or switched off leaves the customer to the team', async () => {
  const w = await world({ on: on() })
  const bot = await attach(w, says('Hello!'))
  await w.patch(`/v1/webhooks/${bot.webhook_id}`, { enabled: false })
  const { conversation_id: id } = await write(w, bot, 'Hi')
  await settled(w)
  expect((await messagesOf(w, id)).at(-1)?.body).toContain('switched off')
  await w.patch(`/v1/conversations/${id}`, { status: 'resolved' })
  await w.delete(`/v1/webhooks/${bot.webhook_id}`)
  await write(w, bot, 'Hi')
  await settled(w)
  expect((await messagesOf(w, id)).at(-1)?.body).toContain('register one')
  expect(bot.sink.received).toEqual([])
})
