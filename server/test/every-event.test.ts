/** Everything that can happen, made to happen: each event is declared, holds the whole object, and is said once. */
import { createHmac } from 'node:crypto'
import { beforeAll, describe, expect, test } from 'vitest'
import { declaredEvents } from '../src/kernel/events.ts'
import { accepts } from '../src/kernel/input.ts'
import { wake } from '../src/modules/messages/service.ts'
import * as users from '../src/modules/users/service.ts'
import * as webhooks from '../src/modules/webhooks/service.ts'
import * as workspaces from '../src/modules/workspaces/service.ts'
import { signInAs } from './sign-in.ts'
import { type LoggedEvent, type World, world } from './world.ts'

let w: World
let agent: { cookie: string; origin: string }
const inbox = { api: '', chat: '' }
const ids = { contact: '', conversation: '', message: '', tag: '', inbox: '', user: '', chat: '', key: '', webhook: '' }
const secrets: string[] = []
let visitor = ''

beforeAll(async () => {
  w = await world()
  agent = await signInAs(w, w.users.agent.email)
  const { data } = (await w.get<{ data: { id: string; channel: string }[] }>('/v1/inboxes')).body
  inbox.api = data.find((one) => one.channel === 'api')?.id ?? ''
  inbox.chat = data.find((one) => one.channel === 'web_chat')?.id ?? ''
  secrets.push(w.key, decodeURIComponent(agent.cookie.split('=')[1] ?? ''))
})

type Row = { id: string; conversation_id: string }

/** Makes something, and answers with it. */
async function made<T = Row>(path: string, body?: unknown, as: string | null = w.key): Promise<T> {
  const reply = await w.post<T>(path, body, { as })
  expect(reply.status, `${path} ${reply.text}`).toBe(201)
  return reply.body
}

async function changed(path: string, body: unknown, headers?: Record<string, string>): Promise<void> {
  const reply = await w.patch(path, body, headers ? { as: null, headers } : {})
  expect(reply.status, `${path} ${reply.text}`).toBe(200)
}

async function gone(path: string): Promise<void> {
  expect((await w.delete(path)).status).toBe(204)
}

const conversation = () => `/v1/conversations/${ids.conversation}`
const chat = (path: string) => `/v1/web-chat/${inbox.chat}/${path}`
const send = async (type: string, more: object = {}) => {
  ids.message = (await made(`${conversation()}/messages`, { type, body: `A ${type}`, ...more })).id
}
const report = (status: string, more: object = {}) => changed(`/v1/messages/${ids.message}`, { status, ...more })
const receive = (n: number) =>
  made(`/v1/inboxes/${inbox.api}/messages`, {
    contact: { external_id: 'ada' },
    body: `Question ${n}`,
    client_message_id: `question-${n}`,
  })

async function upload(path: string, as: string): Promise<string> {
  const form = new FormData()
  form.set('file', new File(['hello'], 'hello.txt', { type: 'text/plain' }))
  const file = await made<{ id: string; url: string }>(path, form, as)
  secrets.push(new URLSearchParams(file.url.split('?')[1]).get('signature') ?? '')
  return file.id
}

