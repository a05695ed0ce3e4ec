/**
 * From the log to deliveries. One process at a time holds the cursor, writes a row for each event and each endpoint that
 * wants it, and moves the cursor in the same transaction: no event is without its rows, and no row is written twice.
 * Events this process has just put in order are at hand; the log is read only for what is not.
 */
import { eventsAfter, type LoggedEvent, lastPosition } from '../../../kernel/outbox.ts'
import { wants } from '../patterns.ts'
import * as queries from './queries.ts'

type Db = Parameters<typeof queries.lockCursor>[0]

export interface FanOut {
  /** These have just been put in order. False while nobody listens: then looking once in a while is enough. */
  hear(events: readonly LoggedEvent[]): boolean
  /** Writes what is to be written. Ends when there is nothing left, or when another process is at it. */
  run(): Promise<void>
}

export interface Listening {
  /** Deliveries that have been committed, in the order of the log, with their events. */
  written(deliveries: readonly queries.NewDelivery[], events: readonly LoggedEvent[]): void
  /** Another process has written some. */
  missed(): void
}

const AT_ONCE = 500
const AT_HAND = 5_000

export function openFanOut(db: Db, now: () => Date, to: Listening): FanOut {
  let atHand: LoggedEvent[] = []
  let isAnybody = true
  let reached: number | null = null

  const eventsFrom = async (tx: Db, from: number): Promise<readonly LoggedEvent[]> => {
    const start = atHand.findIndex((event) => event.position > from)
    atHand = start === -1 ? [] : atHand.slice(start)
    const isNext = atHand[0]?.position === from + 1
    return isNext ? atHand.slice(0, AT_ONCE) : eventsAfter(tx, from, AT_ONCE)
  }

  /** Whether there may be more. */
  const step = async (): Promise<boolean> => {
    const done = await queries.together(db, async (tx) => {
      // Whatever has a position up to here was committed before anybody is asked for.
      const head = await lastPosition(tx)
      const from = await queries.lockCursor(tx)
      if (from === null) return null
      isAnybody = await queries.isAnybodyListening(tx)
      if (!isAnybody) {
        if (head > from) await queries.moveCursor(tx, head)
        return { from, until: Math.max(from, head), deliveries: [], events: [], isAll: true }
      }
      const events = await eventsFrom(tx, from)
      const last = events.at(-1)
      if (!last) return { from, until: from, deliveries: [], events, isAll: true }
      const listeners = await queries.listListeners(tx, [...new Set(events.map((event) => event.workspace_id))])
      const deliveries = events.flatMap((event) => deliveriesOf(event, listeners))
      if (deliveries.length > 0) await queries.insertDeliveries(tx, deliveries, now())
      await queries.moveCursor(tx, last.position)
      return { from, until: last.position, deliveries, events, isAll: events.length < AT_ONCE }
    })
    if (!done) return false
    if (reached !== null && done.from !== reached) to.missed()
    reached = done.until
    if (done.deliveries.length > 0) to.written(done.deliveries, done.events)
    return !done.isAll
  }

  return {
    hear: (events) => {
      if (!isAnybody) return false
      // What is at hand has no hole: after one it begins anew, and the log has the rest.
      const last = atHand.at(-1)
      if (last && last.position + 1 !== events[0]?.position) atHand = []
      atHand = atHand.length + events.length > AT_HAND ? [] : atHand.concat(events)
      return true
    },
    run: async () => {
      while (await step());
    },
  }
}

function deliveriesOf(event: LoggedEvent, listeners: readonly queries.Listener[]): queries.NewDelivery[] {
  return listeners
    .filter((listener) => listener.workspace_id === event.workspace_id && wants(listener.events, event.type))
    .map(({ id }) => ({
      workspace_id: event.workspace_id,
      webhook_id: id,
      id: event.id,
      event_type: event.type,
      stream: streamOf(event),
      position: event.position,
    }))
}

/** What the event is about, as far as order matters: its conversation, or else its first object. */
function streamOf({ id, data }: LoggedEvent): string {
  return (
    idIn(data['conversation']) ??
    Object.values(data)
      .map(idIn)
      .find((one) => one !== null) ??
    id
  )
}

function idIn(value: unknown): string | null {
  const id = typeof value === 'object' && value !== null && 'id' in value ? value.id : null
  return typeof id === 'string' && UUID.test(id) ? id : null
}

const UUID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i
