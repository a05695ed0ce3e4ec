/** A conversation as it is stored and as it is answered. */
import { type Static, Type } from 'typebox'
import { Count, Id, Json, Nullable, OneOf, Text, Time } from '../../kernel/schema.ts'

export const STATUSES = ['open', 'pending', 'snoozed', 'resolved', 'spam'] as const
export const PRIORITIES = ['low', 'normal', 'high', 'urgent'] as const
export type Status = (typeof STATUSES)[number]
export type Priority = (typeof PRIORITIES)[number]

export type Tables = {
  conversations: {
    workspace_id: string
    id: string
    number: number
    inbox_id: string
    channel: string
    contact_id: string
    status: Status
    priority: Priority
    subject: string | null
    assignee_id: string | null
    team_id: string | null
    tags: string[]
    custom_fields: Record<string, unknown>
    messages_count: number
    unread_count: number
    team_read_position: number
    contact_delivered_position: number
    contact_read_position: number
    preview_body: string | null
    preview_type: string | null
    preview_author_type: string | null
    waiting_since: Date | null
    snoozed_until: Date | null
    last_message_at: Date
    first_replied_at: Date | null
    resolved_at: Date | null
    version: number
    created_at: Date
    updated_at: Date
  }
  conversation_marks: {
    workspace_id: string
    conversation_id: string
    kind: 'delivered' | 'read'
    position: number
    at: Date
  }
}

export const PREVIEW_LENGTH = 140
/** The name shown for a contact who was deleted. */
export const DELETED_CONTACT = 'Deleted contact'

export const Conversation = Type.Object(
  {
    id: Id,
    object: Type.Literal('conversation'),
    number: Type.Integer({ description: 'Counts up by one within the workspace: the number people say.' }),
    status: OneOf(STATUSES),
    priority: OneOf(PRIORITIES),
    subject: Nullable(Type.String()),
    inbox_id: Id,
    channel: Type.String(),
    contact_id: Id,
    contact: Type.Object({
      id: Id,
      name: Nullable(Type.String()),
      email: Nullable(Type.String()),
      avatar_url: Nullable(Type.String()),
    }),
    assignee_id: Nullable(Id),
    team_id: Nullable(Id),
    tags: Type.Array(Type.String()),
    custom_fields: Json,
    messages_count: Count,
    unread_count: Type.Integer({ minimum: 0, description: 'Incoming messages that nobody of the team has read.' }),
    team_read_position: Count,
    contact_delivered_position: Count,
    contact_read_position: Count,
    preview: Nullable(
      Type.Object({
        body: Type.String({ description: `At most ${PREVIEW_LENGTH} characters.` }),
        type: Type.String(),
        author_type: Type.String(),
      }),
    ),
    waiting_since: Nullable(Time),
    snoozed_until: Nullable(Time),
    last_message_at: Time,
    first_replied_at: Nullable(Time),
    resolved_at: Nullable(Time),
    created_at: Time,
    updated_at: Time,
  },
  { title: 'Conversation' },
)
export type Conversation = Static<typeof Conversation>

/** What may be asked of a conversation by PATCH. */
export const ConversationPatch = Type.Partial(
  Type.Object({
    status: OneOf(STATUSES),
    assignee_id: Nullable(Id),
    team_id: Nullable(Id),
    priority: OneOf(PRIORITIES),
    subject: Nullable(Text(500)),
    tags: Type.Array(Text(64), { maxItems: 50 }),
    snoozed_until: Nullable(Time),
  }),
  { additionalProperties: false },
)
export type ConversationPatch = Static<typeof ConversationPatch>

export const ConversationCounts = Type.Object({
  object: Type.Literal('conversation_counts'),
  all: Count,
  mine: Count,
  unassigned: Count,
})
