import { type Kysely, sql } from 'kysely'
import { global } from '../../../kernel/db.ts'
import type { AttemptRow, DeliveryRow, Row, Status } from '../schema.ts'

// biome-ignore lint/complexity/noBannedTypes: Kysely's own way to say "no tables yet".
type Db = Kysely<{}>

/** Runs `work` in a transaction that no workspace asked for. */
export function together<T>(db: Db, work: (tx: Db) => Promise<T>): Promise<T> {
  return db.transaction().execute(work)
}

/** The place in the log up to which deliveries are written, held until the transaction ends; null when somebody holds it. */
export async function lockCursor(db: Db): Promise<number | null> {
  const { rows } = await sql<{ position: number }>`
    select position from webhook_cursor for update skip locked ${global('webhooks.cursor')}`.execute(db)
  return rows[0]?.position ?? null
}

export async function moveCursor(db: Db, position: number): Promise<void> {
  await sql`update webhook_cursor set position = ${position} ${global('webhooks.cursor')}`.execute(db)
}

export async function isAnybodyListening(db: Db): Promise<boolean> {
  const { rows } = await sql<{ any: boolean }>`
    select exists (select from webhooks where enabled and deleted_at is null) as any ${global('webhooks.lanes')}
  `.execute(db)
  return rows[0]?.any ?? false
}

export type Listener = Pick<Row, 'workspace_id' | 'id' | 'events'>

export async function listListeners(db: Db, workspace_ids: readonly string[]): Promise<Listener[]> {
  const { rows } = await sql<Listener>`
    select workspace_id, id, events from webhooks
    where workspace_id = any(${workspace_ids}) and enabled and deleted_at is null`.execute(db)
  return rows
}

export type NewDelivery = Pick<DeliveryRow, 'workspace_id' | 'webhook_id' | 'id' | 'event_type' | 'stream'> & {
  readonly position: number
}

export async function insertDeliveries(db: Db, deliveries: readonly NewDelivery[], now: Date): Promise<void> {
  await sql`
    insert into webhook_deliveries (workspace_id, webhook_id, id, kind, event_type, stream, position, status, created_at)
    select workspace_id, webhook_id, id, 'event', event_type, stream, position, 'pending', ${now}
    from json_to_recordset(${JSON.stringify(deliveries)}) as d
      (workspace_id uuid, webhook_id uuid, id uuid, event_type text, stream uuid, position bigint)
    on conflict do nothing`.execute(db)
}

/** Says that this sender lives. */
export async function renew(db: Db, sender: string, seconds: number): Promise<void> {
  await sql`
    insert into webhook_senders (id, alive_until) values (${sender}, now() + make_interval(secs => ${seconds}))
    on conflict (id) do update set alive_until = excluded.alive_until ${global('webhooks.senders')}`.execute(db)
}

/** Leaves: what this sender held is free at once. Takes along those who are long dead. */
export async function leave(db: Db, sender: string): Promise<void> {
  await sql`
    delete from webhook_senders where id = ${sender} or alive_until < now() - interval '1 hour'
    ${global('webhooks.senders')}`.execute(db)
}

/** Takes endpoints that no living sender has. */
export async function take(db: Db, sender: string, limit: number): Promise<void> {
  await sql`
    update webhook_lanes l set owner = ${sender}
    from (
      select workspace_id, webhook_id from webhook_lanes f
      where (f.owner is null or not exists (
          select from webhook_senders s where s.id = f.owner and s.alive_until > now()))
        and exists (select from webhooks w where w.workspace_id = f.workspace_id and w.id = f.webhook_id and w.enabled
          and w.deleted_at is null)
      limit ${limit} for update of f skip locked
    ) free
    where l.workspace_id = free.workspace_id and l.webhook_id = free.webhook_id`.execute(db)
}

/** Lets go of those that are switched off or gone. */
export async function release(db: Db, sender: string): Promise<void> {
  await sql`
    update webhook_lanes l set owner = null
    from webhooks w where w.workspace_id = l.workspace_id and w.id = l.webhook_id and l.owner = ${sender}
      and (not w.enabled or w.deleted_at is not null)`.execute(db)
}

/** The endpoints this sender has, as far as they differ from what it knows: all ids, and the rows of new versions. */
export async function listOwned(
  db: Db,
  sender: string,
  known: ReadonlyMap<string, number>,
): Promise<{ ids: string[]; changed: Row[] }> {
  const { rows } = await sql<{ id: string; is_known: boolean }>`
    select w.id, k.version is not null as is_known
    from webhook_lanes l join webhooks w on w.workspace_id = l.workspace_id and w.id = l.webhook_id
    left join json_to_recordset(${JSON.stringify([...known].map(([id, version]) => ({ id, version })))}) as k
      (id uuid, version integer) on k.id = w.id and k.version = w.version
    where l.owner = ${sender}`.execute(db)
  const fresh = rows.filter((row) => !row.is_known).map((row) => row.id)
  return { ids: rows.map((row) => row.id), changed: fresh.length === 0 ? [] : await read(db, fresh) }
}

