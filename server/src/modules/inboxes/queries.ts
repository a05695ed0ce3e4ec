import { sql } from 'kysely'
import type { Ctx, Tx } from '../../kernel/context.ts'
import type { Key } from '../../kernel/pages.ts'
import type { Channel, Row, Tables } from './schema.ts'

export async function find(ctx: Ctx, id: string): Promise<Row | undefined> {
  const { rows } = await sql<Row>`
    select * from inboxes where workspace_id = ${ctx.workspace_id} and id = ${id}`.execute(ctx.db)
  return rows[0]
}

/** The oldest of a channel that is switched on. */
export async function findFirst(ctx: Ctx, channel: Channel): Promise<Row | undefined> {
  const { rows } = await sql<Row>`
    select * from inboxes where workspace_id = ${ctx.workspace_id} and channel = ${channel} and enabled
    order by id limit 1`.execute(ctx.db)
  return rows[0]
}

export async function lock(tx: Tx, id: string): Promise<Row | undefined> {
  const { rows } = await sql<Row>`
    select * from inboxes where workspace_id = ${tx.workspace_id} and id = ${id} for no key update`.execute(tx.db)
  return rows[0]
}

/** Pages run from the newest inbox to the oldest; those before a cursor come oldest first. */
export async function list(ctx: Ctx, page: { limit: number; after: Key | null; before: Key | null }): Promise<Row[]> {
  const edge = page.after ?? page.before
  const { rows } = await sql<Row>`
    select * from inboxes where workspace_id = ${ctx.workspace_id}
    ${edge === null ? sql`` : page.before ? sql`and id > ${edge[0]}` : sql`and id < ${edge[0]}`}
    order by id ${page.before ? sql`asc` : sql`desc`} limit ${page.limit + 1}`.execute(ctx.db)
  return rows
}

export async function insert(
  tx: Tx,
  row: Pick<Row, 'id' | 'name' | 'channel' | 'settings' | 'enabled' | 'bot_webhook_id'>,
): Promise<Row> {
  const now = tx.now()
  const { rows } = await sql<Row>`
    insert into inboxes (workspace_id, id, name, channel, settings, enabled, bot_webhook_id, created_at, updated_at)
    values (${tx.workspace_id}, ${row.id}, ${row.name}, ${row.channel}, ${JSON.stringify(row.settings)}, ${row.enabled},
      ${row.bot_webhook_id}, ${now}, ${now}) returning *`.execute(tx.db)
  return only(rows)
}

export async function update(
  tx: Tx,
  id: string,
  row: Pick<Tables['inboxes'], 'name' | 'settings' | 'enabled' | 'bot_webhook_id' | 'identity_secrets'>,
): Promise<Row> {
  const { rows } = await sql<Row>`
    update inboxes set name = ${row.name}, settings = ${JSON.stringify(row.settings)}, enabled = ${row.enabled},
      bot_webhook_id = ${row.bot_webhook_id}, identity_secrets = ${JSON.stringify(row.identity_secrets)}, version = version + 1, updated_at = ${tx.now()}
    where workspace_id = ${tx.workspace_id} and id = ${id} returning *`.execute(tx.db)
  return only(rows)
}

function only(rows: readonly Row[]): Row {
  const [row] = rows
  if (!row) throw new Error('An inbox was written and is not there.')
  return row
}
