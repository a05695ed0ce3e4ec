import { expect, test } from 'vitest'
import { world } from '../../test/world.ts'

test.each([
  ['of a list', () => `{"tags":[${'0,'.repeat(500_000)}0]}`],
  ['of fields', () => `{${Array.from({ length: 80_000 }, (_, index) => `"f${index}":0`).join(',')}}`],
  ['of lists in lists', () => `{"tags":[${'[0,[0]],'.repeat(100_000)}0]}`],
])('more values %s than anything takes are refused in a moment', async (_name, body) => {
  const w = await world()
  const began = performance.now()
  const reply = await w.post<{ errors: unknown }>('/v1/contacts', body(), {
    headers: { 'content-type': 'application/json' },
  })
  expect(reply).toMatchObject({ status: 422, body: { errors: [{ pointer: '', code: 'too_many' }] } })
  expect(performance.now() - began).toBeLessThan(2_500)
})