async function read(db: Db, ids: readonly string[]): Promise<Row[]> {
  const { rows } = await sql<Row>`
    select w.*, l.failing_since from webhook_lanes l
    join webhooks w on w.workspace_id = l.workspace_id and w.id = l.webhook_id
    where w.id = any(${ids}) ${global('webhooks.lanes')}`.execute(db)
  return rows
}

export type Queued = Pick<
  DeliveryRow,
  'workspace_id' | 'webhook_id' | 'id' | 'event_type' | 'stream' | 'position' | 'attempts' | 'round'
>
const QUEUED = sql.raw('d.workspace_id, d.webhook_id, d.id, d.event_type, d.stream, d.position, d.attempts, d.round')

/** Those in line after a place, in order. */
export async function listLine(
  db: Db,
  lane: Pick<Queued, 'workspace_id' | 'webhook_id'>,
  after: number,
  limit: number,
): Promise<Queued[]> {
  const { rows } = await sql<Queued>`
    select ${QUEUED} from webhook_deliveries d
    where d.workspace_id = ${lane.workspace_id} and d.webhook_id = ${lane.webhook_id} and d.position > ${after}
    order by d.position limit ${limit}`.execute(db)
  return rows
}

/** What is due at these endpoints, the oldest of each. */
export async function listDue(
  db: Db,
  lanes: readonly Pick<Queued, 'workspace_id' | 'webhook_id'>[],
  now: Date,
  limit: number,
): Promise<Queued[]> {
  const asked = lanes.map(({ workspace_id, webhook_id }) => ({ workspace_id, webhook_id }))
  const { rows } = await sql<Queued>`
    select ${QUEUED} from json_to_recordset(${JSON.stringify(asked)}) as l (workspace_id uuid, webhook_id uuid)
    cross join lateral (
      select * from webhook_deliveries d
      where d.workspace_id = l.workspace_id and d.webhook_id = l.webhook_id and d.next_attempt_at <= ${now}
      order by d.next_attempt_at, d.id limit ${limit}
    ) d`.execute(db)
  return rows
}

export interface Outcome extends Omit<AttemptRow, 'at' | 'request_body'> {
  readonly workspace_id: string
  readonly webhook_id: string
  readonly delivery_id: string
  readonly at: string
  readonly status: Status
  readonly round: number
  readonly next_attempt_at: string | null
  readonly finished_at: string | null
}

/** Writes down what came of attempts, all of them or none. One that somebody else has written down meanwhile is left out. */
export async function recordOutcomes(db: Db, outcomes: readonly Outcome[]): Promise<void> {
  await sql`
    with o as (
      select * from json_to_recordset(${JSON.stringify(outcomes)}) as o (
        workspace_id uuid, webhook_id uuid, delivery_id uuid, number integer, at timestamptz, duration_ms integer, url text,
        request_headers json, response_status smallint, response_headers json, response_body text,
        response_truncated boolean, error text, error_detail text, status text, round integer,
        next_attempt_at timestamptz, finished_at timestamptz)
    ), written as (
      update webhook_deliveries d set position = null, status = o.status, attempts = o.number, round = o.round,
        next_attempt_at = o.next_attempt_at, response_status = o.response_status, error = o.error,
        finished_at = o.finished_at
      from o where d.workspace_id = o.workspace_id and d.webhook_id = o.webhook_id and d.id = o.delivery_id
        and d.attempts = o.number - 1
      returning d.workspace_id, d.webhook_id, d.id
    )
    insert into webhook_attempts (workspace_id, webhook_id, delivery_id, number, at, duration_ms, url, request_headers,
      response_status, response_headers, response_body, response_truncated, error, error_detail)
    select o.workspace_id, o.webhook_id, o.delivery_id, o.number, o.at, o.duration_ms, o.url, o.request_headers,
      o.response_status, o.response_headers, o.response_body, o.response_truncated, o.error, o.error_detail
    from o join written w on w.workspace_id = o.workspace_id and w.webhook_id = o.webhook_id and w.id = o.delivery_id
  `.execute(db)
}

/** Notes since when an endpoint fails, or that it does not. */
export async function noteFailing(
  db: Db,
  lane: Pick<Queued, 'workspace_id' | 'webhook_id'>,
  since: Date | null,
): Promise<void> {
  await sql`
    update webhook_lanes set failing_since = ${since}
    where workspace_id = ${lane.workspace_id} and webhook_id = ${lane.webhook_id}`.execute(db)
}
