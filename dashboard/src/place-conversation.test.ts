import { expect, test } from 'vitest'
import type { ConversationFilter, ConversationPage } from './cache.ts'
import type { Conversation } from './features/conversations/schema.ts'
import { place } from './place-conversation.ts'

test('a conversation that hears something moves to the top', () => {
  const pages = paged({ status: 'open' }, [[9, 8], [7]])
  expect(shape(place(pages, conversation(7, 10), 'me'))).toEqual(['7 9 8', ''])
})

test('one that no longer fits leaves, one that does not fit never comes', () => {
  const pages = paged({ status: 'open' }, [[9, 8]])
  expect(shape(place(pages, { ...conversation(9, 9), status: 'resolved' }, 'me'))).toEqual(['8'])
  expect(place(pages, { ...conversation(5, 5), status: 'resolved' }, 'me')).toBe(pages)
})

test('what belongs behind the last page fetched is left to the page that will bring it', () => {
  const pages = paged({}, [[9, 8]], true)
  expect(shape(place(pages, conversation(3, 3), 'me'))).toEqual(['9 8'])
})

test('what belongs between two pages goes to the one that reaches so far', () => {
  const pages = paged(
    {},
    [
      [9, 8],
      [5, 4],
    ],
    true,
  )
  expect(shape(place(pages, conversation(6, 6), 'me'))).toEqual(['9 8', '6 5 4'])
})

test('a page still reaches as far as it did when its last row has moved away', () => {
  const pages = place(paged({}, [[9, 8, 5]], true), conversation(5, 10), 'me')
  expect(shape(place(pages, conversation(6, 6), 'me'))).toEqual(['5 9 8 6'])
  expect(shape(place(pages, conversation(4, 4), 'me'))).toEqual(['5 9 8'])
})

test('of two that heard something in the same instant the later made one stands first', () => {
  const pages = paged({}, [[9]])
  expect(shape(place(pages, { ...conversation(5, 9) }, 'me'))).toEqual(['9 5'])
})

test('mine and unassigned are told apart by the assignee', () => {
  const mine = paged({ assignee: 'me' }, [[9]])
  const taken = { ...conversation(5, 10), assignee_id: 'me' }
  expect(shape(place(mine, taken, 'me'))).toEqual(['5 9'])
  expect(shape(place(paged({ assignee: 'none' }, [[5]]), taken, 'me'))).toEqual([''])
})

function shape(pages: ConversationPage[]): string[] {
  return pages.map((page) => page.data.map((one) => one.number).join(' '))
}

/** Pages of conversations whose number is also the minute of their last message. */
function paged(filter: ConversationFilter, numbers: number[][], hasMore = false): ConversationPage[] {
  return numbers.map((of, index) => {
    const data = of.map((number) => ({
      ...conversation(number, number),
      ...(filter.assignee === 'me' && { assignee_id: 'me' }),
    }))
    const last = data.at(-1)
    const isLast = index === numbers.length - 1
    const edge = last && (!isLast || hasMore) ? { last_message_at: last.last_message_at, id: last.id } : null
    return { data, has_more: edge !== null, next_cursor: edge && 'cursor', edge, filter }
  })
}

function conversation(number: number, minute: number): Conversation {
  const at = `2026-03-02T12:${String(minute).padStart(2, '0')}:00.000Z`
  return {
    id: `id-${String(number).padStart(3, '0')}`,
    object: 'conversation',
    number,
    status: 'open',
    priority: 'normal',
    subject: null,
    inbox_id: 'inbox',
    channel: 'web_chat',
    contact_id: 'contact',
    contact: { id: 'contact', name: 'Amara', email: null, avatar_url: null },
    assignee_id: null,
    team_id: null,
    tags: [],
    custom_fields: {},
    messages_count: 1,
    unread_count: 0,
    team_read_position: 1,
    contact_delivered_position: 0,
    contact_read_position: 0,
    preview: null,
    waiting_since: null,
    snoozed_until: null,
    last_message_at: at,
    first_replied_at: null,
    resolved_at: null,
    created_at: at,
    updated_at: at,
  }
}
