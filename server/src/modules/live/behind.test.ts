/** Readers who were away: long, in a hurry, or reading slowly. */
import { expect, test } from 'vitest'
import { type World, world } from '../../../test/world.ts'

interface Feed {
  data: { type: string }[]
  has_more: boolean
  next_cursor: string
}

/** Events of no particular interest, as if others had been busy. */
async function busy(w: World, events: number, bytes = 10): Promise<void> {
  const ids = Array.from({ length: events }, () => w.newId())
  await w.sql(
    `insert into events (id, workspace_id, type, actor_type, data, created_at)
     select id, $1, 'tag.created', 'system', json_build_object('tag', repeat('x', $3)), now() from unnest($2::uuid[]) id`,
    [w.id, ids, bytes],
  )
  await w.get('/v1/events?limit=1') // puts them in order
}

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
