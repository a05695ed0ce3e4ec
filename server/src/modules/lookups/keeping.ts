/** Answers that hold for a while, in the memory of this process: as many as fit, the oldest go first. */
import type { Kernel } from '../../kernel/kernel.ts'

interface Kept {
  readonly answer: unknown
  readonly until: number
}

const AT_MOST = 5_000
const stores = new WeakMap<Kernel['database'], Map<string, Kept>>()

function storeOf(kernel: Kernel): Map<string, Kept> {
  const known = stores.get(kernel.database) ?? new Map<string, Kept>()
  stores.set(kernel.database, known)
  return known
}

export function recall(kernel: Kernel, key: string): { answer: unknown } | undefined {
  const kept = storeOf(kernel).get(key)
  return kept && kept.until > performance.now() ? kept : undefined
}

export function keep(kernel: Kernel, key: string, { answer, seconds }: { answer: unknown; seconds: number }): void {
  const store = storeOf(kernel)
  store.delete(key)
  store.set(key, { answer, until: performance.now() + seconds * 1_000 })
  for (const oldest of store.keys()) {
    if (store.size <= AT_MOST) return
    store.delete(oldest)
  }
}
