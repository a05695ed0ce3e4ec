import { sql } from 'kysely'
import type { Ctx, Tx } from '../../kernel/context.ts'
import { NIL_ID } from '../../kernel/ids.ts'
import type { Page } from '../../kernel/pages.ts'
import type { Tables as Contacts } from '../contacts/schema.ts'
import { DELETED_CONTACT, STATUSES, type Tables } from './schema.ts'

export type Row = Tables['conversations'] & {
  contact_name: Contacts['contacts']['name']
  contact_email: Contacts['contacts']['email']
  contact_avatar_url: Contacts['contacts']['avatar_url']
}
export type Changes = Partial<Omit<Tables['conversations'], 'workspace_id' | 'id' | 'number' | 'version' | 'tags'>> & {
  tags?: string[]
}

/** The contact's part of a row. A deleted contact's name is no longer anybody's. */
const CONTACT = sql.raw(`
  case when p.deleted_at is null then p.name else '${DELETED_CONTACT}' end as contact_name,
  case when p.deleted_at is null then p.email end as contact_email,
  case when p.deleted_at is null then p.avatar_url end as contact_avatar_url`)
const JOIN = sql.raw('join contacts p on p.workspace_id = c.workspace_id and p.id = c.contact_id')

export async function find(ctx: Ctx, id: string): Promise<Row | undefined> {
  const { rows } = await sql<Row>`
    select c.*, ${CONTACT} from conversations c ${JOIN}
    where c.workspace_id = ${ctx.workspace_id} and c.id = ${id}`.execute(ctx.db)
  return rows[0]
}

/** The row, held until the transaction ends. */
export async function lock(tx: Tx, id: string): Promise<Row | undefined> {
  const { rows } = await sql<Row>`
    select c.*, ${CONTACT} from conversations c ${JOIN}
    where c.workspace_id = ${tx.workspace_id} and c.id = ${id} for no key update of c`.execute(tx.db)
  return rows[0]
}

export interface Filter {
  readonly status?: string | undefined
  /** A user's id, or `none`. */
  readonly assignee_id?: string | undefined
  readonly inbox_id?: string | undefined
  readonly contact_id?: string | undefined
  readonly contact_ids?: readonly string[] | undefined
  readonly number?: number | undefined
}

/**
 * One row more than the page holds, newest message first, or oldest first when paging backwards. The indexes know the ten
 * seconds of the last message, and what lies within them is sorted here. An assignee's and an inbox's are in that order
 * only within each status: so many of each are read, and of those the first.
 */
export async function list(ctx: Ctx, filter: Filter, page: Page): Promise<Row[]> {
  const edge = page.after ?? page.before
  const [at, id] = edge ?? []
  const place = sql`(date_bin('10 seconds', ${at}::timestamptz, '2000-01-01Z'), ${at}::timestamptz, ${id}::uuid)`
  const where = sql.join(
    [
      sql`c.workspace_id = ${ctx.workspace_id}`,
      filter.status === undefined ? null : sql`c.status = ${filter.status}`,
      filter.assignee_id === undefined
        ? null
        : filter.assignee_id === 'none'
          ? sql`c.assignee_id is null`
          : sql`c.assignee_id = ${filter.assignee_id}`,
      filter.inbox_id === undefined ? null : sql`c.inbox_id = ${filter.inbox_id}`,
      filter.contact_id === undefined ? null : sql`c.contact_id = ${filter.contact_id}`,
      filter.contact_ids === undefined ? null : sql`c.contact_id = any(${filter.contact_ids}::uuid[])`,
      filter.number === undefined ? null : sql`c.number = ${filter.number}`,
      page.after ? sql`(c.last_message_slot, c.last_message_at, c.id) < ${place}` : null,
      page.before ? sql`(c.last_message_slot, c.last_message_at, c.id) > ${place}` : null,
    ].filter((part) => part !== null),
    sql` and `,
  )
  const order = page.before
    ? sql`c.last_message_slot, c.last_message_at, c.id`
    : sql`c.last_message_slot desc, c.last_message_at desc, c.id desc`
  const first = sql`order by ${order} limit ${page.limit + 1}`
  const isWhole = (filter.assignee_id === undefined && filter.inbox_id === undefined) || filter.status !== undefined
  const picked = isWhole
    ? sql`select * from conversations c where ${where} ${first}`
    : sql`select c.* from unnest(${[...STATUSES]}::text[]) as s (status) cross join lateral (
          select * from conversations c where ${where} and c.status = s.status ${first}) c ${first}`
  const { rows } = await sql<Row>`
    select c.*, ${CONTACT} from (${picked}) c ${JOIN}
    where c.workspace_id = ${ctx.workspace_id} order by ${order}`.execute(ctx.db)
  return rows
}

/** The latest conversation of a contact in an inbox. */
export async function findLatest(ctx: Ctx, contact_id: string, inbox_id: string): Promise<Row | undefined> {
  const { rows } = await sql<Row>`
    select c.*, ${CONTACT} from conversations c ${JOIN}
    where c.workspace_id = ${ctx.workspace_id} and c.contact_id = ${contact_id} and c.inbox_id = ${inbox_id}
    order by c.id desc limit 1`.execute(ctx.db)
  return rows[0]
}

