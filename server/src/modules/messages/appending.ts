/**
 * The statement that adds a message to a conversation, or each of several to its own.
 *
 * The conversation's row is changed first, and so locked; what that returns is all that the rest needs. The message takes
 * the position that the new count says, and the event takes its `seq` after the lock: its order is the row's true order.
 * It is the hottest statement of the product, so each thing in it is done once: see bench/posting.ts.
 */
import { DELETED_CONTACT } from '../conversations/schema.ts'

/** What the statement takes, in the order of its parameters, each with its type. */
const TYPED = [
  ['workspace_id', 'uuid'],
  ['conversation_id', 'uuid'],
  ['now', 'timestamptz'],
  ['now_as_text', 'text'],
  ['id', 'uuid'],
  ['body', 'text'],
  ['html', 'text'],
  ['author_type', 'text'],
  ['author_id', 'text'],
  ['author_name', 'text'],
  ['attachments', 'json'],
  ['client_message_id', 'text'],
  ['in_reply_to', 'uuid'],
  ['metadata', 'json'],
  ['sent_at', 'timestamptz'],
  ['preview', 'text'],
  ['event_id', 'uuid'],
  ['actor_type', 'text'],
  ['actor_id', 'text'],
  ['actor_name', 'text'],
] as const
export const PARAMETERS = TYPED.map(([name]) => name)
export type Parameter = (typeof PARAMETERS)[number]
const TYPE = new Map(TYPED)

/** How many messages one statement takes. */
export const TOGETHER = 16

/** Where what the statement takes comes from: its parameters, or the rows of one JSON array. */
interface Source {
  readonly $: (name: Parameter) => string
  /** Before everything else. */
  readonly given: string
  /** Beside the conversation, where it is changed. */
  readonly from: string
  /** Beside the conversation, once it has been changed. */
  readonly beside: string
}

const ONE: Source = {
  $: (name) => `$${PARAMETERS.indexOf(name) + 1}::${TYPE.get(name)}`,
  given: '',
  from: '',
  beside: '',
}

// A conversation that somebody else holds is left out: nobody waits for a stranger's, and so never two for one another.
const SEVERAL: Source = {
  $: (name) => `i.${name}`,
  given: `i as (
    select * from json_to_recordset($1::json) as i (${TYPED.map((pair) => pair.join(' ')).join(', ')}) limit ${TOGETHER}
  ), free as (
    select c.workspace_id, c.id from i cross join lateral (
      select workspace_id, id from conversations
      where workspace_id = i.workspace_id and id = i.conversation_id for no key update skip locked) c
  ), `,
  from: 'i join free on free.workspace_id = i.workspace_id and free.id = i.conversation_id, ',
  beside: 'join i on i.id = c.message_id',
}

const iso = (column: string) => `to_char(${column}, 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`

/** What a message of each type does to its conversation, and from which states it may do so without changing the state. */
const EFFECTS = {
  incoming: ({ $ }: Source) => ({
    event: 'message.received',
    states: `('open', 'spam')`,
    set: `unread_count = c.unread_count + 1, waiting_since = coalesce(c.waiting_since, ${$('now')}),
      last_message_at = ${$('now')}, preview_body = ${$('preview')}, preview_type = 'incoming',
      preview_author_type = ${$('author_type')},`,
    status: `'received'`,
    sent_at: $('sent_at'),
    last_message_at: $('now_as_text'),
  }),
  outgoing: ({ $ }: Source) => ({
    event: 'message.sent',
    states: `('open', 'pending', 'spam')`,
    set: `waiting_since = null, first_replied_at = coalesce(c.first_replied_at, ${$('now')}), last_message_at = ${$('now')},
      unread_count = case when ${$('author_type')} = 'user' then 0 else c.unread_count end,
      team_read_position =
        case when ${$('author_type')} = 'user' then c.messages_count + 1 else c.team_read_position end,
      preview_body = ${$('preview')}, preview_type = 'outgoing', preview_author_type = ${$('author_type')},`,
    status: `case c.channel when 'web_chat' then 'sent' else 'queued' end`,
    sent_at: `coalesce(${$('sent_at')}, case c.channel when 'web_chat' then ${$('now')} end)`,
    last_message_at: $('now_as_text'),
  }),
  note: ({ $ }: Source) => ({
    event: 'message.noted',
    states: `('open', 'pending', 'snoozed', 'resolved', 'spam')`,
    set: `preview_body = coalesce(${$('preview')}, c.preview_body),`,
    status: 'null::text',
    sent_at: $('sent_at'),
    last_message_at: iso('c.last_message_at'),
  }),
} as const
export type Type = keyof typeof EFFECTS

