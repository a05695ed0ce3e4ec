/** Turns messages into what is drawn: day lines, runs of one author, folded activity, the line where the unread begins. */
import type { Unsent } from './outbox.ts'
import type { Message } from './schema.ts'

export type Block =
  | { kind: 'day'; key: string; at: string }
  | { kind: 'unread'; key: string }
  | { kind: 'activity'; key: string; messages: Message[] }
  | { kind: 'run'; key: string; side: 'theirs' | 'ours' | 'note'; messages: Message[] }
  | { kind: 'unsent'; key: string; entries: Unsent[] }

const joinMs = 20 * 60_000

/** `readTo` is the position to which the team had read when the thread was opened. */
export function arrange(messages: Message[], unsent: Unsent[], readTo: number): Block[] {
  const blocks: Block[] = []
  let previous: Message | undefined
  let isMarked = false

  for (const message of messages) {
    const isNewDay = !previous || dayOf(previous) !== dayOf(message)
    if (isNewDay) blocks.push({ kind: 'day', key: `day ${dayOf(message)}`, at: message.created_at })
    const isFirstUnread: boolean = !isMarked && message.type === 'incoming' && message.position > readTo
    if (isFirstUnread) blocks.push({ kind: 'unread', key: 'unread' })
    isMarked ||= isFirstUnread

    const last = blocks.at(-1)
    if (message.type === 'activity') {
      if (last?.kind === 'activity') last.messages.push(message)
      else blocks.push({ kind: 'activity', key: message.id, messages: [message] })
    } else if (last?.kind === 'run' && previous && joins(previous, message)) last.messages.push(message)
    else blocks.push({ kind: 'run', key: message.id, side: sideOf(message), messages: [message] })
    previous = message
  }

  const acknowledged = new Set(messages.map((message) => message.client_message_id))
  for (const entry of unsent) {
    if (acknowledged.has(entry.client_message_id)) continue
    const last = blocks.at(-1)
    if (last?.kind === 'unsent' && last.entries[0]?.type === entry.type) last.entries.push(entry)
    else blocks.push({ kind: 'unsent', key: entry.client_message_id, entries: [entry] })
  }
  return blocks
}

/** Whether nobody has signed for it that this visitor is who they say. */
export const isUnproven = ({ metadata }: Message) => metadata['visitor_verified'] === false

const dayOf = (message: Message) => new Date(message.created_at).toDateString()

function sideOf(message: Message): 'theirs' | 'ours' | 'note' {
  if (message.type === 'note') return 'note'
  return message.type === 'incoming' ? 'theirs' : 'ours'
}

function joins(a: Message, b: Message): boolean {
  return (
    a.type === b.type &&
    a.author.type === b.author.type &&
    a.author.id === b.author.id &&
    isUnproven(a) === isUnproven(b) &&
    Date.parse(b.created_at) - Date.parse(a.created_at) < joinMs
  )
}
