import { sql } from 'kysely'
import type { Ctx, Tx } from '../../kernel/context.ts'
import { global } from '../../kernel/db.ts'
import type { Key, Page } from '../../kernel/pages.ts'
import type { AttemptRow, DeliveryRow, Row, Status } from './schema.ts'

const FROM = sql.raw(
  'webhooks w join webhook_lanes l on l.workspace_id = w.workspace_id and l.webhook_id = w.id and w.deleted_at is null',
)
const COLUMNS = sql.raw('w.*, l.failing_since, l.lookup_failures, l.lookups_paused_until')

export async function find(ctx: Ctx, id: string): Promise<Row | undefined> {
  const { rows } = await sql<Row>`
    select ${COLUMNS} from ${FROM} where w.workspace_id = ${ctx.workspace_id} and w.id = ${id}`.execute(ctx.db)
  return rows[0]
}

export async function lock(tx: Tx, id: string): Promise<Row | undefined> {
  const { rows } = await sql<Row>`
    select ${COLUMNS} from ${FROM} where w.workspace_id = ${tx.workspace_id} and w.id = ${id}
    for no key update of w`.execute(tx.db)
  return rows[0]
}

export async function list(ctx: Ctx, page: Page): Promise<Row[]> {
  const { rows } = await sql<Row>`
    select ${COLUMNS} from ${FROM} where w.workspace_id = ${ctx.workspace_id} ${beyond('w.id', page)}`.execute(ctx.db)
  return rows
}

export async function count(tx: Tx): Promise<number> {
  const { rows } = await sql<{ n: number }>`
    select count(*) as n from webhooks where workspace_id = ${tx.workspace_id} and deleted_at is null`.execute(tx.db)
  return rows[0]?.n ?? 0
}

type Written = Pick<
  Row,
  | 'url'
  | 'description'
  | 'events'
  | 'lookups'
  | 'lookup_timeout_ms'
  | 'payload_version'
  | 'enabled'
  | 'disabled_reason'
  | 'disabled_at'
  | 'headers'
  | 'secrets'
>

export async function insert(tx: Tx, row: Written & Pick<Row, 'id'>): Promise<void> {
  const now = tx.now()
  await sql`
    insert into webhooks (workspace_id, id, url, description, events, lookups, lookup_timeout_ms, payload_version, enabled,
      disabled_reason, disabled_at, headers, secrets, created_at, updated_at)
    values (${tx.workspace_id}, ${row.id}, ${row.url}, ${row.description}, ${row.events}, ${row.lookups},
      ${row.lookup_timeout_ms}, ${row.payload_version}, ${row.enabled}, ${row.disabled_reason}, ${row.disabled_at},
      ${JSON.stringify(row.headers)}, ${JSON.stringify(row.secrets)}, ${now}, ${now})`.execute(tx.db)
  await sql`insert into webhook_lanes (workspace_id, webhook_id) values (${tx.workspace_id}, ${row.id})`.execute(tx.db)
}

export async function update(tx: Tx, id: string, row: Written): Promise<void> {
  await sql`
    update webhooks set url = ${row.url}, description = ${row.description}, events = ${row.events},
      lookups = ${row.lookups}, lookup_timeout_ms = ${row.lookup_timeout_ms}, payload_version = ${row.payload_version}, enabled = ${row.enabled}, disabled_reason = ${row.disabled_reason},
      disabled_at = ${row.disabled_at}, headers = ${JSON.stringify(row.headers)},
      secrets = ${JSON.stringify(row.secrets)}, version = version + 1, updated_at = ${tx.now()}
    where workspace_id = ${tx.workspace_id} and id = ${id}`.execute(tx.db)
}

/** Hides it, and takes its secrets. */
export async function remove(tx: Tx, id: string): Promise<void> {
  await sql`
    update webhooks set deleted_at = ${tx.now()}, secrets = '[]', headers = '{}', version = version + 1
    where workspace_id = ${tx.workspace_id} and id = ${id}`.execute(tx.db)
}

/** Whoever is switched on again has not failed yet. */
export async function forgive(tx: Tx, id: string): Promise<void> {
  await sql`
    update webhook_lanes set failing_since = null, lookup_failures = 0, lookups_paused_until = null
    where workspace_id = ${tx.workspace_id} and webhook_id = ${id}`.execute(tx.db)
}

/** The oldest endpoint that is switched on and answers a look-up. */
export async function findAnswering(ctx: Ctx, lookup: string): Promise<Row | undefined> {
  const { rows } = await sql<Row>`
    select ${COLUMNS} from ${FROM} where w.workspace_id = ${ctx.workspace_id} and w.enabled
      and ${lookup} = any(w.lookups) order by w.id limit 1`.execute(ctx.db)
  return rows[0]
}

