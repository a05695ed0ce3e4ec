/**
 * The law of the dashboard: what it holds after applying the events equals what a fresh fetch would answer.
 * Applying is pure, and applying an event again changes nothing but the counts, which `live.ts` heals.
 */
import type { Cache, LogEvent, Range } from './cache.ts'
import type { Contact } from './features/contacts/schema.ts'
import type { Conversation, Counts } from './features/conversations/schema.ts'
import type { Message } from './features/messages/schema.ts'
import { place } from './place-conversation.ts'

export function applyEvent(cache: Cache, event: LogEvent): Cache {
  const { message, conversation, contact, user, tag, inbox } = event.data
  const isGone = /\.(deleted|removed)$/.test(event.type)
  let next = cache
  if (conversation) next = withConversation(next, event, conversation)
  if (message) next = withMessage(next, message)
  if (event.data.range) next = withRange(next, event, event.data.range)
  if (contact) next = withContact(next, contact, isGone)
  if (user) next = { ...next, users: upsert(next.users, user, isGone) }
  if (inbox) next = { ...next, inboxes: upsert(next.inboxes, inbox, isGone) }
  if (tag) next = { ...next, tags: upsert(next.tags, tag, isGone) }
  return next
}

function withConversation(cache: Cache, event: LogEvent, conversation: Conversation): Cache {
  const moves = event.type.startsWith('conversation.')
  return {
    ...cache,
    counts: cache.counts && moves ? recount(cache, cache.counts, event, conversation) : cache.counts,
    conversations: mapChanged(cache.conversations, (one) => (one.id === conversation.id ? conversation : one)),
    lists: mapChanged(cache.lists, (pages) => place(pages, conversation, cache.user_id)),
  }
}

function recount(cache: Cache, counts: Counts, event: LogEvent, conversation: Conversation): Counts {
  const before = event.type === 'conversation.created' ? null : { ...conversation, ...event.previous }
  const was = before && placesOf(before, cache.user_id)
  const is = event.type === 'conversation.deleted' ? null : placesOf(conversation, cache.user_id)
  return {
    ...counts,
    all: counts.all + Number(is?.all ?? false) - Number(was?.all ?? false),
    mine: counts.mine + Number(is?.mine ?? false) - Number(was?.mine ?? false),
    unassigned: counts.unassigned + Number(is?.unassigned ?? false) - Number(was?.unassigned ?? false),
  }
}

function placesOf({ status, assignee_id }: Pick<Conversation, 'status' | 'assignee_id'>, userId: string) {
  const open = status === 'open'
  return { all: open, mine: open && assignee_id === userId, unassigned: open && assignee_id === null }
}

/** Pages hold messages newest first. A message older than what is held belongs to a page not yet fetched. */
function withMessage(cache: Cache, message: Message): Cache {
  const threads = mapChanged(cache.threads, (thread) => {
    if (thread.conversation_id !== message.conversation_id) return thread
    const [first, ...rest] = thread.pages
    if (!first) return thread
    if (thread.pages.some((page) => page.data.some((one) => one.id === message.id))) {
      const replace = (one: Message) => (one.id === message.id ? further(one, message) : one)
      return { ...thread, pages: mapChanged(thread.pages, (page) => sameData(page, mapChanged(page.data, replace))) }
    }
    const oldest = thread.pages.at(-1)?.data.at(-1)
    if (oldest && message.position < oldest.position) return thread
    const data = [...first.data, message].sort((a, b) => b.position - a.position)
    return { ...thread, pages: [{ ...first, data }, ...rest] }
  })
  return threads === cache.threads ? cache : { ...cache, threads }
}

/**
 * An event holds a message as its row was: without signed addresses, and without what the customer's marks say of it.
 * What is known of those stays, and so does the end of its way: it never goes back from read, failed or deleted.
 */
function further(held: Message, came: Message): Message {
  if (held.deleted_at && !came.deleted_at) return held
  if (held.status === 'failed') return { ...came, status: held.status, error: held.error }
  const urls = new Map(held.attachments.map((file) => [file.id, file.url]))
  const attachments = came.attachments.map((file) => ({ ...file, url: file.url ?? urls.get(file.id) ?? null }))
  if (came.type !== 'outgoing' || came.status === 'failed') return { ...came, attachments }
  const read_at = came.read_at ?? held.read_at
  const delivered_at = came.delivered_at ?? held.delivered_at
  return {
    ...came,
    attachments,
    read_at,
    delivered_at,
    status: statusOf(came, read_at, delivered_at),
  }
}

function statusOf({ status }: Message, read_at: string | null, delivered_at: string | null): Message['status'] {
  if (read_at) return 'read'
  return delivered_at ? 'delivered' : status
}

/** The customer's marks move over a range: every outgoing message in it is reached at once. */
function withRange(cache: Cache, event: LogEvent, range: Range): Cache {
  const id = event.data.conversation?.id
  const threads = mapChanged(cache.threads, (thread) => {
    if (thread.conversation_id !== id) return thread
    const mark = (one: Message) =>
      one.position < range.from || one.position > range.to ? one : reached(one, event.type, range.at)
    return { ...thread, pages: mapChanged(thread.pages, (page) => sameData(page, mapChanged(page.data, mark))) }
  })
  return threads === cache.threads ? cache : { ...cache, threads }
}

function reached(message: Message, type: string, at: string): Message {
  if (message.type !== 'outgoing' || message.status === 'failed') return message
  const read_at = message.read_at ?? (type === 'message.read' ? at : null)
  const delivered_at = message.delivered_at ?? at
  if (read_at === message.read_at && delivered_at === message.delivered_at) return message
  return { ...message, read_at, delivered_at, status: read_at ? 'read' : 'delivered' }
}

/** Conversations carry a copy of their contact for lists; it changes with the contact. */
function withContact(cache: Cache, contact: Contact, isGone: boolean): Cache {
  const { id, name, email, avatar_url } = contact
  const copy = isGone ? { id, name: 'Deleted contact', email: null, avatar_url: null } : { id, name, email, avatar_url }
  const refresh = (one: Conversation) => (one.contact_id === id ? { ...one, contact: copy } : one)
  return {
    ...cache,
    contacts: isGone
      ? cache.contacts.filter((one) => one.id !== id)
      : mapChanged(cache.contacts, (one) => (one.id === id ? contact : one)),
    ...mapConversations(cache, refresh),
  }
}

function mapConversations(
  cache: Cache,
  change: (one: Conversation) => Conversation,
): Pick<Cache, 'conversations' | 'lists'> {
  return {
    conversations: mapChanged(cache.conversations, change),
    lists: mapChanged(cache.lists, (pages) =>
      mapChanged(pages, (page) => sameData(page, mapChanged(page.data, change))),
    ),
  }
}

function upsert<T extends { id: string }>(held: T[] | undefined, one: T, isGone: boolean): T[] | undefined {
  if (!held) return held
  if (isGone) return held.filter((other) => other.id !== one.id)
  if (held.some((other) => other.id === one.id)) return held.map((other) => (other.id === one.id ? one : other))
  return [one, ...held]
}

/** Keeps the old array where nothing changed, so that nothing is drawn again for it. */
function mapChanged<T>(held: T[], change: (one: T) => T): T[] {
  const next = held.map(change)
  return next.every((one, index) => one === held[index]) ? held : next
}

function sameData<P extends { data: unknown[] }>(page: P, data: P['data']): P {
  return data === page.data ? page : { ...page, data }
}
