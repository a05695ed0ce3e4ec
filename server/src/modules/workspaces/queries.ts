import { sql } from 'kysely'
import type { Ctx, Tx } from '../../kernel/context.ts'
import { global } from '../../kernel/db.ts'
import type { Tables } from './schema.ts'

export type Row = Tables['workspaces'] & { readonly sandbox_id: string | null }
export type NewRow = Omit<Tables['workspaces'], 'version' | 'created_at' | 'updated_at'>
export type Changes = Partial<Omit<NewRow, 'id' | 'number' | 'sandbox_of'>>

const COLUMNS = sql.raw('w.*, s.id as sandbox_id')
const FROM = sql.raw('workspaces w left join workspaces s on s.sandbox_of = w.id')

export async function find(ctx: Pick<Ctx, 'db'>, id: string): Promise<Row | undefined> {
  const { rows } = await sql<Row>`
    select ${COLUMNS} from ${FROM} where w.id = ${id} ${global('workspaces.find')}`.execute(ctx.db)
  return rows[0]
}

export async function lock(tx: Tx, id: string): Promise<Row | undefined> {
  const { rows } = await sql<Row>`
    select ${COLUMNS} from ${FROM} where w.id = ${id} for no key update of w ${global('workspaces.lock')}`.execute(
    tx.db,
  )
  return rows[0]
}

/** Those that customers reach, oldest first; their twins are named by them. */
export async function list(ctx: Ctx, page: { after: number; limit: number }): Promise<Row[]> {
  const { rows } = await sql<Row>`
    select ${COLUMNS} from ${FROM} where w.sandbox_of is null and w.number > ${page.after}
    order by w.number limit ${page.limit} ${global('workspaces.list')}`.execute(ctx.db)
  return rows
}

export async function insert(tx: Tx, row: NewRow): Promise<void> {
  const now = tx.now()
  await sql`
    insert into workspaces (id, number, name, plan, requests_per_minute, country, time_zone, locale, sandbox_of,
      created_at, updated_at)
    values (${row.id}, ${row.number}, ${row.name}, ${row.plan}, ${row.requests_per_minute}, ${row.country},
      ${row.time_zone}, ${row.locale}, ${row.sandbox_of}, ${now}, ${now})
    ${global('workspaces.insert')}`.execute(tx.db)
}

/** A workspace and its twin change as one. */
export async function update(tx: Tx, id: string, changes: Changes): Promise<void> {
  await tx.db
    .$extendTables<Tables>()
    .updateTable('workspaces')
    .set(({ eb }) => ({ ...changes, version: eb('version', '+', 1), updated_at: tx.now() }))
    .where(({ eb, or }) => or([eb('id', '=', id), eb('sandbox_of', '=', id)]))
    .modifyEnd(global('workspaces.update'))
    .execute()
}

/** Adds one to a counter and holds it until the transaction ends. */
export async function count(tx: Tx, workspace_id: string, noun: string): Promise<number> {
  const { rows } = await sql<{ value: number }>`
    insert into counters (workspace_id, noun, value) values (${workspace_id}, ${noun}, 1)
    on conflict (workspace_id, noun) do update set value = counters.value + 1 returning value`.execute(tx.db)
  return rows[0]?.value ?? 0
}
