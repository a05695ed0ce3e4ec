/** Answers kept for a moment, so that what every request must know is not asked of the database by every request. */
import type { Kernel } from './kernel.ts'
import { SECOND } from './time.ts'

export interface Cache<T> {
  /** The answer kept, or the one `load` gives. Those who ask at once share one load; one that fails is not kept. */
  get(kernel: Kernel, key: string, load: () => Promise<T>): Promise<T>
  /** The answer kept, if there is one. */
  peek(kernel: Kernel, key: string): Promise<T> | undefined
  /** Forgets one answer, or all of them. Call it once the change has been committed. */
  forget(kernel: Kernel, key?: string): void
}

interface Kept<T> {
  readonly answer: Promise<T>
  readonly until: number
}

const KEPT = 2 * SECOND
const AT_MOST = 10_000

/** A cache of its own for each database. What another process changes is seen after at most two seconds. */
export function openCache<T>(): Cache<T> {
  const stores = new WeakMap<Kernel['database'], Map<string, Kept<T>>>()
  const storeOf = (kernel: Kernel): Map<string, Kept<T>> => {
    const known = stores.get(kernel.database)
    if (known) return known
    const made = new Map<string, Kept<T>>()
    stores.set(kernel.database, made)
    return made
  }
  const peek = (kernel: Kernel, key: string) => {
    const kept = storeOf(kernel).get(key)
    return kept && kept.until > performance.now() ? kept.answer : undefined
  }

  return {
    peek,
    get: (kernel, key, load) => {
      const known = peek(kernel, key)
      if (known) return known
      const store = storeOf(kernel)
      const answer = load()
      const kept = { answer, until: performance.now() + KEPT }
      store.delete(key)
      store.set(key, kept)
      answer.catch(() => store.get(key) === kept && store.delete(key))
      makeRoom(store)
      return answer
    },
    forget: (kernel, key) => {
      if (key === undefined) storeOf(kernel).clear()
      else storeOf(kernel).delete(key)
    },
  }
}

// A map keeps the order in which its keys were set: the first is the oldest.
function makeRoom(store: Map<string, unknown>): void {
  if (store.size <= AT_MOST) return
  for (const key of store.keys()) {
    store.delete(key)
    return
  }
}
