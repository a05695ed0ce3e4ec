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
