/** Reads the TanStack cache as a plain `Cache`, and writes back what an event changed. */
import type { InfiniteData, QueryClient } from '@tanstack/react-query'
import type { Cache, ConversationPage, MessagePage } from './cache.ts'
import type { Contact } from './features/contacts/schema.ts'
import type { Conversation, Counts } from './features/conversations/schema.ts'
import type { Inbox } from './features/inboxes/schema.ts'
import type { Tag } from './features/tags/schema.ts'
import type { User } from './features/users/schema.ts'

type Lists = InfiniteData<ConversationPage, unknown>
type Thread = InfiniteData<MessagePage, unknown>

export function readCache(client: QueryClient, userId: string): Cache {
  const all = <T>(name: string) => client.getQueriesData<T>({ queryKey: [name] })
  const present = <T>(name: string) => all<T>(name).flatMap(([, data]) => (data ? [data] : []))
  return {
    user_id: userId,
    lists: present<Lists>('list').map((data) => data.pages),
    counts: client.getQueryData<Counts>(['counts']),
    conversations: present<Conversation>('conversation'),
    threads: all<Thread>('thread').flatMap(([key, data]) =>
      data ? [{ conversation_id: String(key[1]), pages: data.pages }] : [],
    ),
    contacts: present<Contact>('contact'),
    users: client.getQueryData<User[]>(['users']),
    tags: client.getQueryData<Tag[]>(['tags']),
    inboxes: client.getQueryData<Inbox[]>(['inboxes']),
  }
}

export function writeCache(client: QueryClient, before: Cache, after: Cache): void {
  for (const [index, pages] of after.lists.entries()) {
    const filter = pages[0]?.filter
    if (filter && pages !== before.lists[index])
      client.setQueryData<Lists>(['list', filter], (data) => data && { ...data, pages })
  }
  for (const [index, thread] of after.threads.entries()) {
    if (thread !== before.threads[index])
      client.setQueryData<Thread>(
        ['thread', thread.conversation_id],
        (data) => data && { ...data, pages: thread.pages },
      )
  }
  for (const one of changed(before.conversations, after.conversations))
    client.setQueryData(['conversation', one.id], one)
  for (const one of changed(before.contacts, after.contacts)) client.setQueryData(['contact', one.id], one)
  if (after.counts !== before.counts) client.setQueryData(['counts'], after.counts)
  if (after.users !== before.users) client.setQueryData(['users'], after.users)
  if (after.tags !== before.tags) client.setQueryData(['tags'], after.tags)
  if (after.inboxes !== before.inboxes) client.setQueryData(['inboxes'], after.inboxes)
}

function changed<T>(before: T[], after: T[]): T[] {
  return after.filter((one) => !before.includes(one))
}
