/** What a visitor of the web chat sees, and how their session is stored. */
import { type Static, Type } from 'typebox'
import { Count, Id, Nullable, OneOf, Time } from '../../kernel/schema.ts'
import { File } from '../../modules/files/schema.ts'

export type Tables = {
  visitor_sessions: {
    workspace_id: string
    id: string
    inbox_id: string
    contact_id: string
    verified: boolean
    borrowed: boolean
    conversation_id: string | null
    created_at: Date
    expires_at: Date
    ended_at: Date | null
  }
}

const Asked = OneOf(['off', 'optional', 'required'])

export const WebChat = Type.Object({
  object: Type.Literal('web_chat'),
  inbox_id: Id,
  name: Type.String(),
  enabled: Type.Boolean(),
  settings: Type.Object({
    greeting: Nullable(Type.String()),
    brand_color: Nullable(Type.String()),
    pre_chat: Type.Object({ name: Asked, email: Asked }),
    attachments: Type.Boolean(),
  }),
})

export const VisitorConversation = Type.Object(
  {
    id: Id,
    status: OneOf(['open', 'resolved'], 'That it waits, sleeps or is taken for spam is the team’s own.'),
    unread_count: Type.Integer({ minimum: 0, description: 'Answers the visitor has not read.' }),
    last_position: Count,
    read_position: Count,
    team_read_position: Count,
    created_at: Time,
  },
  { title: 'VisitorConversation' },
)
export type VisitorConversation = Static<typeof VisitorConversation>

export const VisitorMessage = Type.Object(
  {
    id: Id,
    position: Type.Integer({ minimum: 1 }),
    conversation_id: Id,
    type: OneOf(['incoming', 'outgoing']),
    body: Type.String(),
    html: Nullable(Type.String()),
    author: Type.Object({ type: Type.String(), name: Nullable(Type.String()) }),
    attachments: Type.Array(File),
    status: Nullable(Type.String()),
    client_message_id: Nullable(Type.String()),
    created_at: Time,
    deleted_at: Nullable(Time),
  },
  { title: 'VisitorMessage' },
)
export type VisitorMessage = Static<typeof VisitorMessage>

export const Visitor = Type.Object(
  {
    object: Type.Literal('visitor'),
    token: Type.String({ description: 'Bearer of every further request; good for 90 days, renewed in use.' }),
    contact: Type.Object({
      id: Id,
      name: Nullable(Type.String()),
      email: Nullable(Type.String()),
      verified: Type.Boolean(),
    }),
    conversation: Nullable(VisitorConversation),
  },
  { title: 'Visitor' },
)
export type Visitor = Static<typeof Visitor>

export const VisitorMessageList = Type.Object({
  object: Type.Literal('list'),
  data: Type.Array(VisitorMessage),
  has_more: Type.Boolean(),
  conversation: Nullable(VisitorConversation),
})
