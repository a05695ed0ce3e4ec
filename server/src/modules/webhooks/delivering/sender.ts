/**
 * Sends what is to be sent. An endpoint has one sender at a time, a process that says every few seconds that it lives; what
 * a dead one held is taken over by another. So the order of first attempts needs no locks, and a slow endpoint holds up
 * nothing but itself. A place in flight is free again only when its outcome is committed: a process that is killed
 * repeats at most what was in flight.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Ctx } from '../../../kernel/context.ts'
import { newId } from '../../../kernel/ids.ts'
import type { Log } from '../../../kernel/log.ts'
import { SECOND } from '../../../kernel/time.ts'
import { disable } from '../disabling.ts'
import { type Attempt, attempt } from './attempt.ts'
import { openFanOut } from './fan-out.ts'
import { DUE_AT_ONCE, type Lane, openLane } from './lane.ts'
import { openPayloads } from './payloads.ts'
import * as queries from './queries.ts'
import { openRecorder } from './recorder.ts'
import { GIVEN_UP_AFTER } from './schedule.ts'
import { setAlarm } from './waking.ts'

export interface SenderOptions {
  /** A context that acts for the system itself, on connections that may wait. */
  readonly contextFor: (workspace_id: string | null) => Ctx
  /** Shortens the waits between attempts; 1 outside tests. */
  readonly factor: number
}

const LOOK_EVERY = 1 * SECOND
const LEASE = 10 * SECOND
const RENEW_EVERY = 3 * SECOND
const TAKEN_AT_ONCE = 500
const END_WITHIN = 8 * SECOND

