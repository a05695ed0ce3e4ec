/**
 * The statement that adds a message to a conversation.
 *
 * The conversation's row is changed first, and so locked; what that returns is all that the rest needs. The message takes
 * the position that the new count says, and the event takes its `seq` after the lock: its order is the row's true order.
 * It is the hottest statement of the product, so each thing in it is done once: see bench/posting.ts.
 */
import { DELETED_CONTACT } from '../conversations/schema.ts'

/** What the statement takes, in the order of its parameters. */
export const PARAMETERS = [
  'workspace_id',
  'conversation_id',
  'now',
  'now_as_text',
  'id',
  'body',
  'html',
  'author_type',
  'author_id',
  'author_name',
  'attachments',
  'client_message_id',
  'in_reply_to',
  'metadata',
  'sent_at',
  'preview',
  'event_id',
  'actor_type',
  'actor_id',
  'actor_name',
] as const
export type Parameter = (typeof PARAMETERS)[number]

const $ = (name: Parameter) => `$${PARAMETERS.indexOf(name) + 1}`
const text = (name: Parameter) => `${$(name)}::text`
const iso = (column: string) => `to_char(${column}, 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`

/** What a message of each type does to its conversation, and from which states it may do so without changing the state. */
const EFFECTS = {
  incoming: {
    event: 'message.received',
    states: `('open', 'spam')`,
    set: `unread_count = c.unread_count + 1, waiting_since = coalesce(c.waiting_since, ${$('now')}),
      last_message_at = ${$('now')}, preview_body = ${$('preview')}, preview_type = 'incoming',
      preview_author_type = ${$('author_type')},`,
    status: `'received'`,
    sent_at: `${$('sent_at')}::timestamptz`,
    last_message_at: text('now_as_text'),
  },
  outgoing: {
    event: 'message.sent',
    states: `('open', 'pending', 'spam')`,
    set: `waiting_since = null, first_replied_at = coalesce(c.first_replied_at, ${$('now')}), last_message_at = ${$('now')},
      unread_count = case when ${$('author_type')} = 'user' then 0 else c.unread_count end,
      team_read_position =
        case when ${$('author_type')} = 'user' then c.messages_count + 1 else c.team_read_position end,
      preview_body = ${$('preview')}, preview_type = 'outgoing', preview_author_type = ${$('author_type')},`,
    status: `case c.channel when 'web_chat' then 'sent' else 'queued' end`,
    sent_at: `coalesce(${$('sent_at')}::timestamptz, case c.channel when 'web_chat' then ${$('now')}::timestamptz end)`,
    last_message_at: text('now_as_text'),
  },
  note: {
    event: 'message.noted',
    states: `('open', 'pending', 'snoozed', 'resolved', 'spam')`,
    set: `preview_body = coalesce(${$('preview')}, c.preview_body),`,
    status: 'null::text',
    sent_at: `${$('sent_at')}::timestamptz`,
    last_message_at: iso('c.last_message_at'),
  },
} as const
type Type = keyof typeof EFFECTS

/** `present` of the message, said in SQL. */
const messageJson = (type: Type) => `json_build_object(
  'id', ${$('id')}::uuid, 'object', 'message', 'number', c.number, 'position', c.position,
  'conversation_id', c.id, 'type', '${type}', 'body', ${text('body')}, 'html', ${text('html')},
  'author', json_build_object('type', ${text('author_type')}, 'id', ${text('author_id')}, 'name', ${text('author_name')}),
  'attachments', ${$('attachments')}::json, 'status', c.status, 'error', null,
  'client_message_id', ${text('client_message_id')}, 'in_reply_to', ${$('in_reply_to')}::uuid,
  'metadata', ${$('metadata')}::json, 'created_at', ${text('now_as_text')}, 'sent_at', ${iso('c.sent_at')},
  'delivered_at', null, 'read_at', null, 'deleted_at', null)`

/** `present` of the conversation as the message leaves it, said in SQL. */
const conversationJson = (type: Type) => `json_build_object(
  'id', c.id, 'object', 'conversation', 'number', c.number, 'status', c.status, 'priority', c.priority, 'subject', c.subject,
  'inbox_id', c.inbox_id, 'channel', c.channel, 'contact_id', c.contact_id, 'contact', ${CONTACT},
  'assignee_id', c.assignee_id, 'team_id', c.team_id, 'tags', c.tags, 'custom_fields', c.custom_fields,
  'messages_count', c.messages_count, 'unread_count', c.unread_count, 'team_read_position', c.team_read_position,
  'contact_delivered_position', c.contact_delivered_position, 'contact_read_position', c.contact_read_position,
  'preview', case when c.preview_body is null then null else
    json_build_object('body', c.preview_body, 'type', c.preview_type, 'author_type', c.preview_author_type) end,
  'waiting_since', ${iso('c.waiting_since')}, 'snoozed_until', ${iso('c.snoozed_until')},
  'last_message_at', ${EFFECTS[type].last_message_at}, 'first_replied_at', ${iso('c.first_replied_at')},
  'resolved_at', ${iso('c.resolved_at')}, 'created_at', ${iso('c.created_at')}, 'updated_at', ${text('now_as_text')})`

const CONTACT = `case when p.deleted_at is null
    then json_build_object('id', p.id, 'name', p.name, 'email', p.email, 'avatar_url', p.avatar_url)
    else json_build_object('id', p.id, 'name', '${DELETED_CONTACT}', 'email', null, 'avatar_url', null) end`

const statement = (type: Type) => `
  with c as (
    update conversations c set ${EFFECTS[type].set}
      messages_count = c.messages_count + 1, version = c.version + 1, updated_at = ${$('now')}
    from contacts p
    where c.workspace_id = ${$('workspace_id')} and c.id = ${$('conversation_id')} and c.status in ${EFFECTS[type].states}
      and p.workspace_id = c.workspace_id and p.id = c.contact_id
    returning c.workspace_id, c.id, c.inbox_id, c.messages_count as position, nextval('message_number') as number,
      ${EFFECTS[type].status} as status, ${EFFECTS[type].sent_at} as sent_at, ${conversationJson(type)} as conversation
  ), m as (
    insert into messages (workspace_id, id, number, conversation_id, inbox_id, position, type, body, html, author_type,
      author_id, author_name, attachments, status, client_message_id, in_reply_to, metadata, created_at, sent_at)
    select c.workspace_id, ${$('id')}, c.number, c.id, c.inbox_id, c.position, '${type}', ${$('body')},
      ${$('html')}, ${$('author_type')}, ${$('author_id')}, ${$('author_name')}, ${$('attachments')}, c.status,
      ${$('client_message_id')}, ${$('in_reply_to')}, ${$('metadata')}, ${$('now')}, c.sent_at
    from c
  ), e as (
    insert into outbox (id, workspace_id, type, actor_type, actor_id, actor_name, data, created_at)
    select ${$('event_id')}, c.workspace_id, '${EFFECTS[type].event}', ${$('actor_type')}, ${$('actor_id')}, ${$('actor_name')},
      json_build_object('message', ${messageJson(type)}, 'conversation', c.conversation), ${$('now')}
    from c
  )
  select c.inbox_id, c.number, c.position, c.status, c.sent_at from c`

export const APPEND = {
  incoming: statement('incoming'),
  outgoing: statement('outgoing'),
  note: statement('note'),
} as const
