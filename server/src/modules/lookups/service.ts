/** Look-ups: questions that a customer's own server answers in the middle of our work. */
import type { Ctx } from '../../kernel/context.ts'
import { invalidField } from '../../kernel/errors.ts'
import { type DeclaredLookup, declaredLookups } from '../../kernel/lookups.ts'
import type { List } from '../../kernel/schema.ts'
import * as webhooks from '../webhooks/service.ts'
import type { Lookup } from './schema.ts'

export { type Answered, ask } from './asking.ts'

/** Everything that may be asked, by type. */
export function list(): List<Lookup> {
  const data = [...declaredLookups().values()].toSorted((a, b) => (a.type < b.type ? -1 : 1)).map(present)
  return { object: 'list', data, has_more: false, next_cursor: null }
}

/** Refuses, at `pointer`, an id that is no endpoint registered for a look-up. */
export async function requireEndpoint(ctx: Ctx, id: string, { type, pointer }: { type: string; pointer: string }) {
  const endpoint = await webhooks.find(ctx, id)
  if (!endpoint) throw invalidField(pointer, 'not_found', 'There is no such webhook.')
  if (!endpoint.lookups.includes(type)) {
    throw invalidField(pointer, 'lookup_missing', `This webhook is not registered for the look-up ${type}.`)
  }
}

function present(lookup: DeclaredLookup): Lookup {
  return {
    type: lookup.type,
    object: 'lookup',
    summary: lookup.summary,
    request: { ...lookup.request },
    answer: { ...lookup.answer },
    timeout_ms: lookup.budget,
    fallback: lookup.fallback.says,
    cache_seconds: lookup.cache?.seconds ?? 0,
  }
}