/** Puts off everybody else once a pause is over. True for the one who is to try. */
export async function claimTry(ctx: Ctx, id: string, until: Date): Promise<boolean> {
  const { rows } = await sql`
    update webhook_lanes set lookups_paused_until = ${until}
    where workspace_id = ${ctx.workspace_id} and webhook_id = ${id} and lookups_paused_until <= ${ctx.now()}
    returning webhook_id`.execute(ctx.db)
  return rows.length > 0
}

/** Another look-up that failed; with the one that makes `opensAfter` in a row begins a pause. */
export async function noteLookupFailure(
  tx: Tx,
  id: string,
  circuit: { opensAfter: number; until: Date },
): Promise<void> {
  await sql`
    update webhook_lanes set lookup_failures = lookup_failures + 1,
      lookups_paused_until = case when lookup_failures + 1 >= ${circuit.opensAfter} then ${circuit.until}::timestamptz
        else lookups_paused_until end
    where workspace_id = ${tx.workspace_id} and webhook_id = ${id}`.execute(tx.db)
}

/** One that was answered. */
export async function noteLookupSuccess(tx: Tx, id: string): Promise<void> {
  await sql`
    update webhook_lanes set lookup_failures = 0, lookups_paused_until = null
    where workspace_id = ${tx.workspace_id} and webhook_id = ${id}`.execute(tx.db)
}

export interface Asked {
  readonly status?: Status | undefined
  readonly type?: string | undefined
}

export async function listDeliveries(
  ctx: Ctx,
  webhook_id: string,
  asked: Asked & { page: Page },
): Promise<DeliveryRow[]> {
  const { rows } = await sql<DeliveryRow>`
    select * from webhook_deliveries d where d.workspace_id = ${ctx.workspace_id} and d.webhook_id = ${webhook_id}
      ${statusIs(asked.status)} ${asked.type === undefined ? sql`` : sql`and d.event_type = ${asked.type}`}
      ${beyond('d.id', asked.page)}`.execute(ctx.db)
  return rows
}

export async function findDelivery(ctx: Ctx, webhook_id: string, id: string): Promise<DeliveryRow | undefined> {
  const { rows } = await sql<DeliveryRow>`
    select * from webhook_deliveries
    where workspace_id = ${ctx.workspace_id} and webhook_id = ${webhook_id} and id = ${id}`.execute(ctx.db)
  return rows[0]
}

export async function listAttempts(ctx: Ctx, webhook_id: string, delivery_id: string): Promise<AttemptRow[]> {
  const { rows } = await sql<AttemptRow>`
    select * from webhook_attempts
    where workspace_id = ${ctx.workspace_id} and webhook_id = ${webhook_id} and delivery_id = ${delivery_id}
    order by number desc limit 100`.execute(ctx.db)
  return rows.reverse()
}

/** A delivery outside the line: it is due at once. */
export async function insertDue(
  tx: Tx,
  delivery: Pick<DeliveryRow, 'webhook_id' | 'id' | 'event_type'>,
): Promise<DeliveryRow> {
  const now = tx.now()
  const { rows } = await sql<DeliveryRow>`
    insert into webhook_deliveries (workspace_id, webhook_id, id, kind, event_type, stream, status, next_attempt_at,
      created_at)
    values (${tx.workspace_id}, ${delivery.webhook_id}, ${delivery.id}, 'event', ${delivery.event_type}, ${delivery.id},
      'pending', ${now}, ${now}) returning *`.execute(tx.db)
  const [row] = rows
  if (!row) throw new Error('A delivery was written and is not there.')
  return row
}

