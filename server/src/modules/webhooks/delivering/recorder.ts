/** Writes down what came of attempts: all that came while the last ones were being written, in one statement. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Log } from '../../../kernel/log.ts'
import { SECOND } from '../../../kernel/time.ts'
import { type Outcome, recordOutcomes } from './queries.ts'

export interface Recorder {
  /** Resolves once it has been committed. Tries until it is; rejects when it is given up at the end. */
  add(outcome: Outcome): Promise<void>
  /** Gives up what cannot be written. */
  stop(): void
}

interface Waiting {
  readonly outcome: Outcome
  readonly resolve: () => void
  readonly reject: (error: Error) => void
}

const AT_ONCE = 100
const PAUSE = 1 * SECOND

export function openRecorder(db: Parameters<typeof recordOutcomes>[0], log: Log): Recorder {
  let waiting: Waiting[] = []
  let isWriting = false
  let isStopped = false

  const write = async () => {
    isWriting = true
    while (waiting.length > 0) {
      const some = waiting.slice(0, AT_ONCE)
      try {
        await recordOutcomes(
          db,
          some.map((one) => one.outcome),
        )
        waiting = waiting.slice(some.length)
        for (const one of some) one.resolve()
      } catch (error) {
        const err = error instanceof Error ? error : new Error(String(error))
        if (isStopped) return void giveUp(err)
        log.warn({ err: err.message }, 'what came of deliveries cannot be written down')
        await sleep(PAUSE)
      }
    }
    isWriting = false
  }
  const giveUp = (error: Error) => {
    for (const one of waiting) one.reject(error)
    waiting = []
  }

  return {
    add: (outcome) =>
      new Promise((resolve, reject) => {
        waiting.push({ outcome, resolve, reject })
        if (!isWriting) void write()
      }),
    stop: () => {
      isStopped = true
    },
  }
}
