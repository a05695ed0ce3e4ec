/** A tag as it is stored and as it is answered, and lists of their names as other nouns carry them. */
import { type Static, Type } from 'typebox'
import { Body, Id, Nullable, Text, Time } from '../../kernel/schema.ts'

export const NAME_LENGTH = 64
export const TAGS_AT_MOST = 50

export type Tables = {
  tags: {
    workspace_id: string
    id: string
    number: number
    name: string
    name_key: string
    color: string | null
    version: number
    created_at: Date
    updated_at: Date
    deleted_at: Date | null
  }
}
export type Row = Tables['tags']

export const Tag = Type.Object(
  {
    id: Id,
    object: Type.Literal('tag'),
    number: Type.Integer(),
    name: Type.String(),
    color: Nullable(Type.String({ description: '`#rrggbb`.' })),
    created_at: Time,
    updated_at: Time,
  },
  { title: 'Tag' },
)
export type Tag = Static<typeof Tag>

/** The tags of an object, as it carries them: names. Those that do not exist yet are made. */
export const TagNames = Type.Array(Text(NAME_LENGTH), { maxItems: TAGS_AT_MOST })

const Color = Nullable(Type.String({ pattern: '^#[0-9A-Fa-f]{6}$', description: '`#rrggbb`.' }))

export const TagInput = Body({ name: Text(NAME_LENGTH), color: Type.Optional(Color) })
export type TagInput = Static<typeof TagInput>

export const TagPatch = Body({ name: Type.Optional(Text(NAME_LENGTH)), color: Type.Optional(Color) })
export type TagPatch = Static<typeof TagPatch>
