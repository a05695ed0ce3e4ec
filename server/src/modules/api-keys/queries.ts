import { sql } from 'kysely'
import type { Ctx, Tx } from '../../kernel/context.ts'
import { global } from '../../kernel/db.ts'
import { MINUTE } from '../../kernel/time.ts'
import type { Role } from '../users/schema.ts'
import type { Tables } from './schema.ts'

export type Row = Tables['api_keys']

type Reader = Pick<Ctx, 'db'>

/** The key of a credential, in whatever workspace it is. */
export async function find(ctx: Reader, id: string): Promise<Row | undefined> {
  const { rows } = await sql<Row>`select * from api_keys where id = ${id} ${global('api_keys.find')}`.execute(ctx.db)
  return rows[0]
}

export async function lock(tx: Tx, id: string): Promise<Row | undefined> {
  const { rows } = await sql<Row>`
    select * from api_keys where workspace_id = ${tx.workspace_id} and id = ${id} for no key update`.execute(tx.db)
  return rows[0]
}

export async function insert(
  tx: Tx,
  row: Pick<Row, 'id' | 'name' | 'secret_hash' | 'scopes' | 'requests_per_minute' | 'expires_at'>,
): Promise<void> {
  await sql`
    insert into api_keys (id, workspace_id, name, secret_hash, scopes, user_id, requests_per_minute, expires_at, created_at)
    values (${row.id}, ${tx.workspace_id}, ${row.name}, ${row.secret_hash}, ${row.scopes}, ${tx.user_id},
      ${row.requests_per_minute}, ${row.expires_at}, ${tx.now()})`.execute(tx.db)
}

export async function revoke(tx: Tx, id: string): Promise<void> {
  await sql`
    update api_keys set active = false, revoked_at = ${tx.now()}
    where workspace_id = ${tx.workspace_id} and id = ${id}`.execute(tx.db)
}

export async function touch(ctx: Reader, ids: readonly string[], now: Date): Promise<void> {
  await sql`
    update api_keys set last_used_at = ${now}
    where id = any(${ids}) and (last_used_at is null or last_used_at < ${new Date(now.getTime() - MINUTE)})
    ${global('api_keys.touch')}`.execute(ctx.db)
}

/** Which of these keys still open anything, and with the role of whom. */
export async function listLiving(
  ctx: Reader,
  ids: readonly string[],
  now: Date,
): Promise<{ id: string; role: Role | null }[]> {
  const { rows } = await sql<{ id: string; role: Role | null }>`
    select k.id, u.role from api_keys k left join users u on u.workspace_id = k.workspace_id and u.id = k.user_id
    where k.id = any(${ids}) and k.active and k.revoked_at is null and (k.expires_at is null or k.expires_at > ${now})
      and (k.user_id is null or (u.removed_at is null and u.created_at <= k.created_at))`.execute(ctx.db)
  return rows
}