/** Each step: what happens, the events that say so in their order, and how it is done. */
const story: readonly (readonly [string, readonly string[], () => Promise<unknown>])[] = [
  [
    'somebody new is known, under a tag nobody had used',
    ['tag.created', 'contact.created'],
    async () => {
      ids.contact = (await made('/v1/contacts', { external_id: 'ada', name: 'Ada', tags: ['vip'] })).id
    },
  ],
  [
    'a contact changes',
    ['contact.updated'],
    () => changed(`/v1/contacts/${ids.contact}`, { city: 'London', custom_data: { plan: 'gold' } }),
  ],
  ['a contact stays as it was', [], () => changed(`/v1/contacts/${ids.contact}`, { city: 'London' })],
  [
    'a conversation begins with a note and a tag',
    ['conversation.created', 'message.noted'],
    async () => {
      const message = { type: 'note', body: 'Asks for Ada' }
      ids.conversation = (await made('/v1/conversations', { contact_id: ids.contact, tags: ['vip'], message })).id
    },
  ],
  [
    'the team writes, with a file',
    ['message.sent'],
    async () => {
      await send('outgoing', { attachments: [await upload('/v1/files', w.key)] })
    },
  ],
  ['the provider takes it', ['message.updated'], () => report('sent')],
  ['it reaches the customer', ['message.delivered'], () => report('delivered')],
  ['the customer reads it', ['message.read'], () => report('read')],
  ['it is reported once more', [], () => report('read')],
  [
    'another one cannot be delivered',
    ['message.sent', 'message.failed'],
    async () => {
      await send('outgoing', { user_id: w.users.agent.id, client_message_id: 'fails' })
      await report('failed', { error: { code: 'unknown_number', detail: 'There is no such number.' } })
    },
  ],
  ['it is deleted', ['message.deleted'], () => gone(`/v1/messages/${ids.message}`)],
  ['the customer writes', ['message.received'], () => receive(1)],
  [
    'the same once more',
    [],
    async () => {
      const again = { contact: { external_id: 'ada' }, body: 'Question 1', client_message_id: 'question-1' }
      expect((await w.post(`/v1/inboxes/${inbox.api}/messages`, again)).status).toBe(200)
    },
  ],
  [
    'the team has read it',
    ['conversation.updated'],
    async () => {
      expect((await w.post(`${conversation()}/read`, {})).status).toBe(200)
    },
  ],
  ['somebody takes it', ['conversation.assigned'], () => changed(conversation(), { assignee_id: w.users.agent.id })],
  ['it becomes urgent', ['conversation.updated'], () => changed(conversation(), { priority: 'urgent' })],
  ['it gets a subject', ['conversation.updated'], () => changed(conversation(), { subject: 'A question' })],
  [
    'it gets new tags',
    ['tag.created', 'conversation.updated'],
    () => changed(conversation(), { tags: ['vip', 'new'] }),
  ],
  ['it waits for the customer', ['conversation.updated'], () => changed(conversation(), { status: 'pending' })],
  ['a customer’s reply opens it', ['conversation.updated', 'message.received'], () => receive(2)],
  ['it is done', ['conversation.resolved'], () => changed(conversation(), { status: 'resolved' })],
  ['it is done already', [], () => changed(conversation(), { status: 'resolved' })],
  ['a customer’s reply reopens it', ['conversation.reopened', 'message.received'], () => receive(3)],
  ['it is junk', ['conversation.updated'], () => changed(conversation(), { status: 'spam' })],
  ['junk that writes again stays junk', ['message.received'], () => receive(4)],
  [
    'it sleeps',
    ['conversation.updated'],
    () => changed(conversation(), { status: 'snoozed', snoozed_until: new Date(Date.now() + 60_000).toISOString() }),
  ],
  [
    'its sleep ends',
    ['conversation.updated'],
    () => {
      const later = { ...w.app.system(w.id), now: () => new Date(Date.now() + 61_000) }
      return wake.run(later, { id: ids.conversation })
    },
  ],
  [
    'three things change at once',
    ['conversation.assigned', 'conversation.updated', 'conversation.resolved'],
    () => changed(conversation(), { status: 'resolved', assignee_id: null, priority: 'low' }),
  ],
  [
    'a tag is made',
    ['tag.created'],
    async () => {
      ids.tag = (await made('/v1/tags', { name: 'plain', color: '#112233' })).id
    },
  ],
  ['a tag gets a color', ['tag.updated'], () => changed(`/v1/tags/${ids.tag}`, { color: '#445566' })],
  [
    'a tag in use gets a name',
    ['tag.updated', 'contact.updated', 'conversation.updated'],
    async () => {
      const { data } = (await w.get<{ data: { id: string; name: string }[] }>('/v1/tags')).body
      ids.tag = data.find((tag) => tag.name === 'vip')?.id ?? ''
      await changed(`/v1/tags/${ids.tag}`, { name: 'dear' })
    },
  ],
  ['a tag in use goes', ['tag.deleted', 'contact.updated', 'conversation.updated'], () => gone(`/v1/tags/${ids.tag}`)],
  [
    'an inbox is made',
    ['inbox.created'],
    async () => {
      ids.inbox = (await made('/v1/inboxes', { name: 'Shop', channel: 'web_chat' })).id
    },
  ],
  ['an inbox is switched off', ['inbox.updated'], () => changed(`/v1/inboxes/${ids.inbox}`, { enabled: false })],
  [
    'an inbox gets a secret',
    ['inbox.updated'],
    async () => {
      const { secret } = await made<{ secret: string }>(`/v1/inboxes/${ids.inbox}/identity-secrets`)
      secrets.push(secret)
    },
  ],
  [
    'a visitor only looks',
    [],
    async () => {
      expect((await w.get(`/v1/web-chat/${inbox.chat}`, { as: null })).status).toBe(200)
    },
  ],
  [
    'a visitor comes',
    ['contact.created'],
    async () => {
      const { token } = await made<{ token: string }>(chat('visitors'), { name: 'Vi' }, null)
      visitor = token
      secrets.push(token)
    },
  ],
  [
    'a visitor writes, with a file',
    ['conversation.created', 'message.received', 'contact.updated'],
    async () => {
      const attachments = [await upload(chat('files'), visitor)]
      ids.chat = (
        await made(chat('messages'), { body: 'Hi', attachments, client_message_id: 'hi' }, visitor)
      ).conversation_id
    },
  ],
  [
    'the team answers a visitor',
    ['message.sent'],
    () => made(`/v1/conversations/${ids.chat}/messages`, { type: 'outgoing', body: 'Hello!' }),
  ],
  [
    'it reaches the visitor',
    ['message.delivered'],
    async () => {
      const reply = await w.post(chat('read'), { position: 2, delivered: true }, { as: visitor })
      expect(reply.status).toBe(200)
    },
  ],
  [
    'the visitor reads it',
    ['message.read'],
    async () => {
      expect((await w.post(chat('read'), { position: 2 }, { as: visitor })).status).toBe(200)
    },
  ],
  [
    'the visitor proves who they are',
    ['inbox.updated', 'contact.identified'],
    async () => {
      const { secret } = await made<{ secret: string }>(`/v1/inboxes/${inbox.chat}/identity-secrets`)
      const user_hash = createHmac('sha256', secret).update('vi').digest('hex')
      secrets.push(secret, user_hash)
      const reply = await w.post(chat('visitors'), { external_id: 'vi', user_hash }, { as: visitor })
      expect(reply).toMatchObject({ status: 200, body: { contact: { verified: true } } })
    },
  ],
  ['a contact goes', ['contact.deleted'], () => gone(`/v1/contacts/${ids.contact}`)],
  [
    'somebody becomes a user',
    ['user.created'],
    async () => {
      const person = { email: `${w.newId()}@example.com`, name: 'Nia', role: 'agent', password: 'a very good password' }
      ids.user = (await users.create(w.app.system(w.id), { ...person, role: 'agent' })).id
      secrets.push(person.password)
    },
  ],
  [
    'a key is made',
    ['api_key.created'],
    async () => {
      const key = await made<{ id: string; bearer: string; private_key: string }>('/v1/api-keys', {
        name: 'Shop',
        scopes: ['contacts:*'],
      })
      ids.key = key.id
      secrets.push(key.bearer, key.private_key)
    },
  ],
  ['a key is switched off', ['api_key.updated'], () => changed(`/v1/api-keys/${ids.key}`, { active: false })],
  ['a key is off already', [], () => changed(`/v1/api-keys/${ids.key}`, { active: false })],
  [
    'a key gets a new secret',
    ['api_key.updated'],
    async () => {
      const reply = await w.post<{ private_key: string }>(`/v1/api-keys/${ids.key}/rotate`, { overlap_seconds: 60 })
      expect(reply.status).toBe(200)
      secrets.push(reply.body.private_key)
    },
  ],
  ['a key is revoked', ['api_key.revoked'], () => gone(`/v1/api-keys/${ids.key}`)],
  ['a user gets another role', ['user.updated'], () => changed(`/v1/users/${ids.user}`, { role: 'viewer' })],
  ['a user leaves', ['user.removed'], () => users.remove(w.app.system(w.id), ids.user)],
  [
    'an agent comes online',
    ['agent.status_changed'],
    () => changed(`/v1/users/${w.users.agent.id}`, { presence: 'online' }, agent),
  ],
  ['an agent is online already', [], () => changed(`/v1/users/${w.users.agent.id}`, { presence: 'online' }, agent)],
  [
    'somebody wants to be told',
    ['webhook.created'],
    async () => {
      const headers = { 'X-Token': 'known to the receiver' }
      const input = { url: 'https://hooks.invalid/', events: ['workspace.updated'], headers }
      const { id, secret } = await made<{ id: string; secret: string }>('/v1/webhooks', input)
      ids.webhook = id
      secrets.push(secret, secret.slice(6), headers['X-Token'])
    },
  ],
  ['a webhook hears of more', ['webhook.updated'], () => changed(`/v1/webhooks/${ids.webhook}`, { events: ['tag.*'] })],
  ['a webhook is tried', ['webhook.test'], () => made(`/v1/webhooks/${ids.webhook}/test`)],
  [
    'a webhook gets another secret',
    ['webhook.updated'],
    async () => {
      const { body } = await w.post<{ secret: string }>(`/v1/webhooks/${ids.webhook}/rotate-secret`, {})
      secrets.push(body.secret, body.secret.slice(6))
    },
  ],
  [
    'a webhook cannot be reached any more',
    ['webhook.disabled'],
    () => webhooks.disable(w.app.system(w.id), ids.webhook, 'gone'),
  ],
  ['a webhook goes', ['webhook.deleted'], () => gone(`/v1/webhooks/${ids.webhook}`)],
  [
    'the workspace gets a name',
    ['workspace.updated'],
    () => workspaces.update(w.app.system(w.id), w.id, { name: 'Renamed' }),
  ],
]

