import { sql } from 'kysely'
import type { Ctx, Tx } from '../../kernel/context.ts'
import { newId } from '../../kernel/ids.ts'
import type { Key } from '../../kernel/pages.ts'
import type { Row, Tables } from './schema.ts'

const tables = (ctx: Ctx) => ctx.db.$extendTables<Tables>()

export async function find(ctx: Ctx, id: string): Promise<Row | undefined> {
  const { rows } = await sql<Row>`
    select * from tags where workspace_id = ${ctx.workspace_id} and id = ${id} and deleted_at is null`.execute(ctx.db)
  return rows[0]
}

/** The tag whatever became of it, so that what carries it can be brought up to date. */
export async function lockAnyway(tx: Tx, id: string): Promise<Row | undefined> {
  const { rows } = await sql<Row>`
    select * from tags where workspace_id = ${tx.workspace_id} and id = ${id} for update`.execute(tx.db)
  return rows[0]
}

/** Tags by the keys of their names, kept as they are until the transaction ends. */
export async function holdByKeys(tx: Tx, keys: readonly string[]): Promise<Row[]> {
  const { rows } = await sql<Row>`
    select * from tags
    where workspace_id = ${tx.workspace_id} and name_key = any(${keys}) and deleted_at is null
    order by name_key for share`.execute(tx.db)
  return rows
}

/** Pages run from the newest tag to the oldest; those before a cursor come oldest first. */
export function list(ctx: Ctx, page: { limit: number; after: Key | null; before: Key | null }): Promise<Row[]> {
  return tables(ctx)
    .selectFrom('tags')
    .selectAll()
    .where('workspace_id', '=', ctx.workspace_id)
    .where('deleted_at', 'is', null)
    .$if(page.after !== null, (query) => query.where('id', '<', String(page.after?.[0])))
    .$if(page.before !== null, (query) => query.where('id', '>', String(page.before?.[0])))
    .orderBy('id', page.before ? 'asc' : 'desc')
    .limit(page.limit + 1)
    .execute()
}

/** Makes the tags whose names are free; answers those it made. Waits for others who are making the same. */
export async function insert(tx: Tx, tags: readonly Pick<Row, 'name' | 'name_key' | 'color'>[]): Promise<Row[]> {
  const now = tx.now()
  const { rows } = await sql<Row>`
    insert into tags (workspace_id, id, name, name_key, color, created_at, updated_at)
    select ${tx.workspace_id}, t.id, t.name, t.name_key, t.color, ${now}, ${now}
    from unnest(${tags.map(() => newId())}::uuid[], ${tags.map((tag) => tag.name)}::text[],
      ${tags.map((tag) => tag.name_key)}::text[], ${tags.map((tag) => tag.color)}::text[]) as t (id, name, name_key, color)
    order by t.name_key
    on conflict (workspace_id, name_key) where deleted_at is null do nothing
    returning *`.execute(tx.db)
  return rows
}

export function update(
  tx: Tx,
  id: string,
  changes: Partial<Pick<Row, 'name' | 'name_key' | 'color' | 'deleted_at'>>,
): Promise<Row> {
  return tables(tx)
    .updateTable('tags')
    .set(({ eb }) => ({ ...changes, version: eb('version', '+', 1), updated_at: tx.now() }))
    .where('workspace_id', '=', tx.workspace_id)
    .where('id', '=', id)
    .returningAll()
    .executeTakeFirstOrThrow()
}
