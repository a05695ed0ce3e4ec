/** The words that every noun's schema is made of. */
import { type Static, type TObject, type TSchema, type TUnsafe, Type } from 'typebox'

export const Id = Type.String({ format: 'uuid', description: 'A UUIDv7.' })
export const Time = Type.String({ format: 'date-time', description: 'ISO 8601, UTC, milliseconds.' })
export const Count = Type.Integer({ minimum: 0 })

/** One of a few words. */
export function OneOf<const T extends readonly string[]>(words: T, description?: string): TUnsafe<T[number]> {
  return Type.Unsafe<T[number]>({ type: 'string', enum: [...words], ...(description ? { description } : {}) })
}

/** The same, or null. Written as a type list, which validates and serialises faster than `anyOf`. */
export function Nullable<T extends TSchema>(schema: T): TUnsafe<Static<T> | null> {
  const plain = { ...schema } as Record<string, unknown> // a schema is a plain JSON object

  const words = plain['enum']
  if (typeof plain['type'] !== 'string') return Type.Unsafe<Static<T> | null>({ anyOf: [schema, { type: 'null' }] })
  return Type.Unsafe<Static<T> | null>({
    ...plain,
    type: [plain['type'], 'null'],
    ...(Array.isArray(words) ? { enum: [...words, null] } : {}),
  })
}

/** Text that people write: 1 to `max` characters. NUL and lone surrogates are refused before any schema is asked. */
export function Text(max: number, options: { min?: number; description?: string } = {}) {
  const { min = 1, ...rest } = options
  return Type.String({ minLength: min, maxLength: max, ...rest })
}

/** A body: unknown fields are refused by name. */
export function Body<P extends Record<string, TSchema>>(properties: P): TObject<P> {
  return Type.Object(properties, { additionalProperties: false })
}

/** An open JSON object whose values are anything. */
export const Json = Type.Unsafe<Record<string, unknown>>({ type: 'object', additionalProperties: true })

export function ListOf<T extends TSchema>(item: T) {
  return Type.Object({
    object: Type.Literal('list'),
    data: Type.Array(item),
    has_more: Type.Boolean(),
    next_cursor: Nullable(Type.String({ description: 'Pass it as `after` for the next page.' })),
  })
}

export interface List<T> {
  object: 'list'
  data: T[]
  has_more: boolean
  next_cursor: string | null
}
