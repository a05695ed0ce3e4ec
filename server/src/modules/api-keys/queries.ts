import { sql } from 'kysely'
import type { Ctx, Tx } from '../../kernel/context.ts'
import { global } from '../../kernel/db.ts'
import type { Page } from '../../kernel/pages.ts'
import { MINUTE } from '../../kernel/time.ts'
import type { Role } from '../users/schema.ts'
import type { KnownRow, Row } from './schema.ts'

type Reader = Pick<Ctx, 'db'>

/** The key of a credential, in whatever workspace it is. */
export async function find(ctx: Reader, id: string): Promise<Row | undefined> {
  const { rows } = await sql<Row>`select * from api_keys where id = ${id} ${global('api_keys.find')}`.execute(ctx.db)
  return rows[0]
}

const COLUMNS = sql.raw(
  `k.*, w.sandbox_of as parent_id, case when w.sandbox_of is null then 'live' else 'test' end as mode`,
)
const FROM = sql.raw('api_keys k join workspaces w on w.id = k.workspace_id')

/** The keys of the workspace, and of its twin where it has one. */
function within(ctx: Ctx) {
  const { workspace_id } = ctx
  return sql`k.workspace_id = any (array(select id from workspaces where id = ${workspace_id} or sandbox_of = ${workspace_id}))
    and k.revoked_at is null`
}

export async function findKnown(ctx: Ctx, id: string): Promise<KnownRow | undefined> {
  const { rows } = await sql<KnownRow>`
    select ${COLUMNS} from ${FROM} where ${within(ctx)} and k.id = ${id}`.execute(ctx.db)
  return rows[0]
}

export async function lock(tx: Tx, id: string): Promise<KnownRow | undefined> {
  const { rows } = await sql<KnownRow>`
    select ${COLUMNS} from ${FROM} where ${within(tx)} and k.id = ${id} for no key update of k`.execute(tx.db)
  return rows[0]
}

/** Those that act for a user in this workspace alone. */
export async function lockOf(tx: Tx, user_id: string): Promise<KnownRow[]> {
  const { rows } = await sql<KnownRow>`
    select ${COLUMNS} from ${FROM}
    where k.workspace_id = ${tx.workspace_id} and k.user_id = ${user_id} and k.revoked_at is null
    order by k.id for no key update of k`.execute(tx.db)
  return rows
}

/** Newest first; one row more than the page holds. */
export async function list(ctx: Ctx, page: Page): Promise<KnownRow[]> {
  const [at, id] = page.after ?? page.before ?? []
  const edge = sql`(${at}::timestamptz, ${id}::text)`
  const bound = page.after
    ? sql`and (k.created_at, k.id) < ${edge}`
    : page.before
      ? sql`and (k.created_at, k.id) > ${edge}`
      : sql``
  const order = page.before ? sql`k.created_at, k.id` : sql`k.created_at desc, k.id desc`
  const { rows } = await sql<KnownRow>`
    select ${COLUMNS} from ${FROM} where ${within(ctx)} ${bound} order by ${order} limit ${page.limit + 1}`.execute(
    ctx.db,
  )
  return rows
}

/** What a key may be given, and given otherwise. */
export type Terms = Pick<Row, 'name' | 'scopes' | 'active' | 'allow' | 'requests_per_minute' | 'expires_at'>

export async function insert(tx: Tx, row: Terms & Pick<Row, 'id' | 'secret_hash'>): Promise<void> {
  const now = tx.now()
  await sql`
    insert into api_keys (id, workspace_id, name, secret_hash, scopes, user_id, active, allow, requests_per_minute,
      expires_at, created_at, updated_at)
    values (${row.id}, ${tx.workspace_id}, ${row.name}, ${row.secret_hash}, ${row.scopes}, ${tx.user_id}, ${row.active},
      ${row.allow}, ${row.requests_per_minute}, ${row.expires_at}, ${now}, ${now})`.execute(tx.db)
}

export async function update(tx: Tx, { workspace_id, id }: Pick<Row, 'workspace_id' | 'id'>, to: Terms): Promise<void> {
  await sql`
    update api_keys set name = ${to.name}, scopes = ${to.scopes}, active = ${to.active}, allow = ${to.allow},
      requests_per_minute = ${to.requests_per_minute}, expires_at = ${to.expires_at},
      version = version + 1, updated_at = ${tx.now()}
    where workspace_id = ${workspace_id} and id = ${id}`.execute(tx.db)
}

export async function rotate(
  tx: Tx,
  { workspace_id, id }: Pick<Row, 'workspace_id' | 'id'>,
  to: Pick<Row, 'secret_hash' | 'old_secret_hash' | 'old_secret_expires_at'>,
): Promise<void> {
  await sql`
    update api_keys set secret_hash = ${to.secret_hash}, old_secret_hash = ${to.old_secret_hash},
      old_secret_expires_at = ${to.old_secret_expires_at}, version = version + 1, updated_at = ${tx.now()}
    where workspace_id = ${workspace_id} and id = ${id}`.execute(tx.db)
}

export async function revoke(tx: Tx, { workspace_id, id }: Pick<Row, 'workspace_id' | 'id'>): Promise<void> {
  await sql`
    update api_keys set active = false, revoked_at = ${tx.now()}, version = version + 1, updated_at = ${tx.now()}
    where workspace_id = ${workspace_id} and id = ${id}`.execute(tx.db)
}

export interface Use {
  readonly id: string
  readonly at: Date
  readonly address: string
}

/** Notes when and from where keys were used; for each at most once a minute, whoever else notes it too. */
export async function touch(ctx: Reader, uses: readonly Use[]): Promise<void> {
  const column = <K extends keyof Use>(name: K) => uses.map((use) => use[name])
  await sql`
    update api_keys k set last_used_at = u.at, last_used_address = u.address
    from unnest(${column('id')}::text[], ${column('at')}::timestamptz[], ${column('address')}::text[]) u (id, at, address)
    where k.id = u.id and (k.last_used_at is null or k.last_used_at <= u.at - make_interval(secs => ${MINUTE / 1_000}))
    ${global('api_keys.touch')}`.execute(ctx.db)
}

export type Living = Pick<Row, 'id' | 'scopes' | 'allow' | 'secret_hash' | 'old_secret_hash'> & { role: Role | null }

/** Which of these keys still open anything, and with the role of whom. */
export async function listLiving(ctx: Reader, ids: readonly string[], now: Date): Promise<Living[]> {
  const { rows } = await sql<Living>`
    select k.id, k.scopes, k.allow, k.secret_hash, u.role,
      case when k.old_secret_expires_at > ${now} then k.old_secret_hash end as old_secret_hash
    from api_keys k left join users u on u.workspace_id = k.workspace_id and u.id = k.user_id
    where k.id = any(${ids}) and k.active and k.revoked_at is null and (k.expires_at is null or k.expires_at > ${now})
      and (k.user_id is null or (u.removed_at is null and u.created_at <= k.created_at))`.execute(ctx.db)
  return rows
}
