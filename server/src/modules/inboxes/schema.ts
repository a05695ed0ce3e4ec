/** An inbox as it is stored and as it is answered. */
import { type Static, Type } from 'typebox'
import { Body, Id, Json, Nullable, OneOf, Text, Time } from '../../kernel/schema.ts'
import type { ApiSettings, WebChatSettings } from './settings.ts'

export const CHANNELS = ['web_chat', 'api'] as const
export type Channel = (typeof CHANNELS)[number]

export interface StoredSecret {
  readonly id: string
  /** Encrypted with the server's secret. */
  readonly sealed: string
  readonly created_at: string
}

interface Stored {
  workspace_id: string
  id: string
  name: string
  enabled: boolean
  /** The endpoint that is asked what to say to customers. */
  bot_webhook_id: string | null
  identity_secrets: StoredSecret[]
  version: number
  created_at: Date
  updated_at: Date
}

export type Tables = {
  inboxes: Stored & { channel: Channel; settings: WebChatSettings | ApiSettings }
}

/** A row, its settings told apart by its channel. */
export type Row = WebChatInbox | ApiInbox
export type WebChatInbox = Stored & { channel: 'web_chat'; settings: WebChatSettings }
export type ApiInbox = Stored & { channel: 'api'; settings: ApiSettings }

export const Inbox = Type.Object(
  {
    id: Id,
    object: Type.Literal('inbox'),
    name: Type.String(),
    channel: OneOf(CHANNELS),
    settings: Type.Unsafe<WebChatSettings | ApiSettings>({
      type: 'object',
      additionalProperties: true,
      description: 'What can be set differs by channel.',
    }),
    enabled: Type.Boolean(),
    bot_webhook_id: Nullable(
      Type.String({ format: 'uuid', description: 'The webhook that is asked `chatbot.reply` when a customer writes.' }),
    ),
    identity_secrets: Type.Array(Type.Object({ id: Id, created_at: Time }), {
      description: 'The live secrets of identity verification, without the secrets themselves.',
    }),
    created_at: Time,
    updated_at: Time,
  },
  { title: 'Inbox' },
)
export type Inbox = Static<typeof Inbox>

const NAME_LENGTH = 100
/** The look-up that a bot answers. */
export const CHATBOT_REPLY = 'chatbot.reply'
const Bot = Nullable(
  Type.String({
    format: 'uuid',
    description: `A webhook registered for the look-up \`${CHATBOT_REPLY}\`; \`null\` for no bot.`,
  }),
)

/** Settings are checked by the schema of the channel, in settings.ts. */
export const InboxInput = Body({
  name: Text(NAME_LENGTH),
  channel: OneOf(CHANNELS),
  settings: Type.Optional(Json),
  enabled: Type.Optional(Type.Boolean()),
  bot_webhook_id: Type.Optional(Bot),
})
export type InboxInput = Static<typeof InboxInput>

export const InboxPatch = Body({
  name: Type.Optional(Text(NAME_LENGTH)),
  settings: Type.Optional(Json),
  enabled: Type.Optional(Type.Boolean()),
  bot_webhook_id: Type.Optional(Bot),
})
export type InboxPatch = Static<typeof InboxPatch>

export const IdentitySecret = Type.Object(
  {
    id: Id,
    object: Type.Literal('identity_secret'),
    inbox_id: Id,
    secret: Type.String({ description: 'Shown this once. Sign with it on your server, never in a page.' }),
    created_at: Time,
  },
  { title: 'IdentitySecret' },
)
export type IdentitySecret = Static<typeof IdentitySecret>
