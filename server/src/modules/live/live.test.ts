import { expect, test } from 'vitest'
import { type LoggedEvent, openLive, type World, world } from '../../../test/world.ts'

async function talk(w: World): Promise<string> {
  const { body } = await w.post<{ id: string }>('/v1/conversations', { contact: { email: 'ada@example.com' } })
  return body.id
}
const note = (w: World, id: string, body: string) => w.post(`/v1/conversations/${id}/messages`, { type: 'note', body })

test('a socket hears what happens from now on, and nothing of a stranger’s', async () => {
  const w = await world()
  const id = await talk(w)
  const live = await w.live()
  await live.until((frame) => frame['type'] === 'caught_up')
  await w.post('/v1/conversations', { contact: { email: 'x@example.com' } }, { as: w.stranger.key })
  await note(w, id, 'first')
  await live.event('message.noted')
  expect(live.events).toHaveLength(1)
  live.close()
})

test('a socket that resumes by cursor gets exactly what it missed, in order', async () => {
  const w = await world()
  const id = await talk(w)
  const first = await w.live()
  await first.until((frame) => frame['type'] === 'caught_up')
  await note(w, id, 'seen')
  const seen = await first.told((event) => event.type === 'message.noted')
  first.close()
  for (const body of ['missed 1', 'missed 2', 'missed 3']) await note(w, id, body)
  const second = await w.live(w.key, `?after=${encodeURIComponent(seen.cursor)}`)
  await second.until((frame) => frame['type'] === 'caught_up')
  await note(w, id, 'fresh')
  await second.told((event) => event.data['message']?.['body'] === 'fresh')
  const bodies = second.events.map((event) => event.data['message']?.['body'])
  expect(bodies).toEqual(['missed 1', 'missed 2', 'missed 3', 'fresh'])
  second.close()
})

test('the log keeps the true order of a conversation under sixteen writers', async () => {
  const w = await world()
  const id = await talk(w)
  const live = await w.live()
  await live.until((frame) => frame['type'] === 'caught_up')
  await Promise.all(
    Array.from({ length: 16 }, async (_, client) => {
      for (let n = 0; n < 10; n++) await note(w, id, `${client}-${n}`)
    }),
  )
  const positions = (events: LoggedEvent[]) =>
    events.filter((event) => event.type === 'message.noted').map((event) => event.data['message']?.['position'])
  const expected = Array.from({ length: 160 }, (_, index) => index + 1)
  expect(positions(await w.log_of_events())).toEqual(expected)
  const heard = () => positions(live.events)
  await live.until(() => heard().length === 160)
  expect(heard()).toEqual(expected)
  live.close()
})

test('a key hears only what its scopes read', async () => {
  const w = await world()
  const key = await w.keyWith('contacts:read')
  const live = await w.live(key)
  await live.until((frame) => frame['type'] === 'caught_up')
  const id = await talk(w)
  await note(w, id, 'secret')
  await w.post('/v1/contacts', { email: 'later@example.com' })
  await live.told((event) => event.data['contact']?.['email'] === 'later@example.com')
  expect(live.events.every((event) => event.type.startsWith('contact.'))).toBe(true)
  expect((await w.events(key)).every((type) => type.startsWith('contact.'))).toBe(true)
  live.close()
})

test('typing passes by and is never stored', async () => {
  const w = await world()
  const id = await talk(w)
  const [one, two] = [await w.live(), await w.live()]
  const before = await w.events()
  one.send({ type: 'typing', conversation_id: id, on: true })
  expect(await two.until((frame) => frame['type'] === 'typing')).toMatchObject({
    conversation_id: id,
    on: true,
    author: { type: 'api' },
  })
  expect(one.frames.some((frame) => frame['type'] === 'typing')).toBe(false)
  expect(await w.events()).toEqual(before)
  one.close()
  two.close()
})

test.each([
  [
    'another list’s',
    async (w: World) => (await w.get<{ next_cursor: string }>('/v1/conversations?limit=1')).body.next_cursor,
  ],
  [
    'an altered',
    async (w: World) => `${(await w.get<{ next_cursor: string }>('/v1/events?limit=1')).body.next_cursor}x`,
  ],
  [
    'a stranger’s',
    async (w: World) =>
      (await w.get<{ next_cursor: string }>('/v1/events?limit=1', { as: w.stranger.key })).body.next_cursor,
  ],
  ['a nonsensical', async () => 'abc'],
])('refuses %s cursor', async (_name, cursor) => {
  const w = await world()
  await talk(w)
  await talk(w)
  await w.post('/v1/contacts', { email: 'y@example.com' })
  const reply = await w.get(`/v1/events?after=${encodeURIComponent(await cursor(w))}`)
  expect(reply).toMatchObject({
    status: 422,
    body: { code: 'invalid', errors: [{ pointer: '?after', code: 'cursor_invalid' }] },
  })
})

test('nobody gets in without a credential, and a guest has five seconds', async () => {
  const w = await world()
  await expect(openLive(w.url, 'ap_nonsense')).rejects.toThrow('401')
  const silent = await openLive(w.url, null)
  silent.send({ type: 'auth', token: 'vt_forged.forged' })
  expect(await silent.closed()).toBe(4401)
})
