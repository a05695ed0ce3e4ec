/** Messages that arrive together: each its own answer, and nobody waits for a stranger. */
import { expect, test } from 'vitest'
import { type World, world } from '../../../test/world.ts'

interface Sent {
  id: string
  position: number
  number: number
  body: string
}

async function conversations(w: World, count: number): Promise<string[]> {
  const start = (n: number) => w.post<{ id: string }>('/v1/conversations', { contact: { external_id: `c${n}` } })
  return (await Promise.all(Array.from({ length: count }, (_, n) => start(n)))).map(({ body }) => body.id)
}

const say = (w: World, id: string, body: string, more: object = {}) =>
  w.post<Sent>(`/v1/conversations/${id}/messages`, { type: 'outgoing', body, ...more })

test('many at once to many conversations: each message is there once, in place, as its answer and its event have it', async () => {
  const w = await world()
  const ids = await conversations(w, 7)
  const sends = Array.from({ length: 210 }, (_, n) => ({ id: ids[n % 7] ?? '', body: `${n} "quoted" \\ ü \u2028 😀` }))
  const replies = await Promise.all(sends.map(({ id, body }) => say(w, id, body)))
  expect(replies.map(({ status, body }) => [status, body.body])).toEqual(sends.map(({ body }) => [201, body]))
  const told = (await w.log_of_events()).filter((event) => event.type === 'message.sent')
  for (const id of ids) {
    const { data } = (await w.get<{ data: Sent[] }>(`/v1/conversations/${id}/messages?limit=200`)).body
    expect(data.map(({ position }) => position)).toEqual(Array.from({ length: 30 }, (_, n) => n + 1))
    expect(new Set(data.map(({ id }) => id))).toEqual(
      new Set(replies.filter((_, n) => ids[n % 7] === id).map(({ body }) => body.id)),
    )
    const events = told.filter(({ data }) => (data['conversation'] as { id: string }).id === id)
    expect(events.map(({ data }) => data['message'])).toEqual(data)
    expect(events.map(({ data }) => (data['conversation'] as { messages_count: number }).messages_count)).toEqual(
      data.map(({ position }) => position),
    )
  }
})

test('one that is refused refuses no other', async () => {
  const w = await world()
  const ids = await conversations(w, 6)
  await say(w, ids[0] ?? '', 'The first', { client_message_id: 'taken' })
  const [stranger] = await conversations(await world(), 1)
  await w.patch(`/v1/conversations/${ids[5]}`, { status: 'resolved' })
  const replies = await Promise.all([
    ...ids.map((id) => say(w, id, 'Fine')),
    say(w, ids[1] ?? '', 'Not mine to say', { client_message_id: 'taken' }),
    say(w, stranger ?? '', 'Nobody there'),
    ...ids.map((id) => say(w, id, 'Fine too')),
  ])
  expect(replies.map(({ status }) => status)).toEqual([
    201, 201, 201, 201, 201, 201, 409, 404, 201, 201, 201, 201, 201, 201,
  ])
  expect(await w.get(`/v1/conversations/${ids[5]}`)).toMatchObject({ body: { status: 'open', messages_count: 4 } })
})

test('a conversation that is held keeps only its own message waiting', async () => {
  const w = await world()
  const ids = await conversations(w, 12)
  const holder = await w.app.kernel.database.pool.connect()
  try {
    await holder.query('begin')
    await holder.query('select from conversations where workspace_id = $1 and id = any($2) for update', [
      w.id,
      ids.slice(0, 3),
    ])
    const held = ids.slice(0, 3).map((id) => say(w, id, 'I wait'))
    const free = ids.slice(3).flatMap((id) => [say(w, id, 'I go'), say(w, id, 'And I')])
    let waited = 0
    for (const one of held) void one.then(() => (waited += 1))
    expect((await Promise.all(free)).map(({ status }) => status)).toEqual(Array(18).fill(201))
    expect(waited).toBe(0)
    await holder.query('commit')
    expect((await Promise.all(held)).map(({ status }) => status)).toEqual([201, 201, 201])
  } finally {
    holder.release()
  }
})
