import { expect, test } from 'vitest'
import { type Server, startServer, world } from '../../test/world.ts'
import { newId } from './ids.ts'
import { keepPartitions } from './partitions.ts'
import { DAY } from './time.ts'

const partsOf = async ({ sql }: Pick<Server, 'sql'>, table: string) => {
  const rows = await sql(
    `select c.relname as name from pg_inherits i join pg_class c on c.oid = i.inhrelid
      where i.inhparent = $1::regclass order by 1`,
    [table],
  )
  return rows.map((row) => String(row['name']))
}

test('there is room for what comes, and what is too old goes with its partition, month by month and day by day', async () => {
  const w = await world({ on: startServer() })
  const { kysely } = w.app.kernel.database
  const today = new Date()
  const events = await partsOf(w, 'events')
  expect(events).toHaveLength(4)
  expect(await partsOf(w, 'idempotency_keys')).toHaveLength(4)
  await keepPartitions(kysely, today)
  expect(await partsOf(w, 'events')).toEqual(events)
  const heard = (await w.events()).length
  expect(heard).toBeGreaterThan(0)

  await keepPartitions(kysely, new Date(today.getTime() + 28 * DAY))
  expect((await w.events()).length).toBe(heard)
  const days = await partsOf(w, 'idempotency_keys')
  expect(days.length).toBeLessThanOrEqual(6)

  await keepPartitions(kysely, new Date(today.getTime() + 130 * DAY))
  expect(await w.events()).toEqual([])
  expect((await partsOf(w, 'events')).length).toBeLessThanOrEqual(6)
  await w.app.drain()
})

test('ids sort by the order in which they were made, many in one millisecond too', () => {
  const ids = Array.from({ length: 10_000 }, newId)
  expect([...ids].sort()).toEqual(ids)
  expect(new Set(ids).size).toBe(ids.length)
})
