import { expect, test } from 'vitest'
import type { Pending } from './outbox.ts'
import * as outbox from './outbox.ts'

function pending(id: string, patch: Partial<Pending> = {}): Pending {
  const created_at = `2026-01-01T10:00:0${id.length}.000Z`
  return { client_message_id: id, body: id, files: [], created_at, state: 'waiting', reason: null, ...patch }
}

test('sends in the order of writing, one at a time', () => {
  const list = outbox.add(outbox.add([], pending('bb')), pending('a'))
  expect(outbox.next(list)?.client_message_id).toBe('a')
  expect(outbox.next(outbox.change(list, 'a', { state: 'sending' }))).toBeNull()
  expect(outbox.next(outbox.remove(list, 'a'))?.client_message_id).toBe('bb')
})

test('a refused message holds back nothing', () => {
  const list = [pending('a', { state: 'refused', reason: 'Too long.' }), pending('bb')]
  expect(outbox.next(list)?.client_message_id).toBe('bb')
  expect(outbox.waiting(list)).toBe(1)
})

test('adding the same message again keeps one', () => {
  const list = outbox.add([pending('a')], pending('a', { body: 'the same' }))
  expect(list.map(({ body }) => body)).toEqual(['the same'])
})

test('what was on its way when the page went away waits again under its id', () => {
  const stored = {
    draft: 'Hello',
    'out:bb': JSON.stringify(pending('bb')),
    'out:a': JSON.stringify(pending('a', { state: 'sending' })),
    'out:broken': '{',
  }
  expect(outbox.restore(stored).map(({ client_message_id, state }) => [client_message_id, state])).toEqual([
    ['a', 'waiting'],
    ['bb', 'waiting'],
  ])
})

test.each([
  [201, 'sent'],
  [200, 'sent'],
  [0, 'again'],
  [408, 'again'],
  [429, 'again'],
  [500, 'again'],
  [503, 'again'],
  [401, 'refused'],
  [403, 'refused'],
  [409, 'refused'],
  [413, 'refused'],
  [422, 'refused'],
])('after %i a message is %s', (status, verdict) => {
  expect(outbox.verdict(status)).toBe(verdict)
})

test('a message that the server has under its id is sent, whatever became of it there', () => {
  expect(outbox.verdict(409, 'client_message_id_taken')).toBe('sent')
})
