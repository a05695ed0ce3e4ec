/** An endpoint, a delivery and its attempts, as they are stored and as they are answered. */
import { type Static, Type } from 'typebox'
import { LONGEST_BUDGET } from '../../kernel/lookups.ts'
import { Body, Count, Id, Nullable, OneOf, Text, Time } from '../../kernel/schema.ts'

export const REASONS = ['user', 'gone', 'failing'] as const
export type Reason = (typeof REASONS)[number]
export const STATUSES = ['pending', 'succeeded', 'failed'] as const
export type Status = (typeof STATUSES)[number]
export const KINDS = ['event', 'lookup'] as const
const PAYLOAD_VERSIONS = ['v1'] as const

export interface StoredSecret {
  /** Encrypted with the server's secret. */
  readonly sealed: string
  readonly created_at: string
  /** Null for the one that stays. */
  readonly expires_at: string | null
}

export interface Row {
  workspace_id: string
  id: string
  url: string
  description: string | null
  events: string[]
  /** Look-ups it answers. */
  lookups: string[]
  /** Milliseconds it has for an answer; null for what the look-up says. */
  lookup_timeout_ms: number | null
  format: string
  payload_version: (typeof PAYLOAD_VERSIONS)[number]
  enabled: boolean
  disabled_reason: Reason | null
  disabled_at: Date | null
  /** Names to values, each value encrypted. */
  headers: Record<string, string>
  secrets: StoredSecret[]
  version: number
  created_at: Date
  updated_at: Date
  deleted_at: Date | null
  failing_since: Date | null
  /** Look-ups that failed since the last one that was answered. */
  lookup_failures: number
  lookups_paused_until: Date | null
}

export interface DeliveryRow {
  workspace_id: string
  webhook_id: string
  id: string
  kind: (typeof KINDS)[number]
  event_type: string
  stream: string
  position: number | null
  status: Status
  attempts: number
  round: number
  next_attempt_at: Date | null
  response_status: number | null
  error: string | null
  created_at: Date
  finished_at: Date | null
}

export interface AttemptRow {
  number: number
  at: Date
  duration_ms: number
  url: string
  request_headers: Record<string, string>
  request_body: string | null
  response_status: number | null
  response_headers: Record<string, string> | null
  response_body: string | null
  response_truncated: boolean
  error: string | null
  error_detail: string | null
}

export const MASK = '********'
const Headers = Type.Unsafe<Record<string, string>>({
  type: 'object',
  additionalProperties: { type: 'string' },
  description: `Sent with every request. A value is never shown again: in its place stands \`${MASK}\`.`,
})

export const Webhook = Type.Object(
  {
    id: Id,
    object: Type.Literal('webhook'),
    url: Type.String(),
    description: Nullable(Type.String()),
    events: Type.Array(Type.String()),
    lookups: Type.Array(Type.String({ description: 'Look-ups it answers.' })),
    lookup_timeout_ms: Nullable(Type.Integer({ description: 'Null for what the look-up says.' })),
    lookups_paused_until: Nullable(
      Type.String({
        format: 'date-time',
        description: 'Look-ups failed several times in a row: until then it is not asked, then once for a try.',
      }),
    ),
    payload_version: OneOf(PAYLOAD_VERSIONS, 'The shape of the body.'),
    enabled: Type.Boolean(),
    disabled_reason: Nullable(
      OneOf(REASONS, 'Switched off by a `user`, because it answered 410 (`gone`), or after five days of failures.'),
    ),
    disabled_at: Nullable(Time),
    failing_since: Nullable(Time),
    headers: Headers,
    secrets: Type.Array(Type.Object({ created_at: Time, expires_at: Nullable(Time) }), {
      description: 'The secrets that sign, newest first, without the secrets themselves.',
    }),
    created_at: Time,
    updated_at: Time,
  },
  { title: 'Webhook' },
)
export type Webhook = Static<typeof Webhook>

const NewSecret = Type.String({
  description: 'What the receiver verifies with: `whsec_` and base64. Shown this once.',
})
export const WebhookWithSecret = Type.Object(
  { ...Webhook.properties, secret: NewSecret },
  { title: 'WebhookWithSecret' },
)
export type WebhookWithSecret = Static<typeof WebhookWithSecret>

