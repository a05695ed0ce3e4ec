/** Endpoints as rows: held, and written together with the event that says so. */
import type { Ctx, Tx } from '../../kernel/context.ts'
import { notFound } from '../../kernel/errors.ts'
import { type EventType, emit, oldValues } from '../../kernel/events.ts'
import { iso } from '../../kernel/time.ts'
import { wakeSender } from './delivering/waking.ts'
import { webhookUpdated } from './events.ts'
import { maskHeaders } from './headers.ts'
import * as queries from './queries.ts'
import type { Row, Webhook } from './schema.ts'
import { living } from './signing.ts'

/** The endpoint, or a 404. */
export async function get(ctx: Ctx, id: string): Promise<Row> {
  const row = await queries.find(ctx, id)
  if (!row) throw notFound()
  return row
}

/** The same, held until the transaction ends. */
export async function lock(tx: Tx, id: string): Promise<Row> {
  const row = await queries.lock(tx, id)
  if (!row) throw notFound()
  return row
}

/** Writes a locked endpoint as it is to be, and says so. What changes nothing says nothing. */
export async function write(
  tx: Tx,
  before: Row,
  changes: Partial<Row>,
  says: EventType<typeof webhookUpdated.data> = webhookUpdated,
): Promise<Row> {
  const wanted = { ...before, ...changes }
  const previous = oldValues(present(tx, before), present(tx, wanted)) ?? {}
  // Another value under the name of a header shows only in what is stored.
  const isSame = Object.keys(previous).length === 0 && JSON.stringify(wanted.headers) === JSON.stringify(before.headers)
  if (isSame) return before
  await queries.update(tx, before.id, wanted)
  if (wanted.enabled && !before.enabled) await queries.forgive(tx, before.id)
  const after = await get(tx, before.id)
  await emit(tx, says, { data: { webhook: present(tx, after) }, previous })
  tx.afterCommit(() => wakeSender(tx.kernel))
  return after
}

export function present(ctx: Pick<Ctx, 'now'>, row: Row): Webhook {
  return {
    id: row.id,
    object: 'webhook',
    url: row.url,
    description: row.description,
    events: row.events,
    lookups: row.lookups,
    lookup_timeout_ms: row.lookup_timeout_ms,
    lookups_paused_until: iso(row.lookups_paused_until),
    payload_version: row.payload_version,
    enabled: row.enabled,
    disabled_reason: row.disabled_reason,
    disabled_at: iso(row.disabled_at),
    failing_since: iso(row.failing_since),
    headers: maskHeaders(row.headers),
    secrets: living(row.secrets, ctx.now()).map(({ created_at, expires_at }) => ({ created_at, expires_at })),
    created_at: iso(row.created_at),
    updated_at: iso(row.updated_at),
  }
}
