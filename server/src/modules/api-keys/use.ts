/** When a key was last used: written at most once a minute for each, away from the request that used it. */
import type { Kernel } from '../../kernel/kernel.ts'
import { MINUTE, SECOND } from '../../kernel/time.ts'
import * as queries from './queries.ts'

const WRITE_AFTER = 1 * SECOND

/** The keys used since the last write, per database. */
const pending = new WeakMap<Kernel['database'], Set<string>>()

/** Notes that a key was used. Lost when the process dies within a second: it is a hint, not a record. */
export function noteUse(kernel: Kernel, key: Pick<queries.Row, 'id' | 'last_used_at'>, now: Date): void {
  if (key.last_used_at !== null && now.getTime() - key.last_used_at.getTime() < MINUTE) return
  const waiting = pending.get(kernel.database)
  if (waiting) {
    waiting.add(key.id)
    return
  }
  pending.set(kernel.database, new Set([key.id]))
  setTimeout(() => void flush(kernel, now), WRITE_AFTER).unref()
}

async function flush(kernel: Kernel, now: Date): Promise<void> {
  const ids = [...(pending.get(kernel.database) ?? [])]
  pending.delete(kernel.database)
  if (kernel.database.pool.ending) return
  try {
    await queries.touch({ db: kernel.database.kysely }, ids, now)
  } catch (error) {
    kernel.log.warn({ err: error instanceof Error ? error.message : String(error) }, 'the use of keys was not noted')
  }
}
