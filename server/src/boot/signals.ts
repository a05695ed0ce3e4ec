/** SIGINT, SIGTERM and SIGHUP all mean: stop well. Before there is anything to stop well, they end the process. */

const NUMBERS = { SIGHUP: 1, SIGINT: 2, SIGTERM: 15 } as const
/** A second signal within this time is the same Ctrl-C, passed on by a parent; a later one means: at once. */
const SAME_SIGNAL_MS = 1_000

const PARENT_MS = 200

export interface Signals {
  /** From now on the first signal calls `drain`. */
  drainWith(drain: (cause: string) => void): void
  /** The end of the parent counts as a SIGTERM: npm's shell dies of one without passing it on. */
  followParent(): void
}

export function listenForSignals(): Signals {
  let drain: ((cause: string) => void) | null = null
  let first = 0
  const hear = (signal: keyof typeof NUMBERS) => {
    if (first > 0) {
      if (Date.now() - first > SAME_SIGNAL_MS) process.exit(1)
      return
    }
    first = Date.now()
    // What runs beside this process is ended by the exit listeners of those who started it.
    if (!drain) process.exit(128 + NUMBERS[signal])
    drain(signal)
  }
  for (const signal of ['SIGHUP', 'SIGINT', 'SIGTERM'] as const) process.on(signal, hear)
  return {
    drainWith: (next) => {
      drain = next
    },
    followParent: () => {
      const parent = process.ppid
      const timer = setInterval(() => {
        if (process.ppid === parent) return
        clearInterval(timer)
        hear('SIGTERM')
      }, PARENT_MS)
      timer.unref()
    },
  }
}
