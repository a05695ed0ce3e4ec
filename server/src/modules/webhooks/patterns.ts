/** What an endpoint wants to hear: types as they are declared, all of a noun (`conversation.*`), or everything (`*`). */
import type { Ctx } from '../../kernel/context.ts'
import { invalidField } from '../../kernel/errors.ts'
import { declaredEvents } from '../../kernel/events.ts'
import { allows } from '../../kernel/gate.ts'
import { declaredLookups } from '../../kernel/lookups.ts'
import { webhookTest } from './events.ts'
import type { Row } from './schema.ts'

/** Refuses what can never happen or be asked, by its place, and an endpoint that wants nothing at all. */
export function checkWanted({ events, lookups }: { events: readonly string[]; lookups: readonly string[] }): void {
  if (events.length + lookups.length === 0) {
    throw invalidField('/events', 'minItems', 'Name at least one event, or a look-up.')
  }
  checkPatterns(events)
  for (const [index, lookup] of lookups.entries()) {
    if (!declaredLookups().has(lookup)) throw invalidField(`/lookups/${index}`, 'unknown', 'There is no such look-up.')
  }
}

function checkPatterns(patterns: readonly string[]): void {
  const types = [...declaredEvents().keys()]
  for (const [index, pattern] of patterns.entries()) {
    if (!types.some((type) => isMatch(pattern, type))) {
      throw invalidField(`/events/${index}`, 'unknown', 'There is no such event.')
    }
  }
}

/** Where it goes, and what. */
type Telling = Pick<Row, 'url' | 'events' | 'lookups'>

/** Refuses to send what the caller may not read: something more than before, or what there was to another URL. */
export function checkReadable(
  ctx: Pick<Ctx, 'scopes'>,
  to: Telling,
  before: Telling = { url: to.url, events: [], lookups: [] },
): void {
  const all = [...declaredEvents().keys()]
  const told = (['events', 'lookups'] as const).flatMap((list) =>
    to[list].map((one, index) => ({
      pointer: before[list].includes(one) ? '/url' : `/${list}/${index}`,
      types: list === 'lookups' ? [one] : all.filter((type) => isMatch(one, type)),
    })),
  )
  for (const { pointer, types } of told) {
    if (pointer === '/url' && to.url === before.url) continue
    if (types.every((type) => mayRead(ctx, type))) continue
    throw invalidField(pointer, 'beyond', 'You may not read all that would be sent there.')
  }
}

/** Whether the caller may read what events or look-ups of a type hold. One that is declared no more is for who may do all. */
export function mayRead({ scopes }: Pick<Ctx, 'scopes'>, type: string): boolean {
  const event = declaredEvents().get(type)
  const needed = event ? [event.scope] : (declaredLookups().get(type)?.scopes ?? ['*'])
  return needed.every((scope) => allows(scopes, scope))
}

/** Whether an endpoint with these patterns is told of a type. A test goes only where it was asked for. */
export function wants(patterns: readonly string[], type: string): boolean {
  return type !== webhookTest.type && patterns.some((pattern) => isMatch(pattern, type))
}

function isMatch(pattern: string, type: string): boolean {
  if (pattern === '*') return true
  if (pattern.endsWith('.*')) return type.startsWith(pattern.slice(0, -1))
  return pattern === type
}
