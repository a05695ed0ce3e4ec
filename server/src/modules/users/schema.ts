/** A user as it is stored and answered, the people behind them, and what each role may do. */
import { type Static, Type } from 'typebox'
import { Id, OneOf, Text, Time } from '../../kernel/schema.ts'

export const ROLES = ['viewer', 'agent', 'admin', 'owner'] as const
export type Role = (typeof ROLES)[number]

export const PRESENCES = ['online', 'away', 'offline'] as const
export type Presence = (typeof PRESENCES)[number]

export type Tables = {
  people: {
    id: string
    name: string
    email: string
    email_verified: boolean
    image: string | null
    created_at: Date
    updated_at: Date
  }
  sessions: {
    id: string
    person_id: string
    token: string
    expires_at: Date
    ip_address: string | null
    user_agent: string | null
    created_at: Date
    updated_at: Date
  }
  accounts: {
    id: string
    person_id: string
    provider_id: string
    account_id: string
    password: string | null
    created_at: Date
    updated_at: Date
  }
  sign_in_links: { token_hash: Buffer; person_id: string; expires_at: Date; created_at: Date }
  users: {
    workspace_id: string
    id: string
    number: number
    person_id: string
    role: Role
    presence: Presence
    version: number
    created_at: Date
    updated_at: Date
    removed_at: Date | null
  }
}

export const User = Type.Object(
  {
    id: Id,
    object: Type.Literal('user'),
    number: Type.Integer(),
    name: Type.String(),
    email: Type.String(),
    role: OneOf(ROLES),
    presence: OneOf(PRESENCES),
    created_at: Time,
    updated_at: Time,
  },
  { title: 'User' },
)
export type User = Static<typeof User>

export const UserInput = Type.Object(
  {
    email: Type.String({ format: 'email', maxLength: 254 }),
    name: Text(200),
    role: OneOf(ROLES),
    password: Type.Optional(Type.String({ minLength: 8, maxLength: 128 })),
  },
  { additionalProperties: false },
)
export type UserInput = Static<typeof UserInput>

export const UserPatch = Type.Partial(
  Type.Object({
    presence: OneOf(['online', 'away'], 'Of oneself only.'),
    name: Type.String({ minLength: 1, maxLength: 200, description: 'Of oneself only.' }),
    role: OneOf(ROLES, 'Needs the scope users:write.'),
  }),
  { additionalProperties: false },
)
export type UserPatch = Static<typeof UserPatch>
