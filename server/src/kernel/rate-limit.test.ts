import { expect, test } from 'vitest'
import { limitHeaders, openRateLimits } from './rate-limit.ts'

const bucket = (policy: string, limit: number, key = 'k') => ({ policy, key, limit })

test('a bucket takes as many as it holds, and the rest are refused', async () => {
  const limits = openRateLimits()
  const outcomes = await Promise.all(Array.from({ length: 5 }, () => limits.consume([bucket('plan', 3)])))
  expect(outcomes.map(({ refused }) => refused)).toEqual([false, false, false, true, true])
  expect(outcomes.map(({ standing }) => standing?.remaining)).toEqual([2, 1, 0, 0, 0])
  expect((await limits.consume([bucket('plan', 3, 'other')])).refused).toBe(false)
  expect((await limits.consume([bucket('other', 3)])).refused).toBe(false)
})

test('what one bucket refuses counts in none, and the tightest is shown', async () => {
  const limits = openRateLimits()
  const both = [bucket('plan', 10), bucket('key', 2)]
  expect((await limits.consume(both)).standing).toMatchObject({ policy: 'key', remaining: 1 })
  await limits.consume(both)
  for (let n = 0; n < 5; n++) {
    const { refused, standing } = await limits.consume(both)
    expect([refused, standing?.policy]).toEqual([true, 'key'])
  }
  expect(await limits.look(bucket('plan', 10))).toMatchObject({ remaining: 8 })
})

test('looking counts nothing, and who has no bucket has no limit', async () => {
  const limits = openRateLimits()
  for (let n = 0; n < 5; n++) expect(await limits.look(bucket('address', 2))).toMatchObject({ remaining: 2, limit: 2 })
  expect(await limits.consume([])).toEqual({ refused: false, standing: null })
})

test('the headers say the same thing twice, in seconds', () => {
  const now = new Date('2026-01-01T00:00:00.400Z')
  expect(limitHeaders({ policy: 'plan', limit: 100, remaining: 99, resetIn: 41_200 }, now)).toEqual({
    'x-ratelimit-limit': '100',
    'x-ratelimit-remaining': '99',
    'x-ratelimit-reset': String(1_767_225_601 + 42),
    'ratelimit-policy': '"plan";q=100;w=60',
    ratelimit: '"plan";r=99;t=42',
  })
})
