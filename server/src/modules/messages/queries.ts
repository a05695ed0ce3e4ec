import { CompiledQuery, type Kysely, sql } from 'kysely'
import type { Ctx, Tx } from '../../kernel/context.ts'
import { newId } from '../../kernel/ids.ts'
import { PREVIEW_LENGTH } from '../conversations/schema.ts'
import { APPEND, APPEND_SEVERAL, PARAMETERS, type Parameter } from './appending.ts'
import type { Tables } from './schema.ts'

export type Row = Tables['messages']

export type Draft = Pick<
  Row,
  | 'id'
  | 'body'
  | 'html'
  | 'author_type'
  | 'author_id'
  | 'author_name'
  | 'attachments'
  | 'client_message_id'
  | 'in_reply_to'
  | 'metadata'
  | 'sent_at'
> & { readonly type: 'incoming' | 'outgoing' | 'note' }

/** What the statement that adds a message takes. */
export type Entry = Draft & {
  readonly workspace_id: string
  readonly conversation_id: string
  readonly now: Date
  readonly now_as_text: string
  readonly preview: string | null
  readonly event_id: string
  readonly actor_type: string
  readonly actor_id: string | null
  readonly actor_name: string | null
}
export type Appended = Pick<Row, 'id' | 'inbox_id' | 'number' | 'position' | 'status' | 'sent_at'>

export function toEntry(ctx: Ctx, conversation_id: string, draft: Draft): Entry {
  const now = ctx.now()
  return {
    ...draft,
    workspace_id: ctx.workspace_id,
    conversation_id,
    now,
    now_as_text: now.toISOString(),
    preview: preview(draft),
    event_id: newId(),
    actor_type: ctx.actor.type,
    actor_id: ctx.actor.id,
    actor_name: ctx.actor.name,
  }
}

/**
 * Adds a message to a conversation and says so, in one statement. Answers nothing when the conversation is not there or
 * when the message would change its state: then lock it and decide.
 */
// biome-ignore lint/complexity/noBannedTypes: Kysely's own way to say "no tables yet".
export async function append(db: Kysely<{}>, entry: Entry): Promise<Appended | undefined> {
  const values = PARAMETERS.map((name) => (isJson(name) ? JSON.stringify(entry[name]) : entry[name]))
  const { rows } = await db.executeQuery<Appended>(CompiledQuery.raw(APPEND[entry.type], values))
  return rows[0]
}

/** The same for several of one type, no two in one conversation: those left out are to be tried alone. */
export async function appendSeveral(
  // biome-ignore lint/complexity/noBannedTypes: as above.
  db: Kysely<{}>,
  type: Draft['type'],
  entries: readonly Entry[],
): Promise<Appended[]> {
  const { rows } = await db.executeQuery<Appended>(CompiledQuery.raw(APPEND_SEVERAL[type], [JSON.stringify(entries)]))
  return rows
}

/** The message as it stands once it has been added. */
export function toRow({ workspace_id, conversation_id, now }: Entry, draft: Draft, appended: Appended): Row {
  return { ...draft, ...appended, ...UNTOUCHED, workspace_id, conversation_id, created_at: now }
}

/** What an activity says was done, when a bot gave a conversation to the team. */
export const HANDED_OVER = 'handed_over'

const isJson = (name: Parameter) => name === 'attachments' || name === 'metadata'
/** What nothing has happened to yet. */
const UNTOUCHED = { error: null, version: 1, delivered_at: null, read_at: null, deleted_at: null } as const

// Notes are for the team only, and so not in the preview.
function preview(draft: Draft): string | null {
  if (draft.type === 'note') return null
  const text = draft.body.replaceAll(/\s+/g, ' ').trim()
  return [...text].slice(0, PREVIEW_LENGTH).join('')
}

/** The message that records a change of its conversation. `position` has been taken by the statement that changed the row. */
export async function insertActivity(
  tx: Tx,
  row: Pick<Row, 'conversation_id' | 'inbox_id' | 'position' | 'body' | 'metadata'>,
): Promise<Row> {
  const { rows } = await sql<Row>`
    insert into messages (workspace_id, id, conversation_id, inbox_id, position, type, body, author_type, author_id, author_name,
      metadata, created_at)
    values (${tx.workspace_id}, ${newId()}, ${row.conversation_id}, ${row.inbox_id}, ${row.position}, 'activity', ${row.body},
      ${tx.actor.type}, ${tx.actor.id}, ${tx.actor.name}, ${JSON.stringify(row.metadata)}, ${tx.now()})
    returning *`.execute(tx.db)
  return one(rows)
}

