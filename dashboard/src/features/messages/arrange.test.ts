import { expect, test } from 'vitest'
import { arrange, type Block } from './arrange.ts'
import type { Unsent } from './outbox.ts'
import type { Message } from './schema.ts'

const mia: Message['author'] = { type: 'user', id: 'mia', name: 'Mia' }
const amara: Message['author'] = { type: 'contact', id: 'amara', name: 'Amara' }

test('messages of one author in one go join, another author or a pause begins anew', () => {
  const blocks = arrange([incoming(1, 0), incoming(2, 1), outgoing(3, 2), incoming(4, 3), incoming(5, 60)], [], 9)
  expect(shape(blocks)).toEqual(['day', 'theirs 1 2', 'ours 3', 'theirs 4', 'theirs 5'])
})

test('what was proven to be theirs is never drawn with what was not', () => {
  const said = (position: number, visitor_verified: boolean) => ({
    ...incoming(position, 0),
    metadata: { visitor_verified },
  })
  const blocks = arrange([said(1, true), said(2, true), said(3, false), said(4, false), said(5, true)], [], 9)
  expect(shape(blocks)).toEqual(['day', 'theirs 1 2', 'theirs 3 4', 'theirs 5'])
})

test('a note stands apart from a reply of the same author', () => {
  expect(shape(arrange([outgoing(1, 0), { ...outgoing(2, 1), type: 'note' }], [], 9))).toEqual([
    'day',
    'ours 1',
    'note 2',
  ])
})

test('each day begins with its line', () => {
  expect(shape(arrange([incoming(1, 0), incoming(2, 24 * 60)], [], 9))).toEqual(['day', 'theirs 1', 'day', 'theirs 2'])
})

test('the unread begins once, at the first incoming message behind the mark', () => {
  const blocks = arrange([incoming(1, 0), outgoing(2, 1), incoming(3, 2), incoming(4, 3)], [], 1)
  expect(shape(blocks)).toEqual(['day', 'theirs 1', 'ours 2', 'unread', 'theirs 3 4'])
})

test('activity in a row is one block', () => {
  const done = (position: number): Message => ({ ...outgoing(position, position), type: 'activity' })
  expect(shape(arrange([incoming(1, 0), done(2), done(3), incoming(4, 4)], [], 9))).toEqual([
    'day',
    'theirs 1',
    'activity 2 3',
    'theirs 4',
  ])
})

test('what was sent and not yet acknowledged follows, and leaves when the server has it', () => {
  const unsent: Unsent = {
    client_message_id: 'abc',
    conversation_id: 'c',
    type: 'outgoing',
    body: 'On its way',
    attachments: [],
    created_at: at(2),
    state: 'sending',
  }
  expect(shape(arrange([incoming(1, 0)], [unsent], 9))).toEqual(['day', 'theirs 1', 'unsent abc'])
  const arrived = { ...outgoing(2, 2), client_message_id: 'abc' }
  expect(shape(arrange([incoming(1, 0), arrived], [unsent], 9))).toEqual(['day', 'theirs 1', 'ours 2'])
})

function shape(blocks: Block[]): string[] {
  return blocks.map((block) => {
    if (block.kind === 'run') return `${block.side} ${block.messages.map((message) => message.position).join(' ')}`
    if (block.kind === 'activity') return `activity ${block.messages.map((message) => message.position).join(' ')}`
    if (block.kind === 'unsent') return `unsent ${block.entries.map((entry) => entry.client_message_id).join(' ')}`
    return block.kind
  })
}

function at(minutes: number): string {
  return new Date(Date.parse('2026-03-02T12:00:00Z') + minutes * 60_000).toISOString()
}

function incoming(position: number, minutes: number): Message {
  return {
    id: `m${position}`,
    object: 'message',
    number: position,
    position,
    conversation_id: 'c',
    type: 'incoming',
    body: 'Hello',
    html: null,
    author: amara,
    attachments: [],
    status: 'received',
    error: null,
    client_message_id: null,
    in_reply_to: null,
    metadata: {},
    created_at: at(minutes),
    sent_at: null,
    delivered_at: null,
    read_at: null,
    deleted_at: null,
  }
}

function outgoing(position: number, minutes: number): Message {
  return { ...incoming(position, minutes), type: 'outgoing', author: mia, status: 'sent' }
}
