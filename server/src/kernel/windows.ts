/**
 * Fixed windows of a minute in this process's memory: how often each name was counted since its first time.
 *
 * All windows are equally long, so the order in which a map keeps its keys is that in which they end: those that have
 * ended are dropped from its front when one begins, and no window needs a timer.
 */
import { MINUTE } from './time.ts'

export interface Window {
  readonly used: number
  /** Milliseconds until it ends. */
  readonly resetIn: number
}

export interface Windows {
  /** How a name stands; of one that was not counted, a window that begins now. */
  look(name: string): Window
  count(name: string): Window
  /** Takes over what was counted elsewhere. */
  set(name: string, window: Window): void
  readonly size: number
}

/** Beyond that the oldest are forgotten: whoever floods us with names loosens limits, and fills no memory. */
const AT_MOST = 100_000

export function openWindows(clock: () => number = () => performance.now()): Windows {
  const windows = new Map<string, { used: number; until: number }>()

  const begin = (name: string, used: number, until: number, now: number) => {
    for (const [old, window] of windows) {
      if (window.until > now && windows.size < AT_MOST) break
      windows.delete(old)
    }
    windows.delete(name)
    windows.set(name, { used, until })
  }

  return {
    look: (name) => {
      const now = clock()
      const known = windows.get(name)
      return known && known.until > now
        ? { used: known.used, resetIn: known.until - now }
        : { used: 0, resetIn: MINUTE }
    },
    count: (name) => {
      const now = clock()
      const known = windows.get(name)
      if (known && known.until > now) {
        known.used++
        return { used: known.used, resetIn: known.until - now }
      }
      begin(name, 1, now + MINUTE, now)
      return { used: 1, resetIn: MINUTE }
    },
    set: (name, { used, resetIn }) => {
      const now = clock()
      const known = windows.get(name)
      if (!known || known.until <= now) return begin(name, used, now + resetIn, now)
      known.used = used
      known.until = now + resetIn
    },
    get size() {
      return windows.size
    },
  }
}
