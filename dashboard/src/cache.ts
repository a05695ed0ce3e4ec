/** What the dashboard holds of a workspace, as a plain value that events can be applied to. */
import type { Contact } from './features/contacts/schema.ts'
import type { Conversation, Counts, Status } from './features/conversations/schema.ts'
import type { Inbox } from './features/inboxes/schema.ts'
import type { Message } from './features/messages/schema.ts'
import type { Tag } from './features/tags/schema.ts'
import type { User } from './features/users/schema.ts'

export type List<T> = { data: T[]; has_more: boolean; next_cursor: string | null }

/** Where a page of a list ends: rows behind this belong to pages not yet fetched. Null: the list ends with it. */
export type Edge = { last_message_at: string; id: string } | null

export type MessagePage = List<Message>

export type ConversationFilter = {
  assignee?: 'none' | 'me'
  status?: Status
  contact_id?: string
}

export type ConversationPage = List<Conversation> & { edge: Edge; filter: ConversationFilter }

export type Cache = {
  user_id: string
  lists: ConversationPage[][]
  counts: Counts | undefined
  conversations: Conversation[]
  /** Pages of one conversation's messages, newest first, as they are fetched. */
  threads: { conversation_id: string; pages: MessagePage[] }[]
  contacts: Contact[]
  users: User[] | undefined
  tags: Tag[] | undefined
  inboxes: Inbox[] | undefined
}

export type Range = { from: number; to: number; at: string }

export type LogEvent = {
  id: string
  type: string
  cursor: string
  data: {
    message?: Message
    conversation?: Conversation
    contact?: Contact
    user?: User
    tag?: Tag
    inbox?: Inbox
    range?: Range
  }
  previous: Record<string, unknown> | null
  created_at: string
}
