/**
 * Writes down what came of attempts: what came while others were being written goes together, in one statement. A few are
 * written at a time, so that one that waits for the disk keeps nobody waiting.
 */
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
const WRITERS = 3
const PAUSE = 1 * SECOND

export function openRecorder(db: Parameters<typeof recordOutcomes>[0], log: Log): Recorder {
  let waiting: Waiting[] = []
  let writers = 0
  let isStopped = false

  const write = async () => {
    writers++
    // What arrives in the same moment goes along.
    await new Promise(setImmediate)
    while (waiting.length > 0) {
      const some = waiting.slice(0, AT_ONCE)
      waiting = waiting.slice(AT_ONCE)
      await insist(some)
    }
    writers--
  }
  const insist = async (some: readonly Waiting[]) => {
    for (;;) {
      try {
        await recordOutcomes(
          db,
          some.map((one) => one.outcome),
        )
        for (const one of some) one.resolve()
        return
      } catch (error) {
        const err = error instanceof Error ? error : new Error(String(error))
        if (isStopped) {
          for (const one of some) one.reject(err)
          return
        }
        log.warn({ err: err.message }, 'what came of deliveries cannot be written down')
        await sleep(PAUSE)
      }
    }
  }

  return {
    add: (outcome) =>
      new Promise((resolve, reject) => {
        waiting.push({ outcome, resolve, reject })
        if (writers < WRITERS) void write()
      }),
    stop: () => {
      isStopped = true
    },
  }
}