/** Delivers from now on. Returns the way to stop, which lets what is under way end. */
export async function startDeliveries({ contextFor, factor }: SenderOptions): Promise<() => Promise<void>> {
  const { kernel, db, now } = contextFor(null)
  const lanes = new Map<string, Lane>()
  const calledOff = new AbortController()
  const means = { kernel, now, factor, signal: calledOff.signal }
  const payloads = openPayloads(db)
  const recorder = openRecorder(db, kernel.log)
  const lease = openLease(db)
  let isStopped = false

  const send = async (lane: Lane, delivery: queries.Queued): Promise<void> => {
    let made: Attempt | null = null
    try {
      const event = await payloads.of(delivery)
      made = await attempt(means, lane.row, delivery, event)
      await recorder.add(made.outcome)
      await settle(lane, made)
    } catch (error) {
      if (!isStopped) troubled(kernel.log, error, 'a delivery was not settled')
      // It is in the database as it was, and is read again from there.
      lane.isClosed = true
    }
    lane.done(delivery, made?.hasTimedOut ?? false)
    if (made?.outcome.next_attempt_at) lookAt(lane, new Date(made.outcome.next_attempt_at))
    if (lane.isClosed && lane.flying() === 0) lanes.delete(lane.row.id)
    pump(lane)
    if (!isStopped && (lane.wantsLine() || lane.wantsDue())) loading.wake()
  }
  /** What is due before the next look around is not left until then. */
  const lookAt = (lane: Lane, time: Date) => {
    const wait = time.getTime() - now().getTime()
    if (wait > LOOK_EVERY) return
    const look = () => {
      lane.lookForDue()
      loading.wake()
    }
    setTimeout(look, Math.max(0, wait)).unref()
  }
  const settle = async (lane: Lane, { outcome, isGone }: Attempt): Promise<void> => {
    const { row } = lane
    const where = { workspace_id: row.workspace_id, webhook_id: row.id }
    const at = new Date(outcome.at)
    if (outcome.status === 'succeeded') {
      if (row.failing_since === null) return
      lane.row = { ...row, failing_since: null }
      return queries.noteFailing(db, where, null)
    }
    if (row.failing_since === null) {
      lane.row = { ...row, failing_since: at }
      await queries.noteFailing(db, where, at)
    }
    const hasFailedFor = row.failing_since === null ? 0 : at.getTime() - row.failing_since.getTime()
    if (!isGone && hasFailedFor < GIVEN_UP_AFTER) return
    lane.isClosed = true
    await disable(contextFor(row.workspace_id), row.id, isGone ? 'gone' : 'failing')
  }
  const pump = (lane: Lane) => {
    if (isStopped || !lease.isHeld()) return
    for (let delivery = lane.next(); delivery; delivery = lane.next()) void send(lane, delivery)
  }

  const fanOut = openFanOut(db, now, {
    missed: () => {
      for (const lane of lanes.values()) lane.fallBehind()
      loading.wake()
    },
    written: (deliveries, events) => {
      const sent = new Set(deliveries.map((one) => one.id))
      payloads.keep(events.filter(({ id }) => sent.has(id)))
      for (const [id, some] of Map.groupBy(deliveries, (one) => one.webhook_id)) {
        const lane = lanes.get(id)
        if (!lane) continue
        lane.hear(some)
        pump(lane)
      }
    },
  })

  /** Which endpoints are ours, and how they are now. */
  const lookAfter = async () => {
    if (!(await lease.renew())) for (const lane of lanes.values()) lane.isClosed = true
    await queries.take(db, lease.id(), TAKEN_AT_ONCE)
    await queries.release(db, lease.id())
    const known = new Map([...lanes.values()].filter((lane) => !lane.isClosed).map(({ row }) => [row.id, row.version]))
    const { ids, changed } = await queries.listOwned(db, lease.id(), known)
    const owned = new Set(ids)
    for (const [id, lane] of lanes) {
      if (!owned.has(id)) lane.isClosed = true
      if (lane.isClosed && lane.flying() === 0) lanes.delete(id)
    }
    for (const row of changed) {
      const lane = lanes.get(row.id)
      if (!row.enabled || row.deleted_at !== null) continue
      if (!lane) lanes.set(row.id, openLane(row))
      else if (!lane.isClosed) lane.row = row
    }
    for (const lane of lanes.values()) lane.lookForDue()
  }
  const load = async () => {
    const open = [...lanes.values()].filter((lane) => !lane.isClosed)
    const hungry = open.filter((lane) => lane.wantsDue())
    if (hungry.length > 0) {
      const places = hungry.map(({ row }) => ({ workspace_id: row.workspace_id, webhook_id: row.id }))
      for (const lane of hungry) lane.readDue()
      const due = Map.groupBy(await queries.listDue(db, places, now(), DUE_AT_ONCE), (one) => one.webhook_id)
      for (const lane of hungry) lane.putDue(due.get(lane.row.id) ?? [], DUE_AT_ONCE)
    }
    for (const lane of open) {
      if (lane.wantsLine()) {
        const place = { workspace_id: lane.row.workspace_id, webhook_id: lane.row.id }
        const { after, limit } = lane.readLine()
        lane.putLine(await queries.listLine(db, place, after, limit), limit)
      }
      pump(lane)
    }
  }

  const fanning = repeat(kernel.log, 'events are not handed to webhooks', () => fanOut.run())
  const loading = repeat(kernel.log, 'deliveries cannot be read', load)
  const looking = repeat(kernel.log, 'endpoints cannot be looked after', async () => {
    await lookAfter()
    loading.wake()
  })
  const wakeAll = () => {
    fanning.wake()
    looking.wake()
  }

  // Before the first request: while there is no endpoint yet, the cursor is brought to the end of the log.
  await fanOut.run()
  const unsubscribe = kernel.outbox.subscribe((events) => {
    if (fanOut.hear(events)) fanning.wake()
  })
  setAlarm(kernel, wakeAll)
  wakeAll()
  const timer = setInterval(wakeAll, LOOK_EVERY)

  return async () => {
    isStopped = true
    clearInterval(timer)
    unsubscribe()
    const ended = Promise.all([fanning.stop(), loading.stop(), looking.stop()])
    const isIdle = () => [...lanes.values()].every((lane) => lane.flying() === 0)
    for (const until = performance.now() + END_WITHIN; !isIdle() && performance.now() < until; ) await sleep(10)
    recorder.stop()
    calledOff.abort()
    await ended
    await queries.leave(db, lease.id()).catch(() => {})
  }
}

/** The right to send, which ends by itself: by the database's clock for others, a little earlier by our own. */
function openLease(db: Parameters<typeof queries.renew>[0]) {
  let id = newId()
  let until = 0
  let renewed = 0
  return {
    id: () => id,
    isHeld: () => performance.now() < until,
    /** False when it had ended: whatever was held may be somebody else's by now. */
    renew: async (): Promise<boolean> => {
      const began = performance.now()
      const wasHeld = until === 0 || began < until
      if (!wasHeld) id = newId()
      if (wasHeld && began - renewed < RENEW_EVERY && until > 0) return true
      await queries.renew(db, id, LEASE / SECOND)
      renewed = began
      until = began + LEASE - SECOND
      return wasHeld
    },
  }
}

/** Work that is done once more whenever it was woken meanwhile, never twice at once. */
function repeat(log: Log, complaint: string, work: () => Promise<void>) {
  let running: Promise<void> | null = null
  let again = false
  let isStopped = false
  const run = async () => {
    while (again && !isStopped) {
      again = false
      try {
        await work()
      } catch (error) {
        if (!isStopped) troubled(log, error, complaint)
      }
    }
    running = null
  }
  return {
    wake: () => {
      again = true
      if (!isStopped) running ??= run()
    },
    stop: async () => {
      isStopped = true
      await running
    },
  }
}

function troubled(log: Log, error: unknown, what: string): void {
  log.warn({ err: error instanceof Error ? error.message : String(error) }, what)
}
