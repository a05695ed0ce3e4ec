import { expect, test } from 'vitest'
import { world } from '../../../../test/world.ts'
import { openPayloads } from './payloads.ts'

test('however many events are asked for at once, each is given, and only what is gone is missing', async () => {
  const w = await world()
  for (let n = 0; n < 130; n++) await w.post('/v1/tags', { name: `tag ${n}` })
  const events = (await w.log_of_events()).filter((event) => event.type === 'tag.created')
  const payloads = openPayloads(w.app.kernel.database.kysely)
  const ids = [...events.map((event) => event.id), ...events.map((event) => event.id), w.newId()]
  const found = await Promise.all(ids.map((id) => payloads.of({ workspace_id: w.id, id })))
  expect(found.map((event) => event?.id)).toEqual([...ids.slice(0, 260), undefined])
})

test('as many are kept as fit into memory, be they many or large', async () => {
  const w = await world()
  const payloads = openPayloads(w.app.kernel.database.kysely)
  const told = (text: string) => {
    const [id, created_at] = [w.newId(), new Date()]
    return { id, type: 'tag.created', workspace_id: w.id, created_at, data: { text }, previous: null }
  }
  const isKept = async (event: ReturnType<typeof told>) => (await payloads.of(event)) === event
  const small = Array.from({ length: 4_001 }, () => told('x'))
  payloads.keep(small)
  expect(await Promise.all(small.slice(0, 3).map(isKept))).toEqual([false, true, true])
  const large = Array.from({ length: 20 }, () => told('x'.repeat(1_000_000)))
  payloads.keep(large)
  const kept = (await Promise.all(large.map(isKept))).filter(Boolean)
  expect(kept).toHaveLength(16)
  expect(await isKept(large[19] ?? told(''))).toBe(true)
})
