/** Readers who were away: long, in a hurry, or reading slowly. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, test, vi } from 'vitest'
import { WebSocket } from 'ws'
import { chatWorld, level } from '../../../test/visitors.ts'
import { type World, world } from '../../../test/world.ts'
import { openSockets } from '../../kernel/sockets.ts'

interface Feed {
  data: { type: string }[]
  has_more: boolean
  next_cursor: string
}

/** Events of no particular interest, as if others had been busy. */
async function busy(w: World, events: number, bytes = 10): Promise<void> {
  const ids = Array.from({ length: events }, () => w.newId())
  await w.sql(
    `insert into outbox (id, workspace_id, type, actor_type, data, created_at)
     select id, $1, 'tag.created', 'system', json_build_object('tag', repeat('x', $3)), now() from unnest($2::uuid[]) id`,
    [w.id, ids, bytes],
  )
  await w.get('/v1/events?limit=1') // puts them in order
}

test('a visitor who missed more than they may be shown reads afresh, and hears what is said from then on', async () => {
  const chat = await chatWorld()
  const ada = await chat.visit({ name: 'Ada' })
  const { conversation_id } = (await ada.say('Hello')).body
  const before = await level(await ada.live())
  const cursor = String((await before.until((frame) => frame['type'] === 'caught_up'))['cursor'])
  before.close()
  await busy(chat.w, 1_300)
  const after = await level(await ada.live(cursor))
  expect(after.frames.map((frame) => frame['type'])).toContain('resync_required')
  await chat.answer(conversation_id, 'Still there?')
  await after.until((frame) => JSON.stringify(frame).includes('Still there?'))
  after.close()
})

test('a reader who is slow to catch up is waited for', async () => {
  const w = await world()
  const { next_cursor } = (await w.get<Feed>('/v1/events?limit=200')).body
  await busy(w, 3_000, 10_000)
  const socket = new WebSocket(`${w.url.replace('http', 'ws')}/v1/live?after=${encodeURIComponent(next_cursor)}`, {
    headers: { authorization: `Bearer ${w.key}` },
  })
  let events = 0
  const end = new Promise<number | 'level'>((resolve) => {
    socket.on('close', resolve)
    socket.on('message', (data) => {
      const { type } = JSON.parse(String(data))
      if (type === 'event') events += 1
      if (type === 'caught_up') resolve('level')
    })
  })
  await new Promise((resolve) => socket.once('open', resolve))
  socket.pause()
  await new Promise((resolve) => setTimeout(resolve, 500))
  socket.resume()
  expect(await end).toBe('level')
  expect(events).toBe(3_000)
  socket.close()
})

test('whoever reads only some types goes on from the end of the log', async () => {
  const w = await world()
  await w.post('/v1/tags', { name: 'vip' })
  const first = (await w.get<Feed>('/v1/events?types=contact.deleted')).body
  expect(first).toMatchObject({ data: [], has_more: false })
  await busy(w, 20)
  const second = (await w.get<Feed>(`/v1/events?types=contact.deleted&after=${first.next_cursor}`)).body
  expect(second.next_cursor).not.toBe(first.next_cursor)
  expect((await w.get<Feed>(`/v1/events?after=${second.next_cursor}`)).body.data).toEqual([])
  await w.post('/v1/tags', { name: 'new' })
  const third = (await w.get<Feed>(`/v1/events?after=${second.next_cursor}`)).body
  expect(third.data.map(({ type }) => type)).toEqual(['tag.created'])
})

test('a socket on which nothing happens says so every 25 seconds', async () => {
  vi.useFakeTimers({ toFake: ['setInterval'] })
  const sockets = openSockets()
  const http = createServer()
  try {
    sockets.attach(http)
    sockets.serve('/quiet', async () => () => {})
    await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve))
    const socket = new WebSocket(`ws://127.0.0.1:${(http.address() as AddressInfo).port}/quiet`)
    await new Promise((resolve) => socket.once('open', resolve))
    const heard = new Promise((resolve) => socket.once('message', (data) => resolve(JSON.parse(String(data)))))
    vi.advanceTimersByTime(25_000)
    expect(await heard).toEqual({ type: 'ping' })
    socket.terminate()
  } finally {
    vi.useRealTimers()
    sockets.close()
    http.close()
  }
})
