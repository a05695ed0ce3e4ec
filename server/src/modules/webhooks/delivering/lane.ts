/**
 * What one endpoint is to be sent, in memory.
 *
 * First attempts stand in *line*, in the order of the log. Those of one stream go one after the other: while one is under
 * way, or its outcome is not yet written down, the next waits; other streams pass by. What is *due* again stands apart and
 * holds nothing back. Both take turns.
 *
 * A lane is *level* when all that stands in line in the database is here as well; then what is fanned out is put here
 * directly. It falls *behind* when it holds too much, or when another process has fanned out, and then reads the line on
 * from the last place it knows.
 *
 * Of an endpoint that lets attempts time out, fewer are under way at once; each answer allows one more again.
 */
import type { Row } from '../schema.ts'
import type { NewDelivery, Queued } from './queries.ts'

export interface Lane {
  row: Row
  /** Nothing more is taken out of it. */
  isClosed: boolean
  readonly flying: () => number
  /** Puts in what was fanned out in this process. */
  hear(deliveries: readonly NewDelivery[]): void
  fallBehind(): void
  wantsLine(): boolean
  /** The line is being read: from which place on, and how much. */
  readLine(): { after: number; limit: number }
  putLine(deliveries: readonly Queued[], limit: number): void
  wantsDue(): boolean
  /** What is due is being read. */
  readDue(): void
  /** Something may have become due. */
  lookForDue(): void
  putDue(deliveries: readonly Queued[], limit: number): void
  /** What may be sent now, which counts as under way from then on. */
  next(): Queued | null
  /** What was under way is answered and written down. */
  done(delivery: Queued, hasTimedOut: boolean): void
}

export const DUE_AT_ONCE = 200
const AT_ONCE = 32
const LINE_AT_ONCE = 500
const HELD_AT_MOST = 1_000
const HELD_AT_LEAST = 100

export function openLane(row: Row): Lane {
  const line = openLine()
  const due: Queued[] = []
  /** What is due or under way: the database still shows it as due. */
  const known = new Set<string>()
  /** What was written down while what is due was being read, which may still show it as it was before. */
  const settled = new Set<string>()
  let flying = 0
  let width = AT_ONCE
  let isLevel = false
  let hasMissed = false
  let lastPlace = 0
  let mayBeDue = true
  let isTurnOfDue = false

  const put = (delivery: Queued) => {
    if (delivery.position === null || delivery.position <= lastPlace) return
    lastPlace = delivery.position
    line.put(delivery)
  }
  const pick = (): Queued | undefined => {
    isTurnOfDue = !isTurnOfDue
    if (isTurnOfDue) return due.shift() ?? line.next()
    return line.next() ?? due.shift()
  }

  const lane: Lane = {
    row,
    isClosed: false,
    flying: () => flying,
    hear: (deliveries) => {
      if (isLevel && line.size() < HELD_AT_MOST) {
        for (const delivery of deliveries) put({ ...delivery, attempts: 0, round: 0 })
      } else {
        isLevel = false
        hasMissed = true
      }
    },
    fallBehind: () => {
      isLevel = false
      hasMissed = true
    },
    wantsLine: () => !isLevel && line.size() <= HELD_AT_LEAST,
    readLine: () => {
      hasMissed = false
      return { after: lastPlace, limit: LINE_AT_ONCE }
    },
    putLine: (deliveries, limit) => {
      for (const delivery of deliveries) put(delivery)
      isLevel = deliveries.length < limit && !hasMissed
    },
    wantsDue: () => mayBeDue && due.length < DUE_AT_ONCE / 4,
    lookForDue: () => {
      mayBeDue = true
    },
    readDue: () => settled.clear(),
    putDue: (deliveries, limit) => {
      mayBeDue = deliveries.length === limit
      for (const delivery of deliveries) {
        if (settled.has(delivery.id)) mayBeDue = true
        if (settled.has(delivery.id) || known.has(delivery.id)) continue
        known.add(delivery.id)
        due.push(delivery)
      }
    },
    next: () => {
      if (lane.isClosed || flying >= width) return null
      const delivery = pick()
      if (!delivery) return null
      flying++
      known.add(delivery.id)
      return delivery
    },
    done: (delivery, hasTimedOut) => {
      flying--
      known.delete(delivery.id)
      settled.add(delivery.id)
      width = hasTimedOut ? Math.max(1, width >> 1) : Math.min(AT_ONCE, width + 1)
      if (delivery.position !== null) line.free(delivery.stream)
    },
  }
  return lane
}

/** A line in which those of one stream wait for one another. */
function openLine() {
  const ready: Queued[] = []
  /** The streams of which one is ready or under way, with those that wait behind it. */
  const streams = new Map<string, Queued[]>()
  let waiting = 0
  return {
    size: () => ready.length + waiting,
    put: (delivery: Queued) => {
      const behind = streams.get(delivery.stream)
      if (behind) {
        behind.push(delivery)
        waiting++
        return
      }
      streams.set(delivery.stream, [])
      ready.push(delivery)
    },
    next: () => ready.shift(),
    free: (stream: string) => {
      const following = streams.get(stream)?.shift()
      if (!following) return void streams.delete(stream)
      waiting--
      ready.push(following)
    },
  }
}
