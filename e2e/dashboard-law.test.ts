/** The law of the dashboard, on the real server: its cache after applying the events equals a fresh fetch. */
import { randomUUID } from 'node:crypto'
import { expect, test } from 'vitest'
import { applyEvent } from '../dashboard/src/apply-event.ts'
import type {
  Cache,
  ConversationFilter,
  ConversationPage,
  Edge,
  List,
  LogEvent,
  MessagePage,
} from '../dashboard/src/cache.ts'
import type { Contact } from '../dashboard/src/features/contacts/schema.ts'
import type { Conversation, Counts } from '../dashboard/src/features/conversations/schema.ts'
import type { Inbox } from '../dashboard/src/features/inboxes/schema.ts'
import type { Tag } from '../dashboard/src/features/tags/schema.ts'
import type { User } from '../dashboard/src/features/users/schema.ts'
import { edgeOf } from '../dashboard/src/place-conversation.ts'
import { signInAs } from '../server/test/sign-in.ts'
import { type CallOptions, type World, world } from '../server/test/world.ts'

/** Small before, so that lists reach only so far; large after, to hold whatever that part has become. */
const before = { limit: 4, pages: 2 }
const afterwards = { limit: 200, pages: 1 }
const filters: ConversationFilter[] = [
  { status: 'open' },
  { status: 'open', assignee: 'none' },
  { status: 'open', assignee: 'me' },
  { status: 'resolved' },
]

test('applying every event of a busy hour to what was fetched before it gives what is fetched after it', async () => {
  const w = await world()
  const talk = await begin(w)
  const held = await fetchAll(w, talk, before)
  const { next_cursor } = await feed(w)

  await live(w, talk)

  const { data: events } = await feed(w, next_cursor)
  expect(new Set(events.map((event) => event.type)).size).toBeGreaterThan(12)
  const after = events.reduce(applyEvent, held)
  const fresh = await fetchAll(w, talk, afterwards)
  for (const [index, pages] of after.lists.entries())
    expect(rows(pages)).toEqual(within(rows(fresh.lists[index]), pages.at(-1)?.edge))
  expect(after.counts).toEqual(fresh.counts)
  expect(after.conversations).toEqual(fresh.conversations)
  expect(after.contacts).toEqual(fresh.contacts)
  expect(after.tags).toEqual(fresh.tags)
  expect(after.inboxes).toEqual(fresh.inboxes)
  expect(after.users).toEqual(fresh.users)
  expect(messages(after)).toEqual(messages(fresh))
})

test('applying the events a second time changes nothing but the counts', async () => {
  const w = await world()
  const talk = await begin(w)
  const held = await fetchAll(w, talk, before)
  const { next_cursor } = await feed(w)
  await live(w, talk)
  const { data: events } = await feed(w, next_cursor)

  const once = { ...events.reduce(applyEvent, held), counts: undefined }
  expect(events.reduce(applyEvent, once)).toEqual(once)
})

type Extent = { limit: number; pages: number }
type Talk = { inbox: string; chat: Chat; conversations: string[]; contact: string; reader: CallOptions }
/** A visitor of a web chat, who has written. */
type Chat = { path: string; as: string; conversation: string }

/** Some conversations, more than two pages of them. */
async function begin(w: World): Promise<Talk> {
  const inboxes = await w.get<List<Inbox>>('/v1/inboxes')
  const of = (channel: string) => inboxes.body.data.find((one) => one.channel === channel)?.id ?? ''
  const inbox = of('api')
  const chat = await visit(w, of('web_chat'))
  const conversations = [chat.conversation]
  for (let index = 0; index < 10; index++) {
    const reply = await write(w, inbox, `customer-${index % 8}`, `Message ${index}`)
    if (!conversations.includes(reply)) conversations.push(reply)
  }
  const second = await w.get<Conversation>(`/v1/conversations/${conversations[1]}`)
  const headers = await signInAs(w, w.users.agent.email)
  return { inbox, chat, conversations, contact: second.body.contact_id, reader: { as: null, headers } }
}

async function write(w: World, inbox: string, external_id: string, body: string): Promise<string> {
  const contact = { external_id, name: external_id }
  const reply = await w.post<{ conversation_id: string }>(`/v1/inboxes/${inbox}/messages`, {
    contact,
    body,
    client_message_id: randomUUID(),
  })
  expect(reply.status).toBe(201)
  return reply.body.conversation_id
}

