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

/** Where events go, and which. */
type Telling = Pick<Row, 'url' | 'events'>

/** Refuses to have somebody told what the caller may not read: through a new pattern, or by another URL for those of before. */
export function checkReadable(
  ctx: Pick<Ctx, 'scopes'>,
  to: Telling,
  before: Telling = { url: to.url, events: [] },
): void {
  for (const [index, pattern] of to.events.entries()) {
    const isKnown = before.events.includes(pattern)
    if (isKnown && to.url === before.url) continue
    const types = [...declaredEvents().keys()].filter((type) => isMatch(pattern, type))
    if (types.every((type) => mayRead(ctx, type))) continue
    const pointer = isKnown ? '/url' : `/events/${index}`
    throw invalidField(pointer, 'beyond', `You may not read all events that ${pattern} stands for.`)
  }
}

/** Whether the caller has the scope that reads a type. One that is declared no more is for those who may read everything. */
export function mayRead({ scopes }: Pick<Ctx, 'scopes'>, type: string): boolean {
  return allows(scopes, declaredEvents().get(type)?.scope ?? '*')
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
