/**
 * An example of what a schema describes. It is the schema's own where it has one, else the word that is known for the
 * name of a field, else the simplest thing that fits.
 */
import { isObject } from './openapi-schemas.ts'

/** Examples by the name of a field, or by `Title.name` where the name alone does not tell. */
export type Words = Readonly<Record<string, unknown>>

const AN_ID = '01994f3c-8d2e-7b61-9c0a-5f1d2e3c4b5a'
const A_TIME = '2026-03-09T14:02:11.480Z'

/** Everything a schema names, required or not: what an answer looks like. */
export function exampleOf(schema: unknown, words: Words, name = '', title = ''): unknown {
  if (!isObject(schema)) return null
  const examples = schema['examples']
  if (Array.isArray(examples)) return examples[0]
  if ('const' in schema) return schema['const']
  const known = [`${title}.${name}`, name].find((key) => key in words)
  if (name !== '' && known !== undefined && fits(schema, words[known])) return words[known]
  const choice = schema['enum']
  if (Array.isArray(choice)) return choice[0]
  for (const key of ['anyOf', 'oneOf']) {
    const options = schema[key]
    if (Array.isArray(options)) return exampleOf(options[0], words, name, title)
  }
  const all = schema['allOf']
  if (Array.isArray(all)) return Object.assign({}, ...all.map((part) => exampleOf(part, words, name, title)))
  return byType(schema, words, name)
}

function byType(schema: Record<string, unknown>, words: Words, name: string): unknown {
  const type = Array.isArray(schema['type']) ? schema['type'][0] : schema['type']
  if (type === 'object') return objectOf(schema, words, name)
  if (type === 'array') return schema['items'] === undefined ? [] : [exampleOf(schema['items'], words, singular(name))]
  if (type === 'integer' || type === 'number') return Math.max(1, Number(schema['minimum'] ?? 1))
  if (type === 'boolean') return true
  if (type === 'string') return textOf(schema)
  return null
}

function objectOf(schema: Record<string, unknown>, words: Words, name: string): Record<string, unknown> {
  const title = typeof schema['title'] === 'string' ? schema['title'] : name
  const properties = isObject(schema['properties']) ? Object.entries(schema['properties']) : []
  return Object.fromEntries(properties.map(([key, property]) => [key, exampleOf(property, words, key, title)]))
}

function textOf(schema: Record<string, unknown>): string {
  if (schema['format'] === 'uuid') return AN_ID
  if (schema['format'] === 'date-time') return A_TIME
  if (schema['format'] === 'email') return 'ada@example.com'
  if (schema['format'] === 'uri') return 'https://example.com'
  return 'text'
}

/** A word is for one kind of field: `status` of a message is no status of a conversation. */
function fits(schema: Record<string, unknown>, word: unknown): boolean {
  const choice = schema['enum']
  if (Array.isArray(choice)) return choice.includes(word)
  const types = Array.isArray(schema['type']) ? schema['type'] : [schema['type']]
  if (types[0] === undefined) return true
  if (word === null) return types.includes('null')
  if (Array.isArray(word)) return types.includes('array')
  if (typeof word === 'number') return types.includes('integer') || types.includes('number')
  return types.includes(typeof word)
}

function singular(name: string): string {
  return name.replace(/s$/, '')
}