export async function find(ctx: Ctx, id: string): Promise<Row | undefined> {
  const { rows } = await sql<Row>`
    select * from messages where workspace_id = ${ctx.workspace_id} and id = ${id}`.execute(ctx.db)
  return rows[0]
}

export async function lock(tx: Tx, id: string): Promise<Row | undefined> {
  const { rows } = await sql<Row>`
    select * from messages where workspace_id = ${tx.workspace_id} and id = ${id} for no key update`.execute(tx.db)
  return rows[0]
}

export async function findByClientId(ctx: Ctx, inbox_id: string, client_message_id: string): Promise<Row | undefined> {
  const { rows } = await sql<Row>`
    select * from messages where workspace_id = ${ctx.workspace_id} and inbox_id = ${inbox_id}
      and client_message_id = ${client_message_id}`.execute(ctx.db)
  return rows[0]
}

export interface Span {
  /** Positions strictly between these. */
  readonly above: number
  readonly below: number
  readonly newestFirst: boolean
  readonly limit: number
  /** Only what was said between the team and the contact, as the contact may see it. */
  readonly publicOnly?: boolean
}

export async function list(ctx: Ctx, conversation_id: string, span: Span): Promise<Row[]> {
  const { rows } = await sql<Row>`
    select * from messages where workspace_id = ${ctx.workspace_id} and conversation_id = ${conversation_id}
      and position > ${span.above} and position < ${span.below}
      ${span.publicOnly ? sql`and type in ('incoming', 'outgoing')` : sql``}
    order by position ${span.newestFirst ? sql`desc` : sql`asc`} limit ${span.limit}`.execute(ctx.db)
  return rows
}

/** How many messages of one type lie after a position. */
export async function countAfter(
  ctx: Ctx,
  conversation_id: string,
  after: { position: number; type: Row['type'] },
): Promise<number> {
  const { rows } = await sql<{ n: number }>`
    select count(*)::integer as n from messages where workspace_id = ${ctx.workspace_id}
      and conversation_id = ${conversation_id} and position > ${after.position} and type = ${after.type}`.execute(
    ctx.db,
  )
  return rows[0]?.n ?? 0
}

/** Whether, since it was last resolved, a person answered in a conversation, was given it, or a bot handed it over. */
export async function isWithPeople(ctx: Ctx, conversation_id: string): Promise<boolean> {
  const { rows } = await sql`
    with of_it as not materialized (
      select * from messages where workspace_id = ${ctx.workspace_id} and conversation_id = ${conversation_id}
    )
    select from of_it
    where position > (
        select coalesce(max(position), 0) from of_it
        where type = 'activity' and metadata ->> 'action' = 'status' and metadata ->> 'to' = 'resolved'
      ) and case type
        when 'outgoing' then author_type = 'user'
        when 'activity' then metadata ->> 'action' = ${HANDED_OVER}
          or metadata ->> 'action' = 'assigned' and metadata ->> 'to' is not null
      end
    limit 1`.execute(ctx.db)
  return rows.length > 0
}

/** Whether nothing was said to or by the contact after this message. */
export async function isNewestSpoken(ctx: Ctx, row: Row): Promise<boolean> {
  if (row.type !== 'incoming' && row.type !== 'outgoing') return false
  const { rows } = await sql`
    select from messages where workspace_id = ${ctx.workspace_id} and conversation_id = ${row.conversation_id}
      and position > ${row.position} and type in ('incoming', 'outgoing') limit 1`.execute(ctx.db)
  return rows.length === 0
}

export async function update(
  tx: Tx,
  id: string,
  changes: Partial<
    Pick<
      Row,
      'body' | 'html' | 'attachments' | 'status' | 'error' | 'sent_at' | 'delivered_at' | 'read_at' | 'deleted_at'
    >
  >,
): Promise<Row> {
  const { attachments, error, ...plain } = changes
  const row = await tx.db
    .$extendTables<{ messages: Omit<Row, 'attachments' | 'error'> & { attachments: string; error: string | null } }>()
    .updateTable('messages')
    .set(({ eb }) => ({
      ...plain,
      ...(attachments === undefined ? {} : { attachments: JSON.stringify(attachments) }),
      ...(error === undefined ? {} : { error: error === null ? null : JSON.stringify(error) }),
      version: eb('version', '+', 1),
    }))
    .where('workspace_id', '=', tx.workspace_id)
    .where('id', '=', id)
    .returning('id')
    .executeTakeFirstOrThrow()
  return one([await find(tx, row.id)])
}

function one(rows: readonly (Row | undefined)[]): Row {
  const row = rows[0]
  if (!row) throw new Error('The row that was just written is not there.')
  return row
}
