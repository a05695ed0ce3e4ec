/** What must be so when the server has died often enough. Each law answers with what breaks it. */
import type { Event } from './readers.ts'
import { type Acknowledged, field } from './writers.ts'

/** A conversation as the server keeps it. */
export interface Kept {
  readonly id: string
  readonly messages_count: number
  /** All its messages, in the order of the list. */
  readonly messages: readonly Acknowledged[]
}

export interface Findings {
  readonly acknowledged: readonly Acknowledged[]
  readonly posted: ReadonlySet<string>
  readonly kept: readonly Kept[]
  readonly live: readonly Event[]
  readonly feed: readonly Event[]
}

const laws: Readonly<Record<string, (found: Findings) => string[]>> = {
  'every acknowledged message is there, as it was acknowledged': ({ acknowledged, kept }) => {
    const there = new Map(kept.flatMap(({ messages }) => messages).map((message) => [message.id, message]))
    return acknowledged
      .filter((message) => !isSame(message, there.get(message.id)))
      .map((message) => `${show(message)} is kept as ${show(there.get(message.id))}`)
  },
  'no message is there twice, however often it was posted': ({ kept, posted }) => {
    const written = kept.flatMap(({ messages }) => messages).filter(({ type }) => type !== 'activity')
    const strange = written.filter(({ body }) => !posted.has(body)).map((one) => `${show(one)} was never posted`)
    return [...repeated(written.map(({ body }) => body)).map((body) => `"${body}" is there twice`), ...strange]
  },
  'positions are 1, 2, 3 … without a gap, and messages_count is their number': ({ kept }) =>
    kept.flatMap(({ id, messages, messages_count }) => [
      ...messages
        .filter((message, index) => message.position !== index + 1)
        .slice(0, 1)
        .map((message) => `${show(message)} stands out of line`),
      ...(messages.length === messages_count ? [] : [`${id} counts ${messages_count}, but has ${messages.length}`]),
    ]),
  'the socket has each event once': ({ live }) => repeated(live.map(({ id }) => id)),
  'the feed has each event once': ({ feed }) => repeated(feed.map(({ id }) => id)),
  'socket and feed have the same events in the same order': ({ live, feed }) => {
    const at = feed.findIndex(({ id }, index) => live[index]?.id !== id)
    if (at < 0 && live.length === feed.length) return []
    return [`they part at event ${at < 0 ? feed.length : at}; the socket has ${live.length}, the feed ${feed.length}`]
  },
  'the events of a conversation come in its true order, none left out': ({ live, kept }) =>
    kept.flatMap((conversation) => disorder(conversation, live)),
}

/** Every law with what breaks it. */
export function judge(found: Findings): { law: string; broken: string[] }[] {
  return Object.entries(laws).map(([law, check]) => ({ law, broken: check(found) }))
}

// Each of a conversation's events adds one message, so that the count they carry goes up by one from each to the next.
function disorder(conversation: Kept, events: readonly Event[]): string[] {
  const own = events.filter(({ data }) => field(field(data, 'conversation'), 'id') === conversation.id)
  const counts = own.map(({ data }) => field(field(data, 'conversation'), 'messages_count'))
  const from = own[0]?.type === 'conversation.created' ? 0 : 1
  const at = counts.findIndex((count, index) => count !== index + from)
  if (at >= 0) return [`${conversation.id}: ${own[at]?.type} brings ${counts[at]} messages where ${at + from} were due`]
  if (counts.at(-1) !== conversation.messages_count) {
    return [`${conversation.id}: events end at ${counts.at(-1)} of ${conversation.messages_count} messages`]
  }
  return own
    .map(({ data }) => field(data, 'message'))
    .filter((message) => message !== undefined)
    .filter((message) => conversation.messages[Number(field(message, 'position')) - 1]?.id !== field(message, 'id'))
    .map((message) => `${conversation.id}: no message ${field(message, 'id')} at ${field(message, 'position')}`)
}

function repeated(values: readonly string[]): string[] {
  const seen = new Set<string>()
  return values.filter((value) => seen.size === seen.add(value).size)
}

function isSame(a: Acknowledged, b: Acknowledged | undefined): boolean {
  return b !== undefined && JSON.stringify(a) === JSON.stringify(b)
}

function show(message: Acknowledged | undefined): string {
  return message ? `"${message.body}" (${message.type} ${message.position} of ${message.conversation_id})` : 'nothing'
}
