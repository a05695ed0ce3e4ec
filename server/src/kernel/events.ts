/** Facts: declared with a schema and the scope that reads them, written with the change they describe. */
import { isDeepStrictEqual } from 'node:util'
import { sql } from 'kysely'
import type { Static, TSchema } from 'typebox'
import type { Tx } from './context.ts'
import { newId } from './ids.ts'

export interface EventType<D extends TSchema = TSchema> {
  readonly type: string
  /** The scope that reads it: feed, socket and webhooks leave it out for everyone else. */
  readonly scope: string
  readonly summary: string
  readonly data: D
}

const declared = new Map<string, EventType>()

/** Declares a fact. `data` holds the whole object under its noun, as GET answers it, without secrets and signed URLs. */
export function defineEvent<D extends TSchema>(type: string, spec: Omit<EventType<D>, 'type'>): EventType<D> {
  if (declared.has(type)) throw new Error(`The event ${type} is declared twice.`)
  const event = { type, ...spec }
  declared.set(type, event)
  return event
}

/** Every fact declared so far, by type. */
export function declaredEvents(): ReadonlyMap<string, EventType> {
  return declared
}

/** Writes the fact in the transaction of its change, after the row it is about has been locked: see outbox.ts. Returns its id. */
export async function emit<D extends TSchema>(
  tx: Tx,
  event: EventType<D>,
  fact: { data: Static<D>; previous?: Readonly<Record<string, unknown>> },
): Promise<string> {
  const id = newId()
  await sql`
    insert into outbox (id, workspace_id, type, actor_type, actor_id, actor_name, data, previous, created_at)
    values (${id}, ${tx.workspace_id}, ${event.type}, ${tx.actor.type}, ${tx.actor.id}, ${tx.actor.name},
      ${JSON.stringify(fact.data)}, ${fact.previous ? JSON.stringify(fact.previous) : null}, ${tx.now()})
  `.execute(tx.db)
  tx.afterCommit(tx.kernel.outbox.wake)
  return id
}

/** For `previous`: the old values of what differs between an object as it was and as it is; null when nothing does. */
export function oldValues<T extends object>(before: T, after: T): Partial<T> | null {
  const now = new Map(Object.entries(after))
  const changed = Object.entries(before).filter(
    ([key, value]) => key !== 'updated_at' && !isDeepStrictEqual(value, now.get(key)),
  )
  if (changed.length === 0) return null
  return Object.fromEntries(changed) as Partial<T> // entries of T
}
