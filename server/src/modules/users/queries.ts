import { sql } from 'kysely'
import { inBatches } from '../../kernel/batches.ts'
import type { Ctx, Tx } from '../../kernel/context.ts'
import { global } from '../../kernel/db.ts'
import type { Key, Page } from '../../kernel/pages.ts'
import type { Presence, Role, Tables } from './schema.ts'

export type Row = Tables['users'] & Pick<Tables['people'], 'name' | 'email'>
export type Person = Pick<Tables['people'], 'id' | 'name' | 'email'>

type Reader = Pick<Ctx, 'db'>

const COLUMNS = sql.raw('u.*, p.name, p.email')
const FROM = sql.raw('users u join people p on p.id = u.person_id')

/** Also one who has left. */
export async function find(ctx: Ctx, id: string): Promise<Row | undefined> {
  const { rows } = await sql<Row>`
    select ${COLUMNS} from ${FROM} where u.workspace_id = ${ctx.workspace_id} and u.id = ${id}`.execute(ctx.db)
  return rows[0]
}

export async function lock(tx: Tx, id: string): Promise<Row | undefined> {
  const { rows } = await sql<Row>`
    select ${COLUMNS} from ${FROM} where u.workspace_id = ${tx.workspace_id} and u.id = ${id}
    for no key update of u`.execute(tx.db)
  return rows[0]
}

export async function lockOfPerson(tx: Tx, person_id: string): Promise<Row | undefined> {
  const { rows } = await sql<Row>`
    select ${COLUMNS} from ${FROM} where u.workspace_id = ${tx.workspace_id} and u.person_id = ${person_id}
    for no key update of u`.execute(tx.db)
  return rows[0]
}

/** Newest first; one row more than the page holds. */
export async function list(ctx: Ctx, page: Page): Promise<Row[]> {
  const edge: Key = page.after ?? page.before ?? []
  const [id] = edge
  const bound = page.after ? sql`and u.id < ${id}::uuid` : page.before ? sql`and u.id > ${id}::uuid` : sql``
  const { rows } = await sql<Row>`
    select ${COLUMNS} from ${FROM} where u.workspace_id = ${ctx.workspace_id} and u.removed_at is null ${bound}
    order by u.id ${page.before ? sql`asc` : sql`desc`} limit ${page.limit + 1}`.execute(ctx.db)
  return rows
}

export async function nextNumber(tx: Tx): Promise<number> {
  const { rows } = await sql<{ number: number }>`
    select nextval('user_number_seq') as number ${global('users.number')}`.execute(tx.db)
  return rows[0]?.number ?? 0
}

/** A new row, or a row that comes back to life as if it were new. */
export async function put(tx: Tx, row: Pick<Tables['users'], 'id' | 'number' | 'person_id' | 'role'>): Promise<void> {
  const now = tx.now()
  await sql`
    insert into users (workspace_id, id, number, person_id, role, created_at, updated_at)
    values (${tx.workspace_id}, ${row.id}, ${row.number}, ${row.person_id}, ${row.role}, ${now}, ${now})
    on conflict (workspace_id, id) do update set role = excluded.role, presence = 'offline', removed_at = null,
      version = users.version + 1, created_at = excluded.created_at, updated_at = excluded.updated_at`.execute(tx.db)
}

export async function update(
  tx: Tx,
  id: string,
  changes: { role?: Role; presence?: Presence; removed_at?: Date },
): Promise<void> {
  await tx.db
    .$extendTables<Tables>()
    .updateTable('users')
    .set(({ eb }) => ({ ...changes, version: eb('version', '+', 1), updated_at: tx.now() }))
    .where('workspace_id', '=', tx.workspace_id)
    .where('id', '=', id)
    .execute()
}

export async function hasOtherOwner(tx: Tx, id: string): Promise<boolean> {
  const { rows } = await sql`
    select from users where workspace_id = ${tx.workspace_id} and role = 'owner' and removed_at is null and id <> ${id}
    for share limit 1`.execute(tx.db)
  return rows.length > 0
}

/** Where a person works, in an order in which everyone locks. */
export async function listPlaces(tx: Tx, person_id: string): Promise<{ workspace_id: string; id: string }[]> {
  const { rows } = await sql<{ workspace_id: string; id: string }>`
    select workspace_id, id from users where person_id = ${person_id} and removed_at is null
    order by workspace_id for no key update`.execute(tx.db)
  return rows
}

export async function findPerson(ctx: Reader, email: string): Promise<Person | undefined> {
  const { rows } = await sql<Person>`
    select id, name, email from people where email = ${email} ${global('users.person')}`.execute(ctx.db)
  return rows[0]
}

/** The person with this e-mail, made if there is none; `isNew` says which. */
export async function putPerson(tx: Tx, person: Person): Promise<Person & { isNew: boolean }> {
  const now = tx.now()
  const { rows } = await sql<Person & { isNew: boolean }>`
    insert into people as p (id, name, email, created_at, updated_at)
    values (${person.id}, ${person.name}, ${person.email}, ${now}, ${now})
    on conflict (email) do update set updated_at = p.updated_at
    returning id, name, email, id = ${person.id} as "isNew" ${global('users.person_put')}`.execute(tx.db)
  return rows[0] ?? { ...person, isNew: false }
}

/** The first owner there is, while nobody has a session. */
export async function findFirstOwner(ctx: Pick<Ctx, 'db'>): Promise<Person | undefined> {
  const { rows } = await sql<Person>`
    select p.id, p.name, p.email from users u join people p on p.id = u.person_id
    where u.role = 'owner' and u.removed_at is null and not exists (select from sessions)
    order by u.created_at, u.number limit 1 ${global('users.first')}`.execute(ctx.db)
  return rows[0]
}

