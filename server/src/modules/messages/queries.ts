import { CompiledQuery, sql } from 'kysely'
import type { Ctx, Tx } from '../../kernel/context.ts'
import { newId } from '../../kernel/ids.ts'
import { DELETED_CONTACT, PREVIEW_LENGTH } from '../conversations/schema.ts'
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

const iso = (column: string) => `to_char(${column}, 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`

/** `present` of a conversation, said in SQL: rows `c` and, for the contact, `p`. */
const CONVERSATION_JSON = `json_build_object(
  'id', c.id, 'object', 'conversation', 'number', c.number, 'status', c.status, 'priority', c.priority, 'subject', c.subject,
  'inbox_id', c.inbox_id, 'channel', c.channel, 'contact_id', c.contact_id,
  'contact', json_build_object('id', c.contact_id,
    'name', case when p.deleted_at is null then p.name else '${DELETED_CONTACT}' end,
    'email', case when p.deleted_at is null then p.email end,
    'avatar_url', case when p.deleted_at is null then p.avatar_url end),
  'assignee_id', c.assignee_id, 'team_id', c.team_id, 'tags', c.tags, 'custom_fields', c.custom_fields,
  'messages_count', c.messages_count, 'unread_count', c.unread_count, 'team_read_position', c.team_read_position,
  'contact_delivered_position', c.contact_delivered_position, 'contact_read_position', c.contact_read_position,
  'preview', case when c.preview_body is null then null else
    json_build_object('body', c.preview_body, 'type', c.preview_type, 'author_type', c.preview_author_type) end,
  'waiting_since', ${iso('c.waiting_since')}, 'snoozed_until', ${iso('c.snoozed_until')},
  'last_message_at', ${iso('c.last_message_at')}, 'first_replied_at', ${iso('c.first_replied_at')},
  'resolved_at', ${iso('c.resolved_at')}, 'created_at', ${iso('c.created_at')}, 'updated_at', ${iso('c.updated_at')})`

/** `present` of a message just inserted, said in SQL: row `m`. */
const MESSAGE_JSON = `json_build_object(
  'id', m.id, 'object', 'message', 'number', m.number, 'position', m.position, 'conversation_id', m.conversation_id,
  'type', m.type, 'body', m.body, 'html', m.html,
  'author', json_build_object('type', m.author_type, 'id', m.author_id, 'name', m.author_name),
  'attachments', m.attachments, 'status', m.status, 'error', m.error, 'client_message_id', m.client_message_id,
  'in_reply_to', m.in_reply_to, 'metadata', m.metadata, 'created_at', ${iso('m.created_at')}, 'sent_at', ${iso('m.sent_at')},
  'delivered_at', null, 'read_at', null, 'deleted_at', null)`

/** What a message of each type does to its conversation, and from which states it may do so without changing the state. */
const EFFECTS = {
  incoming: {
    event: 'message.received',
    states: `('open', 'spam')`,
    set: `unread_count = unread_count + 1, waiting_since = coalesce(waiting_since, $3), last_message_at = $3,
      preview_body = $15, preview_type = 'incoming', preview_author_type = $7,`,
    status: `'received'`,
    sent_at: '$14::timestamptz',
  },
  outgoing: {
    event: 'message.sent',
    states: `('open', 'pending', 'spam')`,
    set: `waiting_since = null, first_replied_at = coalesce(first_replied_at, $3), last_message_at = $3,
      unread_count = case when $7 = 'user' then 0 else unread_count end,
      team_read_position = case when $7 = 'user' then messages_count + 1 else team_read_position end,
      preview_body = $15, preview_type = 'outgoing', preview_author_type = $7,`,
    status: `case c.channel when 'web_chat' then 'sent' else 'queued' end`,
    sent_at: `coalesce($14::timestamptz, case c.channel when 'web_chat' then $3 end)`,
  },
  note: {
    event: 'message.noted',
    states: `('open', 'pending', 'snoozed', 'resolved', 'spam')`,
    set: 'preview_body = coalesce($15, preview_body),',
    status: 'null',
    sent_at: '$14::timestamptz',
  },
} as const

/** One statement: the conversation's row is changed and so locked, the message takes the next position, the event is said. */
const appendText = (type: Draft['type']) => {
  const effect = EFFECTS[type]
  return `
  with c as (
    update conversations set ${effect.set}
      messages_count = messages_count + 1, version = version + 1, updated_at = $3
    where workspace_id = $1 and id = $2 and status in ${effect.states}
    returning *
  ), m as (
    insert into messages (workspace_id, id, conversation_id, inbox_id, position, type, body, html, author_type, author_id,
      author_name, attachments, status, client_message_id, in_reply_to, metadata, created_at, sent_at)
    select c.workspace_id, $4, c.id, c.inbox_id, c.messages_count, '${type}', $5, $6, $7, $8, $9, $10, ${effect.status},
      $11, $12, $13, $3, ${effect.sent_at} from c
    returning *
  ), e as (
    insert into events (id, workspace_id, type, actor_type, actor_id, actor_name, data, created_at)
    select $16, c.workspace_id, '${effect.event}', $17, $18, $19,
      json_build_object('message', ${MESSAGE_JSON}, 'conversation', ${CONVERSATION_JSON}), $3
    from c, m, contacts p where p.workspace_id = c.workspace_id and p.id = c.contact_id
  )
  select m.* from m`
}

const APPEND = { incoming: appendText('incoming'), outgoing: appendText('outgoing'), note: appendText('note') } as const

/**
 * Adds a message to a conversation and says so, in one statement. Answers nothing when the conversation is not there or
 * when the message would change its state: then lock it and decide.
 */
export async function append(ctx: Ctx, conversation_id: string, draft: Draft): Promise<Row | undefined> {
  const { actor } = ctx
  const values = [
    ctx.workspace_id,
    conversation_id,
    ctx.now(),
    draft.id,
    draft.body,
    draft.html,
    draft.author_type,
    draft.author_id,
    draft.author_name,
    JSON.stringify(draft.attachments),
    draft.client_message_id,
    draft.in_reply_to,
    JSON.stringify(draft.metadata),
    draft.sent_at,
    preview(draft),
    newId(),
    actor.type,
    actor.id,
    actor.name,
  ]
  const { rows } = await ctx.db.executeQuery<Row>(CompiledQuery.raw(APPEND[draft.type], values))
  return rows[0]
}

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
