/** What an endpoint wants to hear: types as they are declared, all of a noun (`conversation.*`), or everything (`*`). */
import { invalidField } from '../../kernel/errors.ts'
import { declaredEvents } from '../../kernel/events.ts'
import { declaredLookups } from '../../kernel/lookups.ts'
import { webhookTest } from './events.ts'

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

/** Whether an endpoint with these patterns is told of a type. A test goes only where it was asked for. */
export function wants(patterns: readonly string[], type: string): boolean {
  return type !== webhookTest.type && patterns.some((pattern) => isMatch(pattern, type))
}

function isMatch(pattern: string, type: string): boolean {
  if (pattern === '*') return true
  if (pattern.endsWith('.*')) return type.startsWith(pattern.slice(0, -1))
  return pattern === type
}
