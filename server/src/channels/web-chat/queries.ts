import { sql } from 'kysely'
import { inBatches } from '../../kernel/batches.ts'
import type { Ctx, Tx } from '../../kernel/context.ts'
import { type Database, global } from '../../kernel/db.ts'
import type { Tables as Conversations } from '../../modules/conversations/schema.ts'
import type { Tables } from './schema.ts'

export type Session = Tables['visitor_sessions']
type Conversation = Conversations['conversations']

/** Which workspace a web chat belongs to: what its script tag names is all there is to go by. */
export async function findWorkspace(database: Database, inbox_id: string): Promise<string | undefined> {
  const { rows } = await sql<{ workspace_id: string }>`
    select workspace_id from inboxes where id = ${inbox_id} and channel = 'web_chat'
    ${global('web_chat.workspace')}`.execute(database.kysely)
  return rows[0]?.workspace_id
}

/** The session, while it lasts and its contact is there. */
export async function findSession(
  ctx: Pick<Ctx, 'db' | 'workspace_id' | 'now'>,
  id: string,
): Promise<Session | undefined> {
  const { rows } = await sql<Session>`
    select s.* from visitor_sessions s join contacts p on p.workspace_id = s.workspace_id and p.id = s.contact_id
    where s.workspace_id = ${ctx.workspace_id} and s.id = ${id} and s.ended_at is null and s.expires_at > ${ctx.now()}
      and p.deleted_at is null`.execute(ctx.db)
  return rows[0]
}

/** The latest conversation of a contact in an inbox, but for those of visitors who only claim to be them. */
export async function findProven(
  ctx: Ctx,
  { contact_id, inbox_id }: Pick<Conversation, 'contact_id' | 'inbox_id'>,
): Promise<Conversation['id'] | undefined> {
  const { rows } = await sql<Pick<Conversation, 'id'>>`
    select c.id from conversations c
    where c.workspace_id = ${ctx.workspace_id} and c.contact_id = ${contact_id} and c.inbox_id = ${inbox_id}
      and not exists (
        select from visitor_sessions s
        where s.workspace_id = c.workspace_id and s.conversation_id = c.id and not s.verified
      )
    order by c.id desc limit 1`.execute(ctx.db)
  return rows[0]?.id
}

/** The session as it is now, held until the transaction ends. */
export async function lockSession(tx: Tx, id: string): Promise<Session | undefined> {
  const { rows } = await sql<Session>`
    select * from visitor_sessions where workspace_id = ${tx.workspace_id} and id = ${id} for no key update`.execute(
    tx.db,
  )
  return rows[0]
}

export async function insertSession(
  tx: Tx,
  session: Pick<Session, 'id' | 'inbox_id' | 'contact_id' | 'verified' | 'borrowed' | 'expires_at'>,
): Promise<Session> {
  const { rows } = await sql<Session>`
    insert into visitor_sessions (workspace_id, id, inbox_id, contact_id, verified, borrowed, created_at, expires_at)
    values (${tx.workspace_id}, ${session.id}, ${session.inbox_id}, ${session.contact_id}, ${session.verified},
      ${session.borrowed}, ${tx.now()}, ${session.expires_at})
    returning *`.execute(tx.db)
  const [row] = rows
  if (!row) throw new Error('An inserted session came back empty.')
  return row
}

export async function updateSession(
  ctx: Ctx,
  id: string,
  changes: Partial<Pick<Session, 'contact_id' | 'verified' | 'conversation_id' | 'expires_at' | 'ended_at'>>,
): Promise<void> {
  await ctx.db
    .$extendTables<Tables>()
    .updateTable('visitor_sessions')
    .set(changes)
    .where('workspace_id', '=', ctx.workspace_id)
    .where('id', '=', id)
    .execute()
}

/** Removes sessions that nobody can use any more. */
export async function removeExpired(ctx: Ctx): Promise<void> {
  await inBatches(async (atMost) => {
    const { numAffectedRows } = await sql`
      delete from visitor_sessions where ctid = any(array(
        select ctid from visitor_sessions where expires_at < ${ctx.now()} limit ${atMost} for update skip locked
      )) ${global('web_chat.expired')}`.execute(ctx.db)
    return Number(numAffectedRows ?? 0n)
  })
}
