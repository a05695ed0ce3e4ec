/** Schemas as the contract shows them: what has a title stands once, and what is sent says which text is refused. */

/** Everything but NUL, which the server refuses wherever it stands. Half of a surrogate pair is no text to begin with. */
const TEXT = '^[^\\u0000]*$'

/** What is answered. Schemas with a title stand once, under components. */
export function hoist(schema: unknown, schemas: Record<string, unknown>): unknown {
  if (Array.isArray(schema)) return schema.map((item) => hoist(item, schemas))
  if (!isObject(schema)) return schema
  const plain = Object.fromEntries(
    Object.entries(schema)
      .filter(([key]) => !key.startsWith('~'))
      .map(([key, value]) => [key, hoist(value, schemas)]),
  )
  const title = plain['title']
  if (typeof title !== 'string' || plain['type'] !== 'object') return plain
  schemas[title] = plain
  return { $ref: `#/components/schemas/${title}` }
}

/** What is sent: the same, and every text says what it must not hold. */
export function hoistAsked(schema: unknown, schemas: Record<string, unknown>): unknown {
  return hoist(sayText(schema), schemas)
}

function sayText(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(sayText)
  if (!isObject(schema)) return schema
  const plain = Object.fromEntries(Object.entries(schema).map(([key, value]) => [key, sayText(value)]))
  return isFreeText(plain) ? { ...plain, pattern: TEXT } : plain
}

const SAYS_ALREADY = ['pattern', 'format', 'enum', 'const']

function isFreeText(schema: Record<string, unknown>): boolean {
  const types = Array.isArray(schema['type']) ? schema['type'] : [schema['type']]
  return types.includes('string') && !SAYS_ALREADY.some((key) => key in schema)
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
