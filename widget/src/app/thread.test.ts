import { expect, test } from 'vitest'
import * as threads from './thread.ts'
import type { LiveEvent, VisitorConversation, VisitorMessage } from './wire.ts'

function conversation(patch: Partial<VisitorConversation> = {}): VisitorConversation {
  const marks = { last_position: 2, read_position: 0, team_read_position: 0 }
  return { id: 'c1', status: 'open', created_at: '2026-01-01T10:00:00.000Z', ...marks, ...patch }
}

function message(position: number, patch: Partial<VisitorMessage> = {}): VisitorMessage {
  return {
    id: `m${position}`,
    position,
    conversation_id: 'c1',
    type: position % 2 ? 'incoming' : 'outgoing',
    body: `message ${position}`,
    html: null,
    author: { type: 'user', name: 'Mia' },
    attachments: [],
    status: 'sent',
    client_message_id: null,
    created_at: '2026-01-01T10:00:00.000Z',
    deleted_at: null,
    ...patch,
  }
}

const event = (data: LiveEvent['data'], type = 'message.sent'): LiveEvent => ({ id: 'e', type, cursor: '1', data })
const page = (positions: number[], patch = {}) => ({
  data: positions.map((position) => message(position)),
  has_more: false,
  conversation: conversation(patch),
})
const positions = (thread: threads.Thread) => thread.messages.map((each) => each.position)

test('pages, live events and repeats end in one list by position', () => {
  let thread = threads.begin({ ...page([3, 4]), has_more: true })
  expect(thread.floor).toBe(2)
  thread = threads.applyEvent(thread, event({ message: message(6), conversation: conversation({ last_position: 6 }) }))
  thread = threads.addNewer(thread, page([5, 6]))
  thread = threads.applyEvent(thread, event({ message: message(5) }))
  thread = threads.addOlder(thread, page([1, 2]))
  expect(positions(thread)).toEqual([1, 2, 3, 4, 5, 6])
  expect(thread.floor).toBe(0)
  expect(threads.lastPosition(thread)).toBe(6)
})

test('applying an event twice is applying it once', () => {
  const first = event({ message: message(3), conversation: conversation({ last_position: 3 }) })
  const once = threads.applyEvent(threads.begin(page([1, 2])), first)
  expect(threads.applyEvent(once, first)).toEqual(once)
})

test('a deleted message keeps its place and counts no more', () => {
  const before = threads.begin(page([1, 2]))
  expect(threads.unread(before)).toBe(1)
  const gone = message(2, { body: '', deleted_at: '2026-01-01T11:00:00.000Z' })
  const after = threads.applyEvent(before, event({ message: gone }, 'message.deleted'))
  expect(positions(after)).toEqual([1, 2])
  expect(threads.unread(after)).toBe(0)
})

test('marks only move forward, whatever comes late', () => {
  let thread = threads.begin(page([1, 2], { read_position: 2, team_read_position: 1 }))
  thread = threads.applyEvent(
    thread,
    event({ conversation: conversation({ read_position: 0, team_read_position: 0 }) }),
  )
  expect(thread.conversation).toMatchObject({ read_position: 2, team_read_position: 1 })
  expect(threads.markRead(thread, 1)).toBe(thread)
})

test('reading takes the unread away', () => {
  const thread = threads.markRead(threads.begin(page([1, 2, 4])), 4)
  expect(threads.unread(thread)).toBe(0)
  expect(thread.conversation?.read_position).toBe(4)
})

test('a younger conversation takes the place of the one shown; an older one does not', () => {
  const shown = threads.begin(page([1, 2]))
  const young = conversation({ id: 'c2', created_at: '2026-02-01T10:00:00.000Z' })
  const next = threads.applyEvent(shown, event({ message: message(1, { conversation_id: 'c2' }), conversation: young }))
  expect(next.conversation?.id).toBe('c2')
  expect(next.messages.map((each) => each.conversation_id)).toEqual(['c2'])
  expect(threads.applyEvent(next, event({ message: message(3), conversation: conversation() }))).toEqual(next)
})

test('an event without addresses keeps those already known', () => {
  const file = { id: 'f1', name: 'a.png', content_type: 'image/png', size: 1, width: 1, height: 1 }
  const signed = { ...page([]), data: [message(1, { attachments: [{ ...file, url: '/files/a' }] })] }
  const thread = threads.applyEvent(
    threads.begin(signed),
    event({ message: message(1, { body: 'edited', attachments: [{ ...file, url: null }] }) }, 'message.updated'),
  )
  expect(thread.messages[0]).toMatchObject({ body: 'edited', attachments: [{ url: '/files/a' }] })
})
