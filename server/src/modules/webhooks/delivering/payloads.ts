/** Events that are about to be sent, so that the log need not be read again for each endpoint; as many as fit. */
import { eventsByIds } from '../../../kernel/outbox.ts'
import type { Told } from '../formats.ts'
import type { Queued } from './queries.ts'

type Db = Parameters<typeof eventsByIds>[0]

export interface Payloads {
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
const READ_AT_ONCE = 100

export function openPayloads(db: Db): Payloads {
  const kept = new Map<string, Told>()
  let asked: Asked[] = []
  let isReading = false

  const keep = (events: readonly Told[]) => {
    for (const event of events) kept.set(event.id, event)
    for (const id of kept.keys()) {
      if (kept.size <= AT_MOST) break
      kept.delete(id)
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