/** Makes concurrent first messages of one contact in one inbox wait for each other. */
export async function lockOpening(tx: Tx, contact_id: string, inbox_id: string): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${`${tx.workspace_id}${contact_id}${inbox_id}`}, 0)),
    ${tx.workspace_id} as workspace_id`.execute(tx.db)
}

export async function insert(
  tx: Tx,
  row: Pick<
    Tables['conversations'],
    'id' | 'number' | 'inbox_id' | 'channel' | 'contact_id' | 'subject' | 'assignee_id' | 'team_id' | 'tags'
  >,
): Promise<void> {
  const now = tx.now()
  await sql`
    insert into conversations (workspace_id, id, number, inbox_id, channel, contact_id, subject, assignee_id, team_id, tags,
      last_message_at, created_at, updated_at)
    values (${tx.workspace_id}, ${row.id}, ${row.number}, ${row.inbox_id}, ${row.channel}, ${row.contact_id}, ${row.subject},
      ${row.assignee_id}, ${row.team_id}, ${row.tags}, ${now}, ${now}, ${now})`.execute(tx.db)
}

export async function update(tx: Tx, id: string, changes: Changes): Promise<void> {
  await tx.db
    .$extendTables<{ conversations: Tables['conversations'] }>()
    .updateTable('conversations')
    .set(({ eb }) => ({ ...changes, version: eb('version', '+', 1), updated_at: tx.now() }))
    .where('workspace_id', '=', tx.workspace_id)
    .where('id', '=', id)
    .execute()
}

export async function insertMark(tx: Tx, mark: Omit<Tables['conversation_marks'], 'workspace_id'>): Promise<void> {
  await sql`
    insert into conversation_marks (workspace_id, conversation_id, kind, position, at)
    values (${tx.workspace_id}, ${mark.conversation_id}, ${mark.kind}, ${mark.position}, ${mark.at})
    on conflict do nothing`.execute(tx.db)
}

/** The steps by which the contact's marks moved within a span of positions, and the first of each kind at its end or after. */
export async function listMarks(
  ctx: Ctx,
  id: string,
  span: { from: number; to: number },
): Promise<Tables['conversation_marks'][]> {
  const { rows } = await sql<Tables['conversation_marks']>`
    select * from conversation_marks
    where workspace_id = ${ctx.workspace_id} and conversation_id = ${id} and position >= ${span.from} and position < ${span.to}
    union all (select * from conversation_marks
      where workspace_id = ${ctx.workspace_id} and conversation_id = ${id} and kind = 'delivered' and position >= ${span.to}
      order by position limit 1)
    union all (select * from conversation_marks
      where workspace_id = ${ctx.workspace_id} and conversation_id = ${id} and kind = 'read' and position >= ${span.to}
      order by position limit 1)
    order by position`.execute(ctx.db)
  return rows
}

/**
 * Adds to the numbers of open conversations of assignees, or of nobody. All at once and in one order, so that two who hand
 * over to each other wait for one another but never both.
 */
export async function addOpen(tx: Tx, changes: readonly { assignee_id: string | null; by: 1 | -1 }[]): Promise<void> {
  await sql`
    insert into conversation_counts (workspace_id, assignee_id, open)
    select ${tx.workspace_id}, assignee_id, by
    from unnest(${changes.map(({ assignee_id }) => assignee_id ?? NIL_ID)}::uuid[],
      ${changes.map(({ by }) => by)}::integer[]) as change (assignee_id, by)
    order by assignee_id
    on conflict (workspace_id, assignee_id) do update set open = conversation_counts.open + excluded.open`.execute(
    tx.db,
  )
}

export async function counts(ctx: Ctx): Promise<{ all: number; mine: number; unassigned: number }> {
  const { rows } = await sql<{ all: number; mine: number; unassigned: number }>`
    select coalesce(sum(open), 0)::integer as all,
      coalesce(sum(open) filter (where assignee_id = ${ctx.user_id}), 0)::integer as mine,
      coalesce(sum(open) filter (where assignee_id = ${NIL_ID}), 0)::integer as unassigned
    from conversation_counts where workspace_id = ${ctx.workspace_id}`.execute(ctx.db)
  return rows[0] ?? { all: 0, mine: 0, unassigned: 0 }
}

/** Conversations that a user holds, at most so many. */
export async function listAssigned(ctx: Ctx, user_id: string, atMost: number): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    select id from conversations where workspace_id = ${ctx.workspace_id} and assignee_id = ${user_id}
    limit ${atMost}`.execute(ctx.db)
  return rows.map((row) => row.id)
}

/** Makes these the conversation's tags in the table by which a tag finds its conversations. */
export async function setTags(tx: Tx, id: string, tag_ids: readonly string[]): Promise<void> {
  await sql`
    with gone as (
      delete from conversation_tags
      where workspace_id = ${tx.workspace_id} and conversation_id = ${id} and tag_id <> all(${tag_ids}::uuid[])
    )
    insert into conversation_tags (workspace_id, tag_id, conversation_id)
    select ${tx.workspace_id}, tag_id, ${id} from unnest(${tag_ids}::uuid[]) as tag_id
    on conflict do nothing`.execute(tx.db)
}

/** Conversations that carry a tag, at most so many, held until the transaction ends. */
export async function lockTagged(tx: Tx, tag: { tag_id: string; name: string }, atMost: number): Promise<Row[]> {
  const { rows } = await sql<Row>`
    select c.*, ${CONTACT} from conversation_tags t
    join conversations c on c.workspace_id = t.workspace_id and c.id = t.conversation_id ${JOIN}
    where t.workspace_id = ${tx.workspace_id} and t.tag_id = ${tag.tag_id} and c.tags @> array[${tag.name}::text]
    order by c.id limit ${atMost} for no key update of c`.execute(tx.db)
  return rows
}

/** Takes a tag off a conversation in the table by which a tag finds its conversations. */
export async function dropTag(tx: Tx, id: string, tag_id: string): Promise<void> {
  await sql`
    delete from conversation_tags
    where workspace_id = ${tx.workspace_id} and conversation_id = ${id} and tag_id = ${tag_id}`.execute(tx.db)
}
