/** The state of a conversation, and nothing else: who holds it, whether it sleeps, how far it has been read. */
import type { Ctx, Tx } from '../../kernel/context.ts'
import { invalidField, notFound, type Refusal } from '../../kernel/errors.ts'
import { emit } from '../../kernel/events.ts'
import { NIL_ID, newId } from '../../kernel/ids.ts'
import { makeCursor, type Page } from '../../kernel/pages.ts'
import type { List } from '../../kernel/schema.ts'
import { iso } from '../../kernel/time.ts'
import type { Row as Tag } from '../attributes/schema.ts'
import * as attributes from '../attributes/service.ts'
import * as contacts from '../contacts/service.ts'
import * as workspaces from '../workspaces/service.ts'
import { conversationCreated, conversationUpdated } from './events.ts'
import * as queries from './queries.ts'
import type { Conversation } from './schema.ts'

export type { Changes, Row } from './queries.ts'
export { enter, reopens } from './state.ts'

/** The conversation, or a 404. */
export async function get(ctx: Ctx, id: string): Promise<queries.Row> {
  const row = await queries.find(ctx, id)
  if (!row) throw notFound()
  return row
}

/** The conversation, held until the transaction ends, or a 404. */
export async function lock(tx: Tx, id: string): Promise<queries.Row> {
  const row = await queries.lock(tx, id)
  if (!row) throw notFound()
  return row
}

/** For a body that names a team: no workspace has any. */
export function teamNotFound(): Refusal {
  return invalidField('/team_id', 'not_found', 'There is no such team.')
}

export interface ListQuery {
  readonly status?: string | undefined
  readonly assignee_id?: string | undefined
  readonly inbox_id?: string | undefined
  readonly contact_id?: string | undefined
  readonly q?: string | undefined
}

/** A page of conversations, the one with the newest message first. `me` as assignee is the caller. */
export async function list(ctx: Ctx, query: ListQuery, page: Page & { list: string }): Promise<List<Conversation>> {
  const { q, assignee_id, ...plain } = query
  const filter = {
    ...plain,
    assignee_id: assignee_id === 'me' ? (ctx.user_id ?? NIL_ID) : assignee_id,
    ...(q === undefined ? {} : await searched(ctx, q)),
  }
  const rows = await queries.list(ctx, filter, page)
  const has_more = rows.length > page.limit
  const data = rows.slice(0, page.limit)
  if (page.before) data.reverse()
  const last = data.at(-1)
  const more = page.before ? last !== undefined : has_more
  return {
    object: 'list',
    data: data.map(present),
    has_more,
    next_cursor: more && last ? makeCursor(ctx, page.list, [last.last_message_at.toISOString(), last.id]) : null,
  }
}

async function searched(ctx: Ctx, q: string): Promise<Pick<queries.Filter, 'number' | 'contact_ids'>> {
  const digits = /^#?(\d{1,15})$/.exec(q.trim())?.[1]
  if (digits !== undefined) return { number: Number(digits) }
  return { contact_ids: await contacts.searchIds(ctx, q) }
}

/** How many are open: of everybody, the caller's, nobody's. Kept, not counted. */
export const counts = queries.counts

/** The latest conversation of a contact in an inbox, if there is one. */
export const findLatest = queries.findLatest

/** Conversations that a user holds, at most so many. */
export const listAssigned = queries.listAssigned

/** Makes concurrent first messages of one contact in one inbox wait for each other. */
export const lockOpening = queries.lockOpening

/** The steps by which the contact's marks moved, and the next step. */
export const listMarks = queries.listMarks
export const insertMark = queries.insertMark

export interface Opening {
  readonly inbox_id: string
  readonly channel: string
  readonly contact_id: string
  readonly subject: string | null
  readonly assignee_id: string | null
  readonly team_id: string | null
  readonly tags: readonly Tag[]
}

/** Begins a conversation: numbers it, counts it, says so. */
export async function open(tx: Tx, start: Opening): Promise<queries.Row> {
  const id = newId()
  const number = await workspaces.nextNumber(tx, 'conversation')
  await queries.insert(tx, { ...start, id, number, tags: start.tags.map((tag) => tag.name) })
  if (start.tags.length > 0)
    await queries.setTags(
      tx,
      id,
      start.tags.map((tag) => tag.id),
    )
  await queries.addOpen(tx, [{ assignee_id: start.assignee_id, by: 1 }])
  const row = await get(tx, id)
  await emit(tx, conversationCreated, { data: { conversation: present(row) } })
  return row
}

/** Writes changes to a locked row and keeps the counts of open conversations true. Says nothing: the caller knows what happened. */
export async function change(tx: Tx, before: queries.Row, changes: queries.Changes): Promise<queries.Row> {
  await queries.update(tx, before.id, changes)
  const after = await get(tx, before.id)
  const wasOpen = before.status === 'open'
  const isOpen = after.status === 'open'
  if (wasOpen !== isOpen || before.assignee_id !== after.assignee_id) {
    const left = wasOpen ? [{ assignee_id: before.assignee_id, by: -1 } as const] : []
    const joined = isOpen ? [{ assignee_id: after.assignee_id, by: 1 } as const] : []
    if (wasOpen || isOpen) await queries.addOpen(tx, [...left, ...joined])
  }
  return after
}

/** Gives a locked conversation these tags, each with its place in the table by which a tag finds its conversations. */
export async function setTags(tx: Tx, before: queries.Row, tags: readonly Tag[]): Promise<void> {
  await queries.setTags(
    tx,
    before.id,
    tags.map((tag) => tag.id),
  )
}

/** Brings a change of a tag to the conversations that carry it. */
export const retag = attributes.tagHolder('conversations', async (tx, tag, atMost) => {
  const rows = await queries.lockTagged(tx, { tag_id: tag.tag_id, name: tag.from }, atMost)
  for (const before of rows) {
    const kept = before.tags.map((name) => (name === tag.from ? tag.to : name)).filter((name) => name !== null)
    if (tag.to === null) await queries.dropTag(tx, before.id, tag.tag_id)
    const after = await change(tx, before, { tags: kept })
    await emit(tx, conversationUpdated, { data: { conversation: present(after) }, previous: { tags: before.tags } })
  }
  return rows.length
})

export function present(row: queries.Row): Conversation {
  return {
    id: row.id,
    object: 'conversation',
    number: row.number,
    status: row.status,
    priority: row.priority,
    subject: row.subject,
    inbox_id: row.inbox_id,
    channel: row.channel,
    contact_id: row.contact_id,
    contact: {
      id: row.contact_id,
      name: row.contact_name,
      email: row.contact_email,
      avatar_url: row.contact_avatar_url,
    },
    assignee_id: row.assignee_id,
    team_id: row.team_id,
    tags: row.tags,
    custom_fields: row.custom_fields,
    messages_count: row.messages_count,
    unread_count: row.unread_count,
    team_read_position: row.team_read_position,
    contact_delivered_position: row.contact_delivered_position,
    contact_read_position: row.contact_read_position,
    preview:
      row.preview_body === null
        ? null
        : { body: row.preview_body, type: row.preview_type ?? '', author_type: row.preview_author_type ?? '' },
    waiting_since: iso(row.waiting_since),
    snoozed_until: iso(row.snoozed_until),
    last_message_at: iso(row.last_message_at),
    first_replied_at: iso(row.first_replied_at),
    resolved_at: iso(row.resolved_at),
    created_at: iso(row.created_at),
    updated_at: iso(row.updated_at),
  }
}
