/** The visitor's view of one conversation, and what the lists and events of the server do to it. Applying an event twice, or late, changes nothing. */
import type { LiveEvent, MessagePage, VisitorConversation, VisitorMessage } from './wire.ts'

export interface Thread {
  conversation: VisitorConversation | null
  /** By position, without gaps from `floor` on. */
  messages: VisitorMessage[]
  /** Everything above this position is here; 0 when the beginning is. */
  floor: number
}

export const PAGE = 50

export const emptyThread: Thread = { conversation: null, messages: [], floor: 0 }

/** The first look: the newest page. */
export function begin(page: MessagePage): Thread {
  return { ...merge(emptyThread, page.data), conversation: page.conversation, floor: floorOf(page) }
}

/** What came after. */
export function addNewer(thread: Thread, { data, conversation }: Omit<MessagePage, 'has_more'>): Thread {
  const known = conversation && newer(thread.conversation, conversation)
  return { ...merge(thread, data), conversation: known ?? thread.conversation }
}

/** The page before the first message. */
export function addOlder(thread: Thread, page: MessagePage): Thread {
  return { ...addNewer(thread, page), floor: floorOf(page) }
}

export function applyEvent(thread: Thread, { data }: LiveEvent): Thread {
  const base = turnTo(thread, data)
  const { conversation, message } = data
  const here = base.conversation?.id
  const next = message && (!here || message.conversation_id === here) ? merge(base, [message]) : base
  if (!conversation || (here && conversation.id !== here)) return next
  return { ...next, conversation: newer(next.conversation, conversation) }
}

/** Where the visitor has not read: outgoing messages above the read mark. */
export function unread({ conversation, messages }: Thread): number {
  const read = conversation?.read_position ?? 0
  return messages.filter((message) => message.type === 'outgoing' && !message.deleted_at && message.position > read)
    .length
}

export function lastPosition(thread: Thread): number {
  return Math.max(thread.conversation?.last_position ?? 0, thread.messages.at(-1)?.position ?? 0)
}

/** Only forward: a mark that arrives late never takes back what has been read. */
export function markRead(thread: Thread, position: number): Thread {
  const { conversation } = thread
  if (!conversation || conversation.read_position >= position) return thread
  return { ...thread, conversation: { ...conversation, read_position: position } }
}

/** A page that begins with the conversation has everything above 0. */
function floorOf({ data, has_more }: MessagePage): number {
  return has_more ? (data[0]?.position ?? 1) - 1 : 0
}

/** A conversation younger than the one shown takes its place: the visitor always sees the latest. */
function turnTo(thread: Thread, { conversation, message }: LiveEvent['data']): Thread {
  const shown = thread.conversation
  if (!shown || !conversation || conversation.id === shown.id || conversation.created_at <= shown.created_at)
    return thread
  return { conversation, messages: message ? [message] : [], floor: 0 }
}

function newer(old: VisitorConversation | null, next: VisitorConversation): VisitorConversation {
  if (old?.id !== next.id) return next
  return {
    ...next,
    last_position: Math.max(old.last_position, next.last_position),
    read_position: Math.max(old.read_position, next.read_position),
    team_read_position: Math.max(old.team_read_position, next.team_read_position),
  }
}

function merge(thread: Thread, arrived: VisitorMessage[]): Thread {
  if (arrived.length === 0) return thread
  const byPosition = new Map(thread.messages.map((message) => [message.position, message]))
  for (const message of arrived) byPosition.set(message.position, keepUrls(byPosition.get(message.position), message))
  const messages = [...byPosition.values()].sort((a, b) => a.position - b.position)
  return { ...thread, messages }
}

/** Live frames carry no signed addresses: those already known go on being used. */
function keepUrls(old: VisitorMessage | undefined, next: VisitorMessage): VisitorMessage {
  if (!old || !next.attachments.some((file) => file.url === null)) return next
  const urls = new Map(old.attachments.map((file) => [file.id, file.url]))
  return {
    ...next,
    attachments: next.attachments.map((file) => ({ ...file, url: file.url ?? urls.get(file.id) ?? null })),
  }
}
