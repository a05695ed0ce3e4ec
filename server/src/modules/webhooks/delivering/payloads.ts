/** Events that are about to be sent, so that the log need not be read again for each endpoint; as many as fit. */
import { eventsByIds } from '../../../kernel/outbox.ts'
import { bodyOf, type Told } from '../formats.ts'
import type { Queued } from './queries.ts'

type Db = Parameters<typeof eventsByIds>[0]

export interface Payloads {
  /** Keeps what is about to be sent, with its body in our own format, of which its size is known. */
  keep(events: readonly Told[]): void
  /** The event of a delivery, or undefined when the log no longer has it. Those asked for together are read together. */
  of(delivery: Pick<Queued, 'workspace_id' | 'id'>): Promise<Told | undefined>
}

interface Asked {
  readonly delivery: Pick<Queued, 'workspace_id' | 'id'>
  readonly resolve: (event: Told | undefined) => void
  readonly reject: (error: unknown) => void
}

const AT_MOST = 4_000
/** Characters of their bodies. What is beyond is read from the log again. */
const CHARACTERS_AT_MOST = 16 * 1_024 * 1_024
const READ_AT_ONCE = 100

export function openPayloads(db: Db): Payloads {
  const kept = new Map<string, Told>()
  let characters = 0
  let asked: Asked[] = []
  let isReading = false

  const sizeOf = (event: Told) => bodyOf('antiphon', event).length
  const drop = (event: Told | undefined) => {
    if (!event || !kept.delete(event.id)) return
    characters -= sizeOf(event)
  }
  const keep = (events: readonly Told[]) => {
    for (const event of events) {
      drop(kept.get(event.id))
      kept.set(event.id, event)
      characters += sizeOf(event)
      for (const oldest of kept.values()) {
        if (kept.size <= AT_MOST && characters <= CHARACTERS_AT_MOST) break
        drop(oldest)
      }
    }
  }
  const read = async () => {
    isReading = true
    // Whatever is asked for in the same moment goes along.
    await new Promise(setImmediate)
    while (asked.length > 0) {
      const some = asked.slice(0, READ_AT_ONCE)
      asked = asked.slice(READ_AT_ONCE)
      try {
        const events = await eventsByIds(
          db,
          some.map((one) => one.delivery),
        )
        keep(events)
        const found = new Map(events.map((event) => [event.id, event]))
        for (const { delivery, resolve } of some) resolve(found.get(delivery.id))
      } catch (error) {
        for (const { reject } of some) reject(error)
      }
    }
    isReading = false
  }

  return {
    keep,
    of: async (delivery) => {
      const known = kept.get(delivery.id)
      if (known) return known
      return new Promise((resolve, reject) => {
        asked.push({ delivery, resolve, reject })
        if (!isReading) void read()
      })
    },
  }
}