describe('what happens is said: ', () => {
  let cursor = ''
  beforeAll(async () => {
    await heard()
  })

  const heard = async (): Promise<LoggedEvent[]> => {
    const query = cursor ? `?limit=200&after=${cursor}` : '?limit=200'
    const { body } = await w.get<{ data: LoggedEvent[]; next_cursor: string }>(`/v1/events${query}`)
    cursor = body.next_cursor
    return body.data
  }

  test.each(story)('%s', async (_what, says, happen) => {
    await happen()
    const events = await heard()
    expect(events.map((event) => event.type)).toEqual(says)
    for (const [index, event] of events.entries()) {
      const data = declaredEvents().get(event.type)?.data
      expect(data && accepts(data, event.data), `${event.type} ${JSON.stringify(event.data)}`).toBe(true)
      const later = JSON.stringify(events.slice(index + 1))
      for (const [noun, object] of Object.entries(event.data)) {
        if (!later.includes(String(object['id']))) await isWhole(noun, object, event.type)
      }
    }
    const text = JSON.stringify(events)
    expect(secrets.filter((secret) => text.includes(secret))).toEqual([])
    expect(text).not.toMatch(/signature=|vt_|ap_[a-z0-9]{16}_/)
  })
})

test('every declared event has happened, and no other', async () => {
  const told = new Set(story.flatMap(([, says]) => says))
  expect([...told].sort()).toEqual([...declaredEvents().keys()].sort())
})

