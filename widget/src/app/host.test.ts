import { expect, test } from 'vitest'
import type { Stored, ToApp, ToLoader } from '../bridge.ts'
import { createHost } from './host.ts'

/** A frame whose page answers only when it is told to. */
function frame(stored: Stored) {
  const told: ToLoader[] = []
  let say: (message: ToApp) => void = () => {}
  const host = createHost(
    { antiphon: 'hello', stored, open: true, color: null },
    {
      tell: (message) => told.push(message),
      listen: (heard) => {
        say = heard
      },
    },
  )
  const gone: [Stored, boolean][] = []
  host.left((former, isOurs) => gone.push([former, isOurs]))
  return { host, told, gone, say: (message: ToApp) => say(message) }
}

test('what is written while the page is read again is not forgotten', async () => {
  const { host, say } = frame({ draft: 'Hel', intake: '{}' })
  const read = host.fresh()
  host.set('draft', 'Hello')
  host.set('intake', null)
  say({ type: 'all', stored: { draft: 'Hel', intake: '{}', look: '#fff' } })
  await read
  expect(host.stored()).toEqual({ draft: 'Hello', look: '#fff' })
})

test('each answer is for the reading that asked for it', async () => {
  const { host, say } = frame({})
  const first = host.fresh()
  host.set('draft', 'one')
  const second = host.fresh()
  say({ type: 'all', stored: {} })
  await first
  expect(host.get('draft')).toBe('one')
  say({ type: 'all', stored: { draft: 'of another tab' } })
  await second
  expect(host.get('draft')).toBe('of another tab')
})

test('who leaves takes everything along, and what is written says for whom', () => {
  const { host, told, gone, say } = frame({ person: '1', session: 'of one', draft: 'Hel' })
  host.set('draft', 'Hello')
  say({ type: 'left', person: '2' })
  expect(gone).toEqual([[{ person: '1', session: 'of one', draft: 'Hello' }, true]])
  expect(host.stored()).toEqual({ person: '2' })
  host.set('draft', 'Hi')
  const people = told.map((message) => message.type === 'store' && [message.value, message.person])
  expect(people).toEqual([
    ['Hello', '1'],
    ['Hi', '2'],
  ])
})

test('a sign-out in another tab is heard once, whichever way it comes first', async () => {
  const { host, gone, say } = frame({ session: 'of one' })
  const read = host.fresh()
  host.set('draft', 'of one')
  say({ type: 'all', stored: { person: '2', session: 'of two' } })
  await read
  say({ type: 'stored', key: 'person', value: '2' })
  expect(gone).toEqual([[{ session: 'of one', draft: 'of one' }, false]])
  expect(host.stored()).toEqual({ person: '2', session: 'of two' })
})