/** Something that is over already, with its attempt; asked again after a crash, it has another. */
export async function insertFinished(
  tx: Tx,
  delivery: Pick<DeliveryRow, 'webhook_id' | 'id' | 'event_type' | 'status'>,
  attempt: AttemptRow,
): Promise<void> {
  const { rows } = await sql<{ attempts: number }>`
    insert into webhook_deliveries (workspace_id, webhook_id, id, kind, event_type, stream, status, attempts,
      response_status, error, created_at, finished_at)
    values (${tx.workspace_id}, ${delivery.webhook_id}, ${delivery.id}, 'lookup', ${delivery.event_type},
      ${delivery.id}, ${delivery.status}, 1, ${attempt.response_status}, ${attempt.error}, ${attempt.at}, ${tx.now()})
    on conflict (workspace_id, webhook_id, id) do update set attempts = webhook_deliveries.attempts + 1,
      status = excluded.status, response_status = excluded.response_status, error = excluded.error,
      finished_at = excluded.finished_at
    returning attempts`.execute(tx.db)
  const number = rows[0]?.attempts ?? attempt.number
  await sql`
    insert into webhook_attempts (workspace_id, webhook_id, delivery_id, number, at, duration_ms, url, request_headers,
      request_body, response_status, response_headers, response_body, response_truncated, error, error_detail)
    values (${tx.workspace_id}, ${delivery.webhook_id}, ${delivery.id}, ${number}, ${attempt.at},
      ${attempt.duration_ms}, ${attempt.url}, ${JSON.stringify(attempt.request_headers)}, ${attempt.request_body},
      ${attempt.response_status}, ${attempt.response_headers && JSON.stringify(attempt.response_headers)},
      ${attempt.response_body}, ${attempt.response_truncated}, ${attempt.error}, ${attempt.error_detail})
  `.execute(tx.db)
}

/** Begins one again that is finished, or hurries one that waits for its next attempt. */
export async function replayOne(tx: Tx, webhook_id: string, id: string): Promise<void> {
  await sql`
    update webhook_deliveries set next_attempt_at = ${tx.now()}, finished_at = null, status = 'pending',
      round = case when status = 'pending' then round else 0 end
    where workspace_id = ${tx.workspace_id} and webhook_id = ${webhook_id} and id = ${id} and position is null
      and kind = 'event'`.execute(tx.db)
}

/** Begins some that are finished again, in the order of their ids. Returns the last one it looked at, or null at the end. */
export async function replaySome(
  tx: Tx,
  webhook_id: string,
  some: { after: string; until: Date; isOnlyFailed: boolean; limit: number },
): Promise<{ last: string | null; replayed: number }> {
  const { rows } = await sql<{ last: string | null; replayed: number }>`
    with chosen as (
      select id from webhook_deliveries
      where workspace_id = ${tx.workspace_id} and webhook_id = ${webhook_id} and id > ${some.after}
        and kind = 'event' and created_at <= ${some.until} and finished_at <= ${some.until}
        ${some.isOnlyFailed ? sql`and status = 'failed'` : sql`and status <> 'pending'`}
      order by id limit ${some.limit} for update
    ), begun as (
      update webhook_deliveries d set next_attempt_at = ${tx.now()}, finished_at = null, status = 'pending', round = 0
      from chosen where d.workspace_id = ${tx.workspace_id} and d.webhook_id = ${webhook_id} and d.id = chosen.id
      returning d.id
    )
    select (select id from chosen order by id desc limit 1) as last, (select count(*) from begun) as replayed
  `.execute(tx.db)
  return rows[0] ?? { last: null, replayed: 0 }
}

/** What is older than the log is kept, some of it at a time. Returns how many rows went. */
export async function clearSome(ctx: Ctx, before: Date, limit: number): Promise<number> {
  const { rows } = await sql<{ n: number }>`
    with old as (
      delete from webhook_deliveries where ctid = any(array(
        select ctid from webhook_deliveries where created_at < ${before} limit ${limit}
      )) returning workspace_id, webhook_id, id
    ), attempts as (
      delete from webhook_attempts a using old
      where a.workspace_id = old.workspace_id and a.webhook_id = old.webhook_id and a.delivery_id = old.id
    )
    select count(*) as n from old ${global('webhooks.clear')}`.execute(ctx.db)
  return rows[0]?.n ?? 0
}

/** Endpoints that went before the log of what they were sent. */
export async function clearDeleted(ctx: Ctx, before: Date): Promise<void> {
  await sql`delete from webhooks where deleted_at < ${before} ${global('webhooks.clear')}`.execute(ctx.db)
}

function statusIs(status: Status | undefined) {
  if (status === undefined) return sql``
  // As the partial indexes have it.
  if (status === 'pending') return sql`and (d.position is not null or d.next_attempt_at is not null)`
  return sql`and d.status = ${sql.lit(status)}`
}

/** Newest first; those before a cursor come oldest first. One row more than the page holds. */
function beyond(column: string, page: { limit: number; after: Key | null; before: Key | null }) {
  const edge = page.after ?? page.before
  const bound = edge === null ? sql`` : sql`and ${sql.ref(column)} ${page.before ? sql`>` : sql`<`} ${edge[0]}::uuid`
  return sql`${bound} order by ${sql.ref(column)} ${page.before ? sql`asc` : sql`desc`} limit ${page.limit + 1}`
}
