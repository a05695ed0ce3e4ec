/**
 * What an endpoint receives. There is one format of our own; an endpoint that was made through the API of another vendor
 * names that vendor's, which the vendor's dialect declares with `defineFormat`.
 */
import type { KeyObject } from 'node:crypto'
import { iso } from '../../kernel/time.ts'
import { sign } from './signing.ts'

/** An event as it happened. */
export interface Told {
  readonly id: string
  readonly type: string
  readonly workspace_id: string
  readonly created_at: Date
  readonly data: Readonly<Record<string, unknown>>
  readonly previous: Readonly<Record<string, unknown>> | null
}

export interface Format {
  readonly body: (event: Told) => string
  /** The headers of one attempt at `at`, signed with each of the keys. */
  readonly headers: (
    message: { id: string; at: Date; body: string },
    keys: readonly KeyObject[],
  ) => Record<string, string>
}

const formats = new Map<string, Format>()

/** Declares a format. The same event always has the same body. */
export function defineFormat(name: string, format: Format): void {
  if (formats.has(name)) throw new Error(`The format ${name} is declared twice.`)
  formats.set(name, format)
}

export function formatOf(name: string): Format {
  const format = formats.get(name)
  if (!format) throw new Error(`Nobody has declared the format ${name}.`)
  return format
}

const bodies = new WeakMap<Told, Map<string, string>>()

/** The body of an event in a format; made once for all who receive it. */
export function bodyOf(name: string, event: Told): string {
  const made = bodies.get(event) ?? new Map<string, string>()
  const body = made.get(name) ?? formatOf(name).body(event)
  bodies.set(event, made.set(name, body))
  return body
}

defineFormat('antiphon', {
  body: ({ id, type, workspace_id, created_at, data }) =>
    JSON.stringify({ id, type, timestamp: iso(created_at), workspace_id, data }),
  headers: (message, keys) => ({ 'content-type': 'application/json', ...sign(keys, message) }),
})
