import { expect, test } from 'vitest'
import { startServer, world } from '../../test/world.ts'
import { deleteExpired } from '../modules/users/queries.ts'
import { inBatches } from './batches.ts'

test('a step runs until it has less to do than a batch', async () => {
  let left = 2_500
  const steps: number[] = []
  await inBatches(async (atMost) => {
    const done = Math.min(left, atMost)
    left -= done
    steps.push(done)
    return done
  })
  expect(steps).toEqual([1_000, 1_000, 500])
})

test('what has ended is cleared however much it is, and nothing else', async () => {
  const w = await world({ on: startServer() })
  await w.sql(`insert into verifications (id, identifier, value, expires_at, created_at, updated_at)
    select gen_random_uuid(), 'someone', 'x', now() + case when n > 2500 then interval '1 day' else interval '-1 day' end,
      now(), now() from generate_series(1, 2510) n`)
  await deleteExpired(w.app.system(null))
  expect(await w.sql('select from verifications')).toHaveLength(10)
  await w.app.drain()
})