/** `present` of the message, said in SQL. */
const messageJson = (type: Type, { $ }: Source) => `json_build_object(
  'id', c.message_id, 'object', 'message', 'number', c.number, 'position', c.position,
  'conversation_id', c.id, 'type', '${type}', 'body', ${$('body')}, 'html', ${$('html')},
  'author', json_build_object('type', ${$('author_type')}, 'id', ${$('author_id')}, 'name', ${$('author_name')}),
  'attachments', ${$('attachments')}, 'status', c.status, 'error', null,
  'client_message_id', ${$('client_message_id')}, 'in_reply_to', ${$('in_reply_to')},
  'metadata', ${$('metadata')}, 'created_at', ${$('now_as_text')}, 'sent_at', ${iso('c.sent_at')},
  'delivered_at', null, 'read_at', null, 'deleted_at', null)`

const CONTACT = `case when p.deleted_at is null
    then json_build_object('id', p.id, 'name', p.name, 'email', p.email, 'avatar_url', p.avatar_url)
    else json_build_object('id', p.id, 'name', '${DELETED_CONTACT}', 'email', null, 'avatar_url', null) end`

/** `present` of the conversation as the message leaves it, said in SQL. */
const conversationJson = (type: Type, source: Source) => `json_build_object(
  'id', c.id, 'object', 'conversation', 'number', c.number, 'status', c.status, 'priority', c.priority, 'subject', c.subject,
  'inbox_id', c.inbox_id, 'channel', c.channel, 'contact_id', c.contact_id, 'contact', ${CONTACT},
  'assignee_id', c.assignee_id, 'team_id', c.team_id, 'tags', c.tags, 'custom_fields', c.custom_fields,
  'messages_count', c.messages_count, 'unread_count', c.unread_count, 'team_read_position', c.team_read_position,
  'contact_delivered_position', c.contact_delivered_position, 'contact_read_position', c.contact_read_position,
  'preview', case when c.preview_body is null then null else
    json_build_object('body', c.preview_body, 'type', c.preview_type, 'author_type', c.preview_author_type) end,
  'waiting_since', ${iso('c.waiting_since')}, 'snoozed_until', ${iso('c.snoozed_until')},
  'last_message_at', ${EFFECTS[type](source).last_message_at}, 'first_replied_at', ${iso('c.first_replied_at')},
  'resolved_at', ${iso('c.resolved_at')}, 'created_at', ${iso('c.created_at')}, 'updated_at', ${source.$('now_as_text')})`

function statement(type: Type, source: Source): string {
  const { $ } = source
  const { set, states, status, sent_at, event } = EFFECTS[type](source)
  const text = `
  with ${source.given}c as (
    update conversations c set ${set} messages_count = c.messages_count + 1, version = c.version + 1, updated_at = ${$('now')}
    from ${source.from}contacts p
    where c.workspace_id = ${$('workspace_id')} and c.id = ${$('conversation_id')} and c.status in ${states}
      and p.workspace_id = c.workspace_id and p.id = c.contact_id
    returning c.workspace_id, c.id, c.inbox_id, c.messages_count as position, nextval('message_number') as number,
      ${$('id')} as message_id, ${status} as status, ${sent_at} as sent_at, ${conversationJson(type, source)} as conversation
  ), m as (
    insert into messages (workspace_id, id, number, conversation_id, inbox_id, position, type, body, html, author_type,
      author_id, author_name, attachments, status, client_message_id, in_reply_to, metadata, created_at, sent_at)
    select c.workspace_id, c.message_id, c.number, c.id, c.inbox_id, c.position, '${type}', ${$('body')}, ${$('html')},
      ${$('author_type')}, ${$('author_id')}, ${$('author_name')}, ${$('attachments')}, c.status,
      ${$('client_message_id')}, ${$('in_reply_to')}, ${$('metadata')}, ${$('now')}, c.sent_at
    from c ${source.beside}
  ), e as (
    insert into outbox (id, workspace_id, type, actor_type, actor_id, actor_name, data, created_at)
    select ${$('event_id')}, c.workspace_id, '${event}', ${$('actor_type')}, ${$('actor_id')}, ${$('actor_name')},
      json_build_object('message', ${messageJson(type, source)}, 'conversation', c.conversation), ${$('now')}
    from c ${source.beside}
  )
  select c.message_id as id, c.inbox_id, c.number, c.position, c.status, c.sent_at from c`
  // PostgreSQL copies the text each time it runs: without its indents it is a quarter shorter.
  return text.replaceAll(/\s+/g, ' ')
}

/** Takes `PARAMETERS`. */
export const APPEND = {
  incoming: statement('incoming', ONE),
  outgoing: statement('outgoing', ONE),
  note: statement('note', ONE),
} as const

/** Takes one JSON array of at most `TOGETHER` objects of `PARAMETERS`, no two of one conversation. */
export const APPEND_SEVERAL = {
  incoming: statement('incoming', SEVERAL),
  outgoing: statement('outgoing', SEVERAL),
  note: statement('note', SEVERAL),
} as const
