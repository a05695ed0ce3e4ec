/**
 * The log of events, put in order.
 *
 * A writer inserts its event into `outbox` after it has locked the row the event is about, with a `seq` from a sequence.
 * Two writers of one row are serialised by that lock, so `seq` is their true order. *Sequencing* is one short transaction
 * that one process at a time runs: take the advisory lock, then, in a new statement (whose snapshot is therefore younger
 * than the last holder's commit), move what was committed to `events`, with consecutive positions in `seq` order. A
 * transaction that commits late gets a later position, so a reader of `position > cursor` skips nothing.
 *
 * After a commit the process wakes its own outbox. A slow poll finds what other processes committed.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { type Kysely, sql } from 'kysely'
import { global } from './db.ts'
import type { Log } from './log.ts'
import { SECOND } from './time.ts'

export interface LoggedEvent {
  readonly id: string
  readonly workspace_id: string
  readonly position: number
  readonly type: string
  readonly actor_type: string
  readonly actor_id: string | null
  readonly actor_name: string | null
  readonly data: Record<string, unknown>
  readonly previous: Record<string, unknown> | null
  readonly created_at: Date
}

export interface Outbox {
  /** Something was committed: put it in order and tell the subscribers, soon. */
  readonly wake: () => void
  /** Gives every event committed before the call its position. */
  sequence(): Promise<void>
  /** Hears every event once and in order of position. Returns the way to stop. */
  subscribe(hear: (events: readonly LoggedEvent[]) => void): () => void
  /** Why the log does not move, or null when it does. */
  trouble(): string | null
  start(): Promise<void>
  stop(): Promise<void>
}

const BATCH = 1_000
const POLL = 1 * SECOND
/** Milliseconds between two drains: what is committed meanwhile shares the next one, which costs little more for many. */
const PAUSE = 10
const LOCK = 7_261_001

const COLUMNS = 'id workspace_id position type actor_type actor_id actor_name data previous created_at'.split(' ')
export const EVENT_COLUMNS = sql.raw(COLUMNS.join(', '))

// biome-ignore lint/complexity/noBannedTypes: Kysely's own way to say "no tables yet".
export function openOutbox(db: Kysely<{}>, log: Log): Outbox {
  const subscribers = new Set<(events: readonly LoggedEvent[]) => void>()
  let told = 0
  let trouble: string | null = 'not started'
  let stopped = false
  let running: Promise<void> | null = null
  let again = false
  let timer: NodeJS.Timeout | undefined

  const tell = (events: readonly LoggedEvent[]) => {
    const last = events.at(-1)
    if (!last) return
    told = last.position
    for (const hear of subscribers) hear(events)
  }

  const drain = async () => {
    while (again) {
      again = false
      for (;;) {
        const given = await sequenceOnce(db)
        // What others have put in order since is not among those given a position here: then all is read.
        const events = given[0]?.position === told + 1 ? given : await eventsAfter(db, told, BATCH)
        tell(events)
        if (given.length < BATCH && events.length < BATCH) break
      }
      await sleep(PAUSE)
    }
  }

  const run = () => {
    if (stopped) return
    again = true
    if (running) return
    running = drain()
      .then(() => {
        trouble = null
        // Woken after the last look, before this.
        if (again) setImmediate(run)
      })
      .catch((error: Error) => {
        if (trouble === null) log.error({ err: error.message }, 'the outbox stands still')
        trouble = error.message
      })
      .finally(() => {
        running = null
      })
  }

  return {
    wake: run,
    sequence: shared(async () => {
      while ((await sequenceOnce(db, 'wait')).length === BATCH);
    }),
    subscribe: (hear) => {
      subscribers.add(hear)
      return () => subscribers.delete(hear)
    },
    trouble: () => trouble,
    start: async () => {
      told = await lastPosition(db)
      trouble = null
      timer = setInterval(run, POLL)
      run()
    },
    stop: async () => {
      stopped = true
      clearInterval(timer)
      await running
    },
  }
}

/** Those who ask while a run is under way share the next one: it begins after all of them. */
function shared(run: () => Promise<void>): () => Promise<void> {
  let current: Promise<void> | null = null
  let next: Promise<void> | null = null
  return () => {
    next ??= (current ?? Promise.resolve())
      .catch(() => {})
      .then(() => {
        current = run().finally(() => {
          current = null
        })
        next = null
        return current
      })
    return next
  }
}

/** Sequences at most one batch, and returns it in order. With `wait`, waits for whoever is at it; otherwise leaves it to them. */
// biome-ignore lint/complexity/noBannedTypes: as above.
async function sequenceOnce(db: Kysely<{}>, patience: 'try' | 'wait' = 'try'): Promise<LoggedEvent[]> {
  return db.transaction().execute(async (tx) => {
    const mayGo =
      patience === 'try'
        ? await sql<{
            mine: boolean
          }>`select pg_try_advisory_xact_lock(${sql.lit(LOCK)}) as mine ${global('outbox.lock')}`.execute(tx)
        : await sql<{
            mine: boolean
          }>`select true as mine from pg_advisory_xact_lock(${sql.lit(LOCK)}) ${global('outbox.lock')}`.execute(tx)
    if (!mayGo.rows[0]?.mine) return []
    const { rows } = await sql<LoggedEvent>`
      with pending as (
        delete from outbox where seq = any(array(select seq from outbox order by seq limit ${sql.lit(BATCH)})) returning *
      ), head as (
        update event_head set position = position + (select count(*) from pending)
        where exists (select from pending) returning position - (select count(*) from pending) as base
      )
      insert into events (id, workspace_id, position, type, actor_type, actor_id, actor_name, data, previous, created_at)
      select id, workspace_id, head.base + row_number() over (order by seq), type, actor_type, actor_id, actor_name, data,
        previous, created_at
      from pending, head
      returning ${EVENT_COLUMNS}`.execute(tx)
    return rows.sort((a, b) => a.position - b.position)
  })
}

/** The events of all workspaces after a position, in order: for whoever reads the log with a place of their own in it. */
// biome-ignore lint/complexity/noBannedTypes: as above.
export async function eventsAfter(db: Kysely<{}>, position: number, limit: number): Promise<LoggedEvent[]> {
  const { rows } = await sql<LoggedEvent>`
    select ${EVENT_COLUMNS} from events where position > ${position} order by position limit ${limit}
    ${global('outbox.read')}`.execute(db)
  return rows
}

/** Events by their ids, whether they have a place in the log yet or not; those no longer kept are left out. */
export async function eventsByIds(
  // biome-ignore lint/complexity/noBannedTypes: as above.
  db: Kysely<{}>,
  keys: readonly { readonly workspace_id: string; readonly id: string }[],
): Promise<Omit<LoggedEvent, 'position'>[]> {
  const workspaces = [...new Set(keys.map((key) => key.workspace_id))]
  const ids = keys.map((key) => key.id)
  const { rows } = await sql<Omit<LoggedEvent, 'position'>>`
    select id, workspace_id, type, actor_type, actor_id, actor_name, data, previous, created_at from events
    where workspace_id = any(${workspaces}) and id = any(${ids})
    union all
    select id, workspace_id, type, actor_type, actor_id, actor_name, data, previous, created_at from outbox
    where workspace_id = any(${workspaces}) and id = any(${ids})`.execute(db)
  return rows
}

/** The last position that was given. */
// biome-ignore lint/complexity/noBannedTypes: as above.
export async function lastPosition(db: Kysely<{}>): Promise<number> {
  const { rows } = await sql<{ position: number }>`select position from event_head ${global('outbox.head')}`.execute(db)
  return rows[0]?.position ?? 0
}
