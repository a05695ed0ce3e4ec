/** Events that are about to be sent, so that the log need not be read again for each endpoint; as many as fit. */
import { eventsByIds } from '../../../kernel/outbox.ts'
import type { Told } from '../formats.ts'
import type { Queued } from './queries.ts'

type Db = Parameters<typeof eventsByIds>[0]

export interface Payloads {
  keep(events: readonly Told[]): void
  /** The event of a delivery, or undefined when the log no longer has it. Those asked for together are read together. */
  of(delivery: Queued): Promise<Told | undefined>
}

const AT_MOST = 4_000
const READ_AT_ONCE = 100

export function openPayloads(db: Db): Payloads {
  const kept = new Map<string, Told>()
  let asked: Queued[] = []
  let reading: Promise<Map<string, Told>> | null = null

  const keep = (events: readonly Told[]) => {
    for (const event of events) kept.set(event.id, event)
    for (const id of kept.keys()) {
      if (kept.size <= AT_MOST) break
      kept.delete(id)
    }
  }
  const read = async (): Promise<Map<string, Told>> => {
    await new Promise(setImmediate)
    const some = asked
    asked = []
    reading = null
    const events = await eventsByIds(db, some)
    keep(events)
    return new Map(events.map((event) => [event.id, event]))
  }

  return {
    keep,
    of: async (delivery) => {
      const known = kept.get(delivery.id)
      if (known) return known
      asked.push(delivery)
      reading ??= read()
      const mine = reading
      // A full batch goes; the next one begins another.
      if (asked.length >= READ_AT_ONCE) reading = null
      return (await mine).get(delivery.id)
    },
  }
}
