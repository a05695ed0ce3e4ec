import { sql } from 'kysely'
import type { Ctx, Tx } from '../../kernel/context.ts'
import { global } from '../../kernel/db.ts'
import { DAY } from '../../kernel/time.ts'
import type { Row } from './schema.ts'

export async function find(ctx: Ctx, id: string): Promise<Row | undefined> {
  const { rows } = await sql<Row>`
    select * from files where workspace_id = ${ctx.workspace_id} and id = ${id} and deleted_at is null`.execute(ctx.db)
  return rows[0]
}

export async function findAll(ctx: Ctx, ids: readonly string[]): Promise<Row[]> {
  const { rows } = await sql<Row>`
    select * from files
    where workspace_id = ${ctx.workspace_id} and id = any(${ids}::uuid[]) and deleted_at is null`.execute(ctx.db)
  return rows
}

export type NewFile = Omit<Row, 'workspace_id' | 'number' | 'attached_at' | 'created_at' | 'deleted_at'>

export async function insert(ctx: Ctx, file: NewFile): Promise<Row> {
  const { rows } = await sql<Row>`
    insert into files (workspace_id, id, name, content_type, size, width, height, digest, uploader_type, uploader_id, created_at)
    values (${ctx.workspace_id}, ${file.id}, ${file.name}, ${file.content_type}, ${file.size}, ${file.width},
      ${file.height}, ${file.digest}, ${file.uploader_type}, ${file.uploader_id}, ${ctx.now()})
    returning *`.execute(ctx.db)
  const [row] = rows
  if (!row) throw new Error('A file was written and is not there.')
  return row
}

/** Hangs files that hang nowhere yet; of a customer's, only their own. Answers those it did. */
export async function attach(tx: Tx, ids: readonly string[]): Promise<Row[]> {
  const { type, id } = tx.actor
  const { rows } = await sql<Row>`
    update files set attached_at = ${tx.now()}
    where workspace_id = ${tx.workspace_id} and id = any(${ids}::uuid[]) and attached_at is null and deleted_at is null
      and (${type}::text <> 'contact' or (uploader_type = 'contact' and uploader_id = ${id}::text))
    returning *`.execute(tx.db)
  return rows
}

export async function markDeleted(tx: Tx, ids: readonly string[]): Promise<void> {
  await sql`
    update files set deleted_at = ${tx.now()}
    where workspace_id = ${tx.workspace_id} and id = any(${ids}::uuid[]) and deleted_at is null`.execute(tx.db)
}

const LOOSE = 1 * DAY

/** Marks files that were not attached within a day as deleted; answers how many. */
export async function markLoose(ctx: Ctx, atMost: number): Promise<number> {
  const { numAffectedRows } = await sql`
    update files set deleted_at = ${ctx.now()} where (workspace_id, id) in (
      select workspace_id, id from files
      where attached_at is null and deleted_at is null and created_at < ${new Date(ctx.now().getTime() - LOOSE)}
      limit ${atMost} for update skip locked
    ) ${global('files.mark_loose')}`.execute(ctx.db)
  return Number(numAffectedRows ?? 0n)
}

export async function listDeleted(ctx: Ctx, atMost: number): Promise<Pick<Row, 'workspace_id' | 'id'>[]> {
  const { rows } = await sql<Pick<Row, 'workspace_id' | 'id'>>`
    select workspace_id, id from files where deleted_at is not null limit ${atMost} ${global('files.list_deleted')}`.execute(
    ctx.db,
  )
  return rows
}

/** Which of these ids are files, deleted ones among them. */
export async function listKnown(ctx: Ctx, ids: readonly string[]): Promise<Set<string>> {
  const { rows } = await sql<Pick<Row, 'id'>>`
    select id from files where id = any(${ids}::uuid[]) ${global('files.list_known')}`.execute(ctx.db)
  return new Set(rows.map(({ id }) => id))
}

export async function forget(ctx: Ctx, ids: readonly string[]): Promise<void> {
  await sql`
    delete from files where id = any(${ids}::uuid[]) and deleted_at is not null ${global('files.forget')}`.execute(
    ctx.db,
  )
}