test('the same events reach nobody else', async () => {
  const theirs = JSON.stringify(await w.log_of_events(w.stranger.key))
  for (const id of Object.values(ids)) expect(theirs).not.toContain(id)
})

const PATHS: Record<string, string> = {
  contact: 'contacts',
  conversation: 'conversations',
  message: 'messages',
  tag: 'tags',
  inbox: 'inboxes',
  user: 'users',
  webhook: 'webhooks',
  api_key: 'api-keys',
}
const GONE = new Set(['api_key.revoked', 'contact.deleted', 'tag.deleted', 'user.removed', 'webhook.deleted'])

/** What an endpoint’s answers do to it is not said: it would be sent to that endpoint, and answered again. */
const UNSAID = { failing_since: null, lookups_paused_until: null }

/** What an event holds is what GET answers at that moment, but for links, which last an hour and are never said. */
async function isWhole(noun: string, object: Record<string, unknown>, type: string): Promise<void> {
  const path = PATHS[noun]
  if (path === undefined) return
  const reply = await w.get(`/v1/${path}/${object['id']}`)
  if (GONE.has(type)) return void expect(reply.status).toBe(404)
  expect(reply.status).toBe(200)
  expect({ type, ...object, ...UNSAID }).toEqual({ type, ...unsigned(reply.body), ...UNSAID })
}

function unsigned(object: Record<string, unknown>): Record<string, unknown> {
  const { attachments } = object
  if (!Array.isArray(attachments)) return object
  return { ...object, attachments: attachments.map((file: object) => ({ ...file, url: null })) }
}
