/** How many requests there were, by minute and caller: counted in memory, taken away by whoever keeps them. */
import { MINUTE } from './time.ts'

export interface UsageCaller {
  readonly workspace_id: string
  /** Null for people, who call by session. */
  readonly key_id: string | null
}

export interface Used extends UsageCaller {
  readonly minute: Date
  /** Those that were let through. */
  readonly requests: number
  readonly refused: number
}

export interface UsageCounts {
  note(caller: UsageCaller, outcome: 'taken' | 'refused', now: Date): void
  /** Everything counted since the last time; from here on it is the caller's. */
  take(): Used[]
  /** Counts again what could not be kept. */
  giveBack(counts: readonly Used[]): void
}

/** Callers and minutes held at once. While nothing can be kept, what is beyond that is not counted. */
const AT_MOST = 50_000

export function openUsageCounts(): UsageCounts {
  let counts = new Map<string, { -readonly [K in keyof Used]: Used[K] }>()

  const add = (count: Used) => {
    const name = `${count.minute.getTime()}:${count.workspace_id}:${count.key_id ?? ''}`
    const known = counts.get(name)
    if (!known) {
      if (counts.size < AT_MOST) counts.set(name, { ...count })
      return
    }
    known.requests += count.requests
    known.refused += count.refused
  }

  return {
    note: (caller, outcome, now) => {
      const minute = new Date(Math.floor(now.getTime() / MINUTE) * MINUTE)
      const isRefused = outcome === 'refused'
      add({ ...caller, minute, requests: isRefused ? 0 : 1, refused: isRefused ? 1 : 0 })
    },
    take: () => {
      const taken = [...counts.values()]
      counts = new Map()
      return taken
    },
    giveBack: (kept) => {
      for (const count of kept) add(count)
    },
  }
}
