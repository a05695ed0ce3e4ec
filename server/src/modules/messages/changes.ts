/** Changes of a conversation, each recorded by an activity message and told by one event. */
import { type Ctx, type Tx, transact } from '../../kernel/context.ts'
import { type EventType, emit } from '../../kernel/events.ts'
import { defineJob, enqueue, forget } from '../../kernel/jobs.ts'
import { requireVersion } from '../../kernel/versions.ts'
import type { Row as Tag } from '../attributes/schema.ts'
import * as attributes from '../attributes/service.ts'
import {
  conversationAssigned,
  conversationReopened,
  conversationResolved,
  conversationUpdated,
} from '../conversations/events.ts'
import type { ConversationPatch, Status } from '../conversations/schema.ts'
import * as conversations from '../conversations/service.ts'
import * as users from '../users/service.ts'
import { present } from './present.ts'
import * as queries from './queries.ts'

interface Change {
  readonly event: EventType<typeof conversationUpdated.data>
  readonly set: conversations.Changes
  /** The activity in plain English. */
  readonly body: string
  readonly metadata: { action: string; from: unknown; to: unknown; reason?: string | null }
  readonly previous: Record<string, unknown>
}

/** Changes a conversation as asked. What already is so is left alone: no activity, no event. */
export function change(ctx: Ctx, id: string, patch: ConversationPatch): Promise<conversations.Row> {
  return transact(ctx, async (tx) => {
    // Tags before the conversation: the order in which a renamed tag takes them, too.
    const tags = patch.tags ? await attributes.ensureTagRows(tx, patch.tags) : null
    let row = await conversations.lock(tx, id)
    requireVersion(tx, row.version)
    for (const next of await planned(tx, row, { ...patch, tags })) row = await apply(tx, row, next)
    return row
  })
}

/** Gives a conversation that a bot has held to the team: its customer waits for a person from now on. */
export async function handOver(tx: Tx, id: string, by: { body: string; reason: string | null }): Promise<void> {
  const row = await conversations.lock(tx, id)
  const waiting_since = row.waiting_since ?? tx.now()
  await apply(tx, row, {
    event: conversationUpdated,
    set: { waiting_since },
    body: by.body,
    metadata: { action: queries.HANDED_OVER, from: 'bot', to: 'team', reason: by.reason },
    previous: row.waiting_since ? {} : { waiting_since: null },
  })
}

/** Makes a locked conversation open again because somebody wrote. */
export async function reopen(tx: Tx, row: conversations.Row): Promise<conversations.Row> {
  const next = statusChange(tx, row, 'open', null)
  return next ? apply(tx, row, next) : row
}

/** The end of a snooze. */
export const wake = defineJob<{ id: string }>('conversations.wake', (ctx, { id }) =>
  transact(ctx, async (tx) => {
    const row = await conversations.lock(tx, id)
    const isOver = row.snoozed_until !== null && row.snoozed_until.getTime() <= tx.now().getTime()
    if (row.status === 'snoozed' && isOver) await reopen(tx, row)
  }),
)

type Wanted = Omit<ConversationPatch, 'tags'> & { readonly tags: readonly Tag[] | null }

async function planned(tx: Tx, row: conversations.Row, patch: Wanted): Promise<Change[]> {
  const changes = [
    await assigneeChange(tx, row, patch.assignee_id),
    await tagsChange(tx, row, patch.tags),
    plainChange(row, 'priority', patch.priority),
    plainChange(row, 'subject', patch.subject),
    teamChange(row, patch.team_id),
    patch.status === undefined && patch.snoozed_until === undefined
      ? null
      : statusChange(tx, row, patch.status ?? row.status, patch.snoozed_until),
  ]
  return changes.filter((next) => next !== null)
}

async function apply(tx: Tx, before: conversations.Row, next: Change): Promise<conversations.Row> {
  const position = before.messages_count + 1
  const after = await conversations.change(tx, before, { ...next.set, messages_count: position })
  const activity = await queries.insertActivity(tx, {
    conversation_id: after.id,
    inbox_id: after.inbox_id,
    position,
    body: next.body,
    metadata: next.metadata,
  })
  await schedule(tx, before, after)
  const data = { conversation: conversations.present(after), message: present(activity) }
  await emit(tx, next.event, { data, previous: next.previous })
  return after
}

async function schedule(tx: Tx, before: conversations.Row, after: conversations.Row): Promise<void> {
  const key = `conversations.wake:${tx.workspace_id}:${after.id}`
  if (after.snoozed_until) await enqueue(tx, wake, { payload: { id: after.id }, at: after.snoozed_until, key })
  else if (before.snoozed_until) await forget(tx, key)
}

async function assigneeChange(tx: Tx, row: conversations.Row, to: string | null | undefined): Promise<Change | null> {
  if (to === undefined || to === row.assignee_id) return null
  const user = to === null ? null : await users.requireUser(tx, to, '/assignee_id')
  return {
    event: conversationAssigned,
    set: { assignee_id: to },
    body: user ? `Assigned to ${user.name}` : 'Assigned to nobody',
    metadata: { action: 'assigned', from: row.assignee_id, to },
    previous: { assignee_id: row.assignee_id },
  }
}

function teamChange(row: conversations.Row, to: string | null | undefined): Change | null {
  if (to) throw conversations.teamNotFound()
  return plainChange(row, 'team_id', to)
}

async function tagsChange(tx: Tx, row: conversations.Row, wanted: readonly Tag[] | null): Promise<Change | null> {
  if (wanted === null) return null
  const tags = wanted.map((tag) => tag.name)
  const isSame = tags.length === row.tags.length && tags.every((tag) => row.tags.includes(tag))
  if (isSame) return null
  await conversations.setTags(tx, row, wanted)
  return updated('tags', { set: { tags }, from: row.tags, to: tags })
}

function plainChange<K extends 'priority' | 'subject' | 'team_id'>(
  row: conversations.Row,
  field: K,
  to: conversations.Row[K] | undefined,
): Change | null {
  if (to === undefined || to === row[field]) return null
  return updated(field, { set: { [field]: to }, from: row[field], to })
}

function updated(field: string, change: { set: conversations.Changes; from: unknown; to: unknown }): Change {
  const { set, from, to } = change
  const shown = Array.isArray(to) ? to.join(', ') || 'none' : String(to ?? 'none')
  return {
    event: conversationUpdated,
    set,
    body: `Changed ${field.replace('_id', '')} to ${shown}`,
    metadata: { action: field, from, to },
    previous: { [field]: from },
  }
}

const SAID: Record<Status, string> = {
  open: 'Reopened',
  pending: 'Marked as pending',
  snoozed: 'Snoozed',
  resolved: 'Resolved',
  spam: 'Marked as spam',
}

function statusChange(tx: Tx, row: conversations.Row, to: Status, until: string | null | undefined): Change | null {
  const keepsEnd = to === 'snoozed' && row.status === 'snoozed' && until === undefined
  if (keepsEnd || (to === row.status && to !== 'snoozed' && !until)) return null
  const set = conversations.enter(to, tx.now(), until)
  if (to === row.status && set.snoozed_until?.getTime() === row.snoozed_until?.getTime()) return null
  const event =
    to === 'resolved' ? conversationResolved : row.status === 'resolved' ? conversationReopened : conversationUpdated
  return {
    event,
    set,
    body: SAID[to],
    metadata: { action: 'status', from: row.status, to },
    previous: { status: row.status, resolved_at: row.resolved_at, snoozed_until: row.snoozed_until },
  }
}