export async function rename(tx: Tx, person_id: string, name: string): Promise<void> {
  await sql`
    update people set name = ${name}, updated_at = ${tx.now()} where id = ${person_id}
    ${global('users.rename')}`.execute(tx.db)
}

/** The password account is the library's: provider `credential`, known by the person's own id. */
export async function putPassword(tx: Tx, account: { id: string; person_id: string; hash: string }): Promise<void> {
  const now = tx.now()
  await sql`
    insert into accounts (id, person_id, provider_id, account_id, password, created_at, updated_at)
    values (${account.id}, ${account.person_id}, 'credential', ${account.person_id}, ${account.hash}, ${now}, ${now})
    on conflict (provider_id, account_id) do update set password = excluded.password, updated_at = excluded.updated_at
    ${global('users.password')}`.execute(tx.db)
}

export async function insertLink(tx: Tx, link: Omit<Tables['sign_in_links'], 'created_at'>): Promise<void> {
  await sql`
    insert into sign_in_links (token_hash, person_id, expires_at, created_at)
    values (${link.token_hash}, ${link.person_id}, ${link.expires_at}, ${tx.now()})
    ${global('users.link')}`.execute(tx.db)
}

/** Takes a link away; whoever gets the row back is the one who used it. */
export async function takeLink(tx: Tx, token_hash: Buffer): Promise<string | undefined> {
  const { rows } = await sql<{ person_id: string; expires_at: Date }>`
    delete from sign_in_links where token_hash = ${token_hash} returning person_id, expires_at
    ${global('users.link_take')}`.execute(tx.db)
  return rows[0] && rows[0].expires_at > tx.now() ? rows[0].person_id : undefined
}

export async function insertSession(
  tx: Tx,
  session: Omit<Tables['sessions'], 'created_at' | 'updated_at'>,
): Promise<void> {
  const now = tx.now()
  await sql`
    insert into sessions (id, person_id, token, expires_at, ip_address, user_agent, created_at, updated_at)
    values (${session.id}, ${session.person_id}, ${session.token}, ${session.expires_at}, ${session.ip_address},
      ${session.user_agent}, ${now}, ${now})
    ${global('users.session_open')}`.execute(tx.db)
}

export async function deleteSession(tx: Tx, token: string): Promise<void> {
  await sql`delete from sessions where token = ${token} ${global('users.session_end')}`.execute(tx.db)
}

export async function deleteSessions(tx: Tx, person_id: string): Promise<void> {
  await sql`delete from sessions where person_id = ${person_id} ${global('users.sessions_end')}`.execute(tx.db)
}

/** A person's place in a workspace, as a session knows it. */
export interface Membership {
  readonly workspace_id: string
  readonly number: number
  readonly name: string
  readonly sandbox_of: string | null
  readonly user_id: string
  readonly role: Role
}

export interface SessionRow extends Person {
  readonly session_id: string
  readonly expires_at: Date
  readonly memberships: readonly Membership[]
}

/** Who a session is, and where they work: all that a request must know. */
export async function findSession(ctx: Reader, token: string): Promise<SessionRow | undefined> {
  const { rows } = await sql<SessionRow>`
    select s.id as session_id, s.expires_at, p.id, p.name, p.email, coalesce((
      select json_agg(json_build_object('workspace_id', w.id, 'number', w.number, 'name', w.name,
        'sandbox_of', w.sandbox_of, 'user_id', u.id, 'role', u.role) order by w.number)
      from users u join workspaces w on w.id = u.workspace_id
      where u.person_id = p.id and u.removed_at is null), '[]') as memberships
    from sessions s join people p on p.id = s.person_id where s.token = ${token}
    ${global('users.session')}`.execute(ctx.db)
  return rows[0]
}

/** Which of these sessions are still a user of these workspaces, and as what. */
export async function listLiving(
  ctx: Reader,
  which: { sessions: readonly string[]; workspaces: readonly string[]; now: Date },
): Promise<{ session_id: string; workspace_id: string; role: Role }[]> {
  const { rows } = await sql<{ session_id: string; workspace_id: string; role: Role }>`
    select s.id as session_id, u.workspace_id, u.role
    from unnest(${which.sessions}::uuid[], ${which.workspaces}::uuid[]) as asked (session_id, workspace_id)
    join sessions s on s.id = asked.session_id and s.expires_at > ${which.now}
    join users u on u.workspace_id = asked.workspace_id and u.person_id = s.person_id and u.removed_at is null
    `.execute(ctx.db)
  return rows
}

export interface Standing {
  readonly role: Role
  /** When they became, or became again, a user. */
  readonly created_at: Date
}

export async function findStanding(ctx: Reader, workspace_id: string, id: string): Promise<Standing | undefined> {
  const { rows } = await sql<Standing>`
    select role, created_at from users
    where workspace_id = ${workspace_id} and id = ${id} and removed_at is null`.execute(ctx.db)
  return rows[0]
}

/** Throws what the database throws when it does not answer. */
export async function ping(ctx: Reader): Promise<void> {
  await sql`select 1 ${global('users.ping')}`.execute(ctx.db)
}

/** Clears what nobody can use any more. */
export async function deleteExpired(ctx: Ctx): Promise<void> {
  for (const table of ['sessions', 'sign_in_links', 'verifications']) {
    await inBatches(async (atMost) => {
      const { numAffectedRows } = await sql`
        delete from ${sql.table(table)} where ctid = any(array(
          select ctid from ${sql.table(table)} where expires_at < ${ctx.now()} limit ${atMost} for update skip locked
        )) ${global('users.expired')}`.execute(ctx.db)
      return Number(numAffectedRows ?? 0n)
    })
  }
}
