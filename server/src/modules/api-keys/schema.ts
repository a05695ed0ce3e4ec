/** An API key as it is stored, and as it is shown the one time. */
import { type Static, Type } from 'typebox'
import { Id, Nullable, OneOf, Text } from '../../kernel/schema.ts'
import { ROLES, User } from '../users/schema.ts'
import { MODES, PLANS } from '../workspaces/schema.ts'

export type Tables = {
  api_keys: {
    id: string
    workspace_id: string
    name: string
    secret_hash: Buffer
    scopes: string[]
    user_id: string | null
    active: boolean
    requests_per_minute: number | null
    expires_at: Date | null
    last_used_at: Date | null
    revoked_at: Date | null
    created_at: Date
  }
}

export const KeyInput = Type.Object(
  {
    name: Text(200),
    scopes: Type.Array(Text(64), { minItems: 1, maxItems: 100 }),
    requests_per_minute: Type.Optional(Nullable(Type.Integer({ minimum: 1, maximum: 1_000_000 }))),
    expires_at: Type.Optional(Nullable(Type.String({ format: 'date-time' }))),
  },
  { additionalProperties: false },
)
export type KeyInput = Static<typeof KeyInput>

/** One credential in every form it may be written; never shown again. */
export interface NewKey {
  readonly id: string
  readonly bearer: string
  readonly ck: string
  readonly public_key: string
  readonly private_key: string
  readonly scopes: readonly string[]
}

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