const Url = Type.String({
  minLength: 1,
  maxLength: 2_000,
  description: 'An https URL without credentials and fragment.',
})
const Patterns = Type.Array(Text(100), {
  maxItems: 200,
  description: 'Event types, `noun.*` for all of a noun, `*` for everything. None only beside look-ups.',
})
const Lookups = Type.Array(Text(100), {
  maxItems: 50,
  description: 'Look-ups it answers, as `GET /v1/lookups` names them.',
})
const LookupTimeout = Nullable(
  Type.Integer({ minimum: 100, maximum: LONGEST_BUDGET, description: 'Null for what the look-up says.' }),
)
const HeadersInput = Type.Unsafe<Record<string, string | null>>({
  type: 'object',
  maxProperties: 20,
  propertyNames: { pattern: "^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,64}$" },
  additionalProperties: { type: ['string', 'null'], maxLength: 1_024, pattern: '^[\\t\\x20-\\x7e]*$' },
  description: 'Merged with those there are; `null` removes one.',
})
// Base64 of 24 to 64 bytes in its one spelling: another library would read another key out of a sloppy one.
const B64 = '[A-Za-z0-9+/]'
const [ONE_MORE, TWO_MORE] = [`${B64}[AQgw]==`, `${B64}{2}[AEIMQUYcgkosw048]=`]
const OwnSecret = Type.String({
  pattern: `^whsec_(?:(?:${B64}{4}){8,20}(?:${ONE_MORE}|${TWO_MORE})?|(?:${B64}{4}){21}(?:${ONE_MORE})?)$`,
  description: 'A secret of your own: `whsec_` and 24 to 64 bytes in base64. One is made when this is left out.',
})

export const WebhookInput = Body({
  url: Url,
  description: Type.Optional(Nullable(Text(500))),
  events: Type.Optional(Patterns),
  lookups: Type.Optional(Lookups),
  lookup_timeout_ms: Type.Optional(LookupTimeout),
  payload_version: Type.Optional(OneOf(PAYLOAD_VERSIONS)),
  enabled: Type.Optional(Type.Boolean()),
  headers: Type.Optional(HeadersInput),
  secret: Type.Optional(OwnSecret),
})
export type WebhookInput = Static<typeof WebhookInput>

export const WebhookPatch = Body({
  url: Type.Optional(Url),
  description: Type.Optional(Nullable(Text(500))),
  events: Type.Optional(Patterns),
  lookups: Type.Optional(Lookups),
  lookup_timeout_ms: Type.Optional(LookupTimeout),
  payload_version: Type.Optional(OneOf(PAYLOAD_VERSIONS)),
  enabled: Type.Optional(Type.Boolean()),
  headers: Type.Optional(HeadersInput),
})
export type WebhookPatch = Static<typeof WebhookPatch>

export const Rotation = Body({
  secret: Type.Optional(OwnSecret),
  overlap_seconds: Type.Optional(
    Type.Integer({
      minimum: 0,
      maximum: 604_800,
      description: 'For how long the secret before this one signs as well. A day when left out.',
    }),
  ),
})
export type Rotation = Static<typeof Rotation>

export const Delivery = Type.Object(
  {
    id: Type.String({ format: 'uuid', description: 'What `webhook-id` says: the id of the event.' }),
    object: Type.Literal('webhook_delivery'),
    webhook_id: Id,
    kind: OneOf(KINDS),
    event_type: Type.String(),
    status: OneOf(STATUSES),
    attempts_count: Count,
    next_attempt_at: Nullable(Time),
    response_status: Nullable(Type.Integer()),
    error: Nullable(Type.String({ description: 'Why the last attempt had no answer.' })),
    created_at: Time,
    finished_at: Nullable(Time),
  },
  { title: 'WebhookDelivery' },
)
export type Delivery = Static<typeof Delivery>

const Attempt = Type.Object({
  number: Count,
  at: Time,
  duration_ms: Count,
  url: Type.String(),
  request_headers: Headers,
  response: Nullable(
    Type.Object({
      status: Type.Integer(),
      headers: Type.Record(Type.String(), Type.String()),
      body: Type.String({ description: 'At most its first 64 KiB.' }),
      truncated: Type.Boolean(),
    }),
  ),
  error: Nullable(Type.Object({ code: Type.String(), detail: Type.String() })),
})

export const DeliveryWithAttempts = Type.Object(
  {
    ...Delivery.properties,
    request_body: Nullable(Type.String({ description: 'What is sent; null once the event is no longer kept.' })),
    attempts: Type.Array(Attempt),
  },
  { title: 'WebhookDeliveryWithAttempts' },
)
export type DeliveryWithAttempts = Static<typeof DeliveryWithAttempts>

export const ReplayInput = Body({
  delivery_id: Type.Optional(Id),
  since: Type.Optional(Type.String({ format: 'date-time', description: 'At most 30 days ago.' })),
  status: Type.Optional(
    OneOf(['failed', 'all'], 'With `since`: only what failed, or everything. `failed` when left out.'),
  ),
})
export type ReplayInput = Static<typeof ReplayInput>

export const Replay = Type.Object(
  {
    object: Type.Literal('webhook_replay'),
    webhook_id: Id,
    delivery_id: Nullable(Id),
    since: Nullable(Time),
    status: Nullable(OneOf(['failed', 'all'])),
  },
  { title: 'WebhookReplay' },
)
export type Replay = Static<typeof Replay>
