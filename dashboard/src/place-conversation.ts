/** Where a conversation stands in a paged list, newest message first. */
import type { ConversationFilter, ConversationPage, Edge } from './cache.ts'
import type { Conversation } from './features/conversations/schema.ts'

export function edgeOf(page: { data: Conversation[]; has_more: boolean }): Edge {
  const last = page.data.at(-1)
  return page.has_more && last ? { last_message_at: last.last_message_at, id: last.id } : null
}

export function fits(conversation: Conversation, filter: ConversationFilter, userId: string): boolean {
  if (filter.status && conversation.status !== filter.status) return false
  if (filter.contact_id && conversation.contact_id !== filter.contact_id) return false
  if (filter.assignee === 'none') return conversation.assignee_id === null
  if (filter.assignee === 'me') return conversation.assignee_id === userId
  return true
}

/** Puts the conversation where a fetch of the same pages would show it, or takes it out. */
export function place(pages: ConversationPage[], conversation: Conversation, userId: string): ConversationPage[] {
  const filter = pages[0]?.filter
  if (!filter) return pages
  const held = pages.flatMap((page) => page.data).find((one) => one.id === conversation.id)

  const belongs = fits(conversation, filter, userId)
  if (!held && !belongs) return pages
  const without = held
    ? pages.map((page) =>
        page.data.includes(held) ? { ...page, data: page.data.filter((one) => one !== held) } : page,
      )
    : pages
  if (!belongs) return without

  const home = without.findIndex((page) => page.edge === null || !isBehind(conversation, page.edge))
  return without.map((page, index) => (index === home ? { ...page, data: insert(page.data, conversation) } : page))
}

function isBehind(one: Conversation, edge: NonNullable<Edge>): boolean {
  return (
    one.last_message_at < edge.last_message_at || (one.last_message_at === edge.last_message_at && one.id < edge.id)
  )
}

function insert(data: Conversation[], one: Conversation): Conversation[] {
  const at = data.findIndex((other) => isBehind(other, one))
  return at < 0 ? [...data, one] : [...data.slice(0, at), one, ...data.slice(at)]
}