/** An hour at the desk: everything that moves a row, a mark, a count or a name. */
async function live(w: World, { inbox, chat, conversations, contact }: Talk): Promise<void> {
  const [, a, b, c, d] = conversations
  const done = async (reply: Promise<{ status: number; text: string }>) => {
    const { status, text } = await reply
    expect(status, text).toBeLessThan(300)
  }
  const sent = await w.post<{ id: string }>(`/v1/conversations/${a}/messages`, {
    type: 'outgoing',
    body: 'An answer',
    client_message_id: randomUUID(),
  })
  await done(w.patch(`/v1/messages/${sent.body.id}`, { status: 'sent' }))
  await done(w.patch(`/v1/messages/${sent.body.id}`, { status: 'delivered' }))
  await done(w.patch(`/v1/messages/${sent.body.id}`, { status: 'read' }))
  const failing = await w.post<{ id: string }>(`/v1/conversations/${a}/messages`, {
    type: 'outgoing',
    body: 'Too late',
  })
  await done(w.patch(`/v1/messages/${failing.body.id}`, { status: 'failed', error: { code: 'gone', detail: 'Gone.' } }))
  const noted = await w.post<{ id: string }>(`/v1/conversations/${a}/messages`, { type: 'note', body: 'For us' })
  await done(w.delete(`/v1/messages/${noted.body.id}`))
  await done(w.post(`/v1/conversations/${a}/read`, {}))
  await done(
    w.patch(`/v1/conversations/${b}`, { assignee_id: w.users.agent.id, priority: 'high', tags: ['vip', 'late'] }),
  )
  await done(w.patch(`/v1/conversations/${b}`, { status: 'resolved' }))
  await done(w.patch(`/v1/conversations/${c}`, { status: 'resolved', subject: 'A subject' }))
  await done(w.patch(`/v1/conversations/${d}`, { assignee_id: w.users.agent.id }))
  await done(w.patch(`/v1/conversations/${d}`, { assignee_id: null, status: 'pending' }))
  await write(w, inbox, 'customer-1', 'I write again')
  await write(w, inbox, 'customer-new', 'I am new here')
  await done(w.patch(`/v1/contacts/${contact}`, { name: 'Renamed', email: 'renamed@example.com', tags: ['vip'] }))
  const tag = await w.post<{ id: string }>('/v1/tags', { name: 'fresh' })
  await done(w.patch(`/v1/tags/${tag.body.id}`, { name: 'fresher' }))
  const tags = await w.get<List<Tag>>('/v1/tags')
  const vip = tags.body.data.find((one) => one.name === 'vip')
  await done(w.patch(`/v1/tags/${vip?.id}`, { name: 'very important' }))
  const late = tags.body.data.find((one) => one.name === 'late')
  await done(w.delete(`/v1/tags/${late?.id}`))
  const site = await w.post<{ id: string }>('/v1/inboxes', { name: 'Second site', channel: 'web_chat' })
  await done(w.patch(`/v1/inboxes/${site.body.id}`, { name: 'Shop' }))
  for (const body of ['One', 'Two', 'Three'])
    await done(w.post(`/v1/conversations/${chat.conversation}/messages`, { type: 'outgoing', body }))
  await done(w.post(`${chat.path}/read`, { position: 2, delivered: true }, { as: chat.as }))
  await done(w.post(`${chat.path}/read`, { position: 3 }, { as: chat.as }))
  await done(w.patch(`/v1/conversations/${a}`, { assignee_id: w.users.agent.id }))
}

async function visit(w: World, inbox: string): Promise<Chat> {
  const path = `/v1/web-chat/${inbox}`
  const visitor = await w.post<{ token: string }>(`${path}/visitors`, { name: 'Visitor' }, { as: null })
  const as = visitor.body.token
  const said = await w.post<{ conversation_id: string }>(
    `${path}/messages`,
    { body: 'Hello?', client_message_id: randomUUID() },
    { as },
  )
  return { path, as, conversation: said.body.conversation_id }
}

async function feed(w: World, after?: string | null): Promise<{ data: LogEvent[]; next_cursor: string }> {
  const data: LogEvent[] = []
  for (let cursor = after; ; ) {
    const query = cursor ? `&after=${encodeURIComponent(cursor)}` : ''
    const { body } = await w.get<List<LogEvent>>(`/v1/events?limit=200${query}`)
    data.push(...body.data)
    cursor = body.next_cursor
    if (!body.has_more) return { data, next_cursor: cursor ?? '' }
  }
}

async function fetchAll(w: World, { conversations, contact, reader }: Talk, extent: Extent): Promise<Cache> {
  const one = async <T>(path: string) => (await w.get<T>(path, reader)).body
  const list = async <T>(path: string) => (await one<List<T>>(path)).data
  const pagesOf = async (filter: ConversationFilter): Promise<ConversationPage[]> => {
    const { assignee, ...rest } = filter
    const params = new URLSearchParams({
      ...rest,
      ...(assignee && { assignee_id: assignee }),
      limit: String(extent.limit),
    })
    const pages: ConversationPage[] = []
    for (let after: string | null = ''; after !== null && pages.length < extent.pages; ) {
      if (after) params.set('after', after)
      const page: List<Conversation> = await one(`/v1/conversations?${params}`)
      pages.push({ ...page, filter, edge: edgeOf(page) })
      after = page.next_cursor
    }
    return pages
  }
  const threadOf = async (conversation_id: string) => ({
    conversation_id,
    pages: [await one<MessagePage>(`/v1/conversations/${conversation_id}/messages?sort=-position`)],
  })
  return {
    user_id: w.users.agent.id,
    lists: await Promise.all([...filters, { contact_id: contact }].map(pagesOf)),
    counts: await one<Counts>('/v1/conversations/counts'),
    conversations: await Promise.all(conversations.map((id) => one<Conversation>(`/v1/conversations/${id}`))),
    threads: await Promise.all(conversations.map(threadOf)),
    contacts: [await one<Contact>(`/v1/contacts/${contact}`)],
    users: await list<User>('/v1/users'),
    tags: await list<Tag>('/v1/tags'),
    inboxes: await list<Inbox>('/v1/inboxes'),
  }
}

function rows(pages: ConversationPage[] | undefined): Conversation[] {
  return pages?.flatMap((page) => page.data) ?? []
}

/** As much of a fresh list as the held one reaches. */
function within(fresh: Conversation[], edge: Edge | undefined): Conversation[] {
  if (!edge) return fresh
  return fresh.filter(
    (row) =>
      row.last_message_at > edge.last_message_at || (row.last_message_at === edge.last_message_at && row.id >= edge.id),
  )
}

function messages(cache: Cache): unknown {
  return cache.threads.map((thread) => thread.pages.flatMap((page) => page.data))
}
