/** The rows themselves: read through a cache, held, and written together with the event that says so. */
import { openCache } from '../../kernel/cache.ts'
import { type Ctx, isTx, type Tx } from '../../kernel/context.ts'
import { notFound } from '../../kernel/errors.ts'
import { emit, oldValues } from '../../kernel/events.ts'
import { newId } from '../../kernel/ids.ts'
import { iso } from '../../kernel/time.ts'
import { inboxCreated, inboxUpdated } from './events.ts'
import * as queries from './queries.ts'
import type { Inbox, Row, Tables } from './schema.ts'

const kept = openCache<Row | undefined>()

/** The inbox, at most two seconds old. */
export function find(ctx: Ctx, id: string): Promise<Row | undefined> {
  return remember(ctx, `${ctx.workspace_id}:${id}`, () => queries.find(ctx, id))
}

/** The first inbox of the API that is switched on, at most two seconds old. */
export function findApi(ctx: Ctx): Promise<Row | undefined> {
  return remember(ctx, `${ctx.workspace_id}:api`, () => queries.findFirst(ctx, 'api'))
}

/** The inbox as it is in the database now, held until the transaction ends; a 404 when it is not there. */
export async function lock(tx: Tx, id: string): Promise<Row> {
  const row = await queries.lock(tx, id)
  if (!row) throw notFound()
  return row
}

/** Writes a locked inbox as it is to be, and says so if that changes anything. */
export async function write(
  tx: Tx,
  before: Row,
  wanted: Pick<Tables['inboxes'], 'name' | 'settings' | 'enabled' | 'bot_webhook_id' | 'identity_secrets'>,
): Promise<Row> {
  const previous = oldValues(present(before), present({ ...before, ...wanted }))
  if (!previous) return before
  const after = await queries.update(tx, before.id, wanted)
  await emit(tx, inboxUpdated, { data: { inbox: present(after) }, previous })
  forget(tx, before.id)
  return after
}

/** Writes a new inbox and says so. */
export async function insert(
  tx: Tx,
  row: Pick<Row, 'name' | 'channel' | 'settings' | 'enabled' | 'bot_webhook_id'>,
): Promise<Row> {
  const made = await queries.insert(tx, { ...row, id: newId() })
  await emit(tx, inboxCreated, { data: { inbox: present(made) } })
  forget(tx, made.id)
  return made
}

export function present(row: Tables['inboxes']): Inbox {
  return {
    id: row.id,
    object: 'inbox',
    name: row.name,
    channel: row.channel,
    settings: row.settings,
    enabled: row.enabled,
    bot_webhook_id: row.bot_webhook_id,
    identity_secrets: row.identity_secrets.map(({ id, created_at }) => ({ id, created_at })),
    created_at: iso(row.created_at),
    updated_at: iso(row.updated_at),
  }
}

// What a transaction reads may never be committed, so it is not kept.
function remember(ctx: Ctx, key: string, load: () => Promise<Row | undefined>): Promise<Row | undefined> {
  if (isTx(ctx)) return kept.peek(ctx.kernel, key) ?? load()
  return kept.get(ctx.kernel, key, load)
}

function forget(tx: Tx, id: string): void {
  tx.afterCommit(() => {
    kept.forget(tx.kernel, `${tx.workspace_id}:${id}`)
    kept.forget(tx.kernel, `${tx.workspace_id}:api`)
  })
}
