/** An API key as it is stored, as it is answered, and as it is shown the one time; and who a credential is. */
import { type Static, Type } from 'typebox'
import { Body, Id, Nullable, OneOf, Text, Time } from '../../kernel/schema.ts'
import { ROLES, User } from '../users/schema.ts'
import { ASKABLE } from '../users/service.ts'
import { MODES, MOST_REQUESTS, type Mode, PLANS } from '../workspaces/schema.ts'
import { ALLOWED_AT_MOST } from './allow.ts'

export type Tables = {
  api_keys: {
    id: string
    workspace_id: string
    name: string
    secret_hash: Buffer
    /** The secret before, for as long as it still works; null for none. */
    old_secret_hash: Buffer | null
    old_secret_expires_at: Date | null
    scopes: string[]
    user_id: string | null
    active: boolean
    allow: string[]
    requests_per_minute: number | null
    expires_at: Date | null
    last_used_at: Date | null
    last_used_address: string | null
    revoked_at: Date | null
    version: number
    created_at: Date
    updated_at: Date
  }
}
export type Row = Tables['api_keys']
/** A key among those of a workspace and its twin. */
export type KnownRow = Row & { readonly mode: Mode; readonly parent_id: string | null }

const NAME_LENGTH = 200
const OVERLAP_AT_MOST = 7 * 24 * 60 * 60

const fields = {
  id: Type.String({
    pattern: '^[0-9a-z]{16}$',
    description: 'The public half of the credential.',
    examples: ['k3yq7w2m9x4c8v1b'],
  }),
  object: Type.Literal('api_key'),
  name: Type.String(),
  scopes: Type.Array(Type.String()),
  mode: OneOf(MODES, 'A test key acts in the sandbox twin.'),
  active: Type.Boolean({ description: 'One that is switched off is refused like one that is unknown.' }),
  allow: Type.Array(Type.String(), { description: 'From where it may be used; from anywhere when empty.' }),
  requests_per_minute: Nullable(Type.Integer({ description: 'A limit of its own beside the plan’s; null for none.' })),
  expires_at: Nullable(Time),
  last_used_at: Nullable(
    Type.String({
      format: 'date-time',
      description: 'Noted at most once a minute, a moment later, and told by no event.',
    }),
  ),
  last_used_address: Nullable(Type.String({ description: 'The address it was then used from.' })),
  old_secret_expires_at: Nullable(
    Type.String({
      format: 'date-time',
      description: 'Until when the secret before the last rotation works, or worked.',
    }),
  ),
  user_id: Nullable(
    Type.String({
      format: 'uuid',
      description: 'Who made it: it acts for them, may do no more than they may, and ends with them.',
    }),
  ),
  created_at: Time,
  updated_at: Time,
}

export const ApiKey = Type.Object(fields, { title: 'ApiKey' })
export type ApiKey = Static<typeof ApiKey>

const once = 'Shown this once.'
export const ShownApiKey = Type.Object(
  {
    ...fields,
    bearer: Type.String({ description: `${once} \`Authorization: Bearer …\`` }),
    ck: Type.String({ description: `${once} The same credential in another spelling, also sent as a bearer.` }),
    public_key: Type.String({ description: 'For the header `Public-Key`; the id.' }),
    private_key: Type.String({ description: `${once} For the header \`Private-Key\`.` }),
  },
  { title: 'ShownApiKey', description: 'A key with its secret, in every form it may be written.' },
)
export type ShownApiKey = Static<typeof ShownApiKey>

const Scopes = Type.Array(OneOf(ASKABLE, '`resource:action`, `resource:*`, or `*`.'), { minItems: 1, maxItems: 100 })
const Limit = Nullable(Type.Integer({ minimum: 1, maximum: MOST_REQUESTS }))
const End = Nullable(Type.String({ format: 'date-time', description: 'In the future; null for none.' }))
const Allow = Type.Array(Text(300), {
  maxItems: ALLOWED_AT_MOST,
  description:
    'Addresses, networks (CIDR) and domains. One match is enough; an empty list allows all. A domain is compared, its subdomains with it, with the host of `Origin`, or of `Referer` without one: it keeps other sites’ pages out, not programs.',
})

export const KeyInput = Body({
  name: Text(NAME_LENGTH),
  scopes: Scopes,
  mode: Type.Optional(OneOf(MODES, 'That of the workspace when left out. A sandbox makes test keys only.')),
  active: Type.Optional(Type.Boolean()),
  allow: Type.Optional(Allow),
  requests_per_minute: Type.Optional(Limit),
  expires_at: Type.Optional(End),
})
export type KeyInput = Static<typeof KeyInput>

export const KeyPatch = Body({
  name: Type.Optional(Text(NAME_LENGTH)),
  scopes: Type.Optional(Scopes),
  active: Type.Optional(Type.Boolean()),
  allow: Type.Optional(Allow),
  requests_per_minute: Type.Optional(Limit),
  expires_at: Type.Optional(End),
})
export type KeyPatch = Static<typeof KeyPatch>

export const RotationInput = Body({
  overlap_seconds: Type.Optional(
    Type.Integer({
      minimum: 0,
      maximum: OVERLAP_AT_MOST,
      description: 'For how long the secret of now goes on working; it ends at once when left out.',
    }),
  ),
})

export const KeyParams = Type.Object({ id: fields.id })

const Place = Type.Object({
  id: Id,
  number: Type.Integer(),
  name: Type.String(),
  role: OneOf(ROLES),
  sandbox_id: Nullable(Id),
})

/** Who the credential is. */
export const Me = Type.Object(
  {
    object: Type.Literal('me'),
    type: OneOf(['user', 'key']),
    person: Nullable(Type.Object({ id: Id, email: Type.String(), name: Type.String() })),
    user: Nullable(User),
    key: Nullable(Type.Object({ id: Type.String(), name: Type.String(), mode: OneOf(MODES) })),
    scopes: Type.Array(Type.String()),
    workspace: Nullable(
      Type.Object({
        id: Id,
        number: Type.Integer(),
        name: Type.String(),
        plan: OneOf(PLANS),
        mode: OneOf(MODES),
        time_zone: Type.String(),
        locale: Type.String(),
      }),
    ),
    workspaces: Type.Array(Place),
  },
  { title: 'Me' },
)
export type Me = Static<typeof Me>
