/** A contact as it is stored and as it is answered, and what may be said of one. */
import { type Static, Type } from 'typebox'
import { Body, Id, Json, Nullable, Text, Time } from '../../kernel/schema.ts'
import { TagNames } from '../attributes/schema.ts'

export type CustomData = Record<string, string | number | boolean>
export type IdentityKind = 'email' | 'external_id' | 'phone'

export type Tables = {
  contacts: {
    workspace_id: string
    id: string
    number: number
    email: string | null
    phone: string | null
    phone_raw: string | null
    external_id: string | null
    name: string | null
    first_name: string | null
    last_name: string | null
    language: string | null
    time_zone: string | null
    country: string | null
    city: string | null
    job_title: string | null
    avatar_url: string | null
    tags: string[]
    custom_data: CustomData
    verified: boolean
    last_seen_at: Date | null
    search: string
    version: number
    created_at: Date
    updated_at: Date
    deleted_at: Date | null
    emptied_at: Date | null
  }
  contact_identities: {
    workspace_id: string
    kind: IdentityKind
    value: string
    contact_id: string
    claimed: boolean
  }
  contact_tags: { workspace_id: string; tag_id: string; contact_id: string }
}
export type Row = Tables['contacts']

const text = Nullable(Type.String())

export const Contact = Type.Object(
  {
    id: Id,
    object: Type.Literal('contact'),
    number: Type.Integer(),
    email: text,
    emails: Type.Array(Type.String()),
    phone: Nullable(Type.String({ description: 'E.164, or null where no number could be made of `phone_raw`.' })),
    phone_raw: Nullable(Type.String({ description: 'As it was given.' })),
    phones: Type.Array(Type.String()),
    external_id: text,
    name: text,
    first_name: text,
    last_name: text,
    gender: text,
    birthday: text,
    language: text,
    time_zone: text,
    country: text,
    city: text,
    company: text,
    company_id: Nullable(Id),
    job_title: text,
    avatar_url: text,
    status: text,
    lead_score: Nullable(Type.Integer()),
    tags: Type.Array(Type.String()),
    custom_fields: Json,
    custom_data: Json,
    verified: Type.Boolean({ description: 'Whether an identity of theirs has been proven by a signature.' }),
    last_seen_at: Nullable(Time),
    created_at: Time,
    updated_at: Time,
  },
  { title: 'Contact' },
)
export type Contact = Static<typeof Contact>

const Email = Type.String({ format: 'email', maxLength: 254 })
const Country = Type.String({ pattern: '^[A-Za-z]{2}$', description: 'ISO 3166-1 alpha-2.' })
const Language = Type.String({ pattern: '^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$', maxLength: 35, description: 'BCP 47.' })
const CustomDataPatch = Type.Unsafe<Record<string, string | number | boolean | null>>({
  type: 'object',
  propertyNames: { pattern: '^[A-Za-z0-9_.-]{1,64}$' },
  additionalProperties: { type: ['string', 'number', 'boolean', 'null'] },
  description: 'Your own data: scalars, merged key by key; null removes a key. At most 64 keys and 16 KiB.',
})

export const ContactWrite = Body({
  email: Type.Optional(Nullable(Email)),
  phone: Type.Optional(Nullable(Text(64))),
  external_id: Type.Optional(Nullable(Text(255))),
  name: Type.Optional(Nullable(Text(255))),
  first_name: Type.Optional(Nullable(Text(255))),
  last_name: Type.Optional(Nullable(Text(255))),
  language: Type.Optional(Nullable(Language)),
  time_zone: Type.Optional(Nullable(Text(64, { description: 'An IANA name, such as Europe/Paris.' }))),
  country: Type.Optional(Nullable(Country)),
  city: Type.Optional(Nullable(Text(255))),
  job_title: Type.Optional(Nullable(Text(255))),
  tags: Type.Optional(TagNames),
  custom_data: Type.Optional(CustomDataPatch),
})
/** What a caller says of a contact. Left out: stays; null: is emptied. */
export type ContactWrite = Static<typeof ContactWrite>
