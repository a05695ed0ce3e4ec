/** A message as it is stored and as it is answered. */
import { type Static, Type } from 'typebox'
import { Id, Json, Nullable, OneOf, Text, Time } from '../../kernel/schema.ts'
import { File } from '../files/schema.ts'

export const TYPES = ['incoming', 'outgoing', 'note', 'activity'] as const
export const AUTHORS = ['contact', 'user', 'api', 'bot', 'system'] as const
export const DELIVERY = ['queued', 'sent', 'delivered', 'read', 'failed'] as const
export type Delivery = (typeof DELIVERY)[number]

export type Attachment = Static<typeof File>
export type DeliveryError = { code: string; detail: string }

export type Tables = {
  messages: {
    workspace_id: string
    id: string
    number: number
    conversation_id: string
    inbox_id: string
    position: number
    type: (typeof TYPES)[number]
    body: string
    html: string | null
    author_type: (typeof AUTHORS)[number]
    author_id: string | null
    author_name: string | null
    attachments: Attachment[]
    status: Delivery | 'received' | null
    error: DeliveryError | null
    client_message_id: string | null
    in_reply_to: string | null
    metadata: Record<string, unknown>
    version: number
    created_at: Date
    sent_at: Date | null
    delivered_at: Date | null
    read_at: Date | null
    deleted_at: Date | null
  }
}

/** Characters of a body, whatever the channel; a channel may allow fewer. */
export const BODY_LENGTH = 25_000

export const Message = Type.Object(
  {
    id: Id,
    object: Type.Literal('message'),
    number: Type.Integer(),
    position: Type.Integer({ minimum: 1, description: '1, 2, 3 … within its conversation.' }),
    conversation_id: Id,
    type: OneOf(TYPES),
    body: Type.String(),
    html: Nullable(Type.String({ description: 'Sanitised.' })),
    author: Type.Object({
      type: OneOf(AUTHORS),
      id: Nullable(Type.String()),
      name: Nullable(Type.String()),
    }),
    attachments: Type.Array(File),
    status: Nullable(OneOf([...DELIVERY, 'received'])),
    error: Nullable(Type.Object({ code: Type.String(), detail: Type.String() })),
    client_message_id: Nullable(Type.String()),
    in_reply_to: Nullable(Id),
    metadata: Json,
    created_at: Time,
    sent_at: Nullable(Time),
    delivered_at: Nullable(Time),
    read_at: Nullable(Time),
    deleted_at: Nullable(Time),
  },
  { title: 'Message' },
)
export type Message = Static<typeof Message>

export const ClientMessageId = Text(255, {
  description: 'Yours, unique within the inbox: a repeat makes no second message.',
})

/** What every written message has. */
export const Written = {
  body: Type.Optional(Text(BODY_LENGTH, { min: 0 })),
  html: Type.Optional(Nullable(Text(100_000))),
  attachments: Type.Optional(
    Type.Array(Id, { maxItems: 20, uniqueItems: true, description: 'Ids of uploaded files.' }),
  ),
  client_message_id: Type.Optional(ClientMessageId),
}

export const Position = Type.Integer({ minimum: 0 })
