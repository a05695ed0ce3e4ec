/** When and from where a key was last used: written in batches, at most once a minute for each, after the request. */
import type { Kernel } from '../../kernel/kernel.ts'
import { MINUTE, SECOND } from '../../kernel/time.ts'
import * as queries from './queries.ts'
import type { Row } from './schema.ts'

const WRITE_AFTER = 1 * SECOND

/** The keys used since the last write, per database. */
const pending = new WeakMap<Kernel['database'], Map<string, queries.Use>>()

/** Notes that a key was used. Lost when the process dies within a second: it is a hint, not a record. */
export function noteUse(kernel: Kernel, key: Pick<Row, 'id' | 'last_used_at'>, use: Omit<queries.Use, 'id'>): void {
  if (key.last_used_at !== null && use.at.getTime() - key.last_used_at.getTime() < MINUTE) return
  const waiting = pending.get(kernel.database)
  const uses = waiting ?? new Map<string, queries.Use>()
  uses.set(key.id, { id: key.id, ...use })
  if (waiting) return
  pending.set(kernel.database, uses)
  setTimeout(() => void flush(kernel), WRITE_AFTER).unref()
}

async function flush(kernel: Kernel): Promise<void> {
  const uses = [...(pending.get(kernel.database)?.values() ?? [])]
  pending.delete(kernel.database)
  if (kernel.database.pool.ending) return
  try {
    await queries.touch({ db: kernel.database.kysely }, uses)
  } catch (error) {
    kernel.log.warn({ err: error instanceof Error ? error.message : String(error) }, 'the use of keys was not noted')
  }
}
