import { expect, test } from 'vitest'
import { limitHeaders, openRateLimits } from './rate-limit.ts'
import { openWindows } from './windows.ts'

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

test('of several that are full, the one that lasts longest says when to come back', async () => {
  let now = 0
  const limits = openRateLimits(openWindows(() => now))
  await limits.consume([bucket('plan', 1)])
  now = 20_000
  await limits.consume([bucket('key', 1)])
  const { standing } = await limits.consume([bucket('plan', 1), bucket('roomy', 9), bucket('key', 1)])
  expect(standing).toMatchObject({ policy: 'key', resetIn: 60_000 })
})

test('a bucket that is always shown is shown, unless another refuses', async () => {
  const limits = openRateLimits()
  const both = [bucket('plan', 2), { ...bucket('dialect', 10), shown: 'always' as const }]
  expect((await limits.consume(both)).standing).toMatchObject({ policy: 'dialect', remaining: 9 })
  await limits.consume(both)
  expect(await limits.consume(both)).toMatchObject({ refused: true, standing: { policy: 'plan', remaining: 0 } })
  expect(await limits.look(bucket('dialect', 10))).toMatchObject({ remaining: 8 })
})

test('a window ends a minute after its first request, and is forgotten', async () => {
  let now = 0
  const windows = openWindows(() => now)
  const limits = openRateLimits(windows)
  await limits.consume([bucket('plan', 1)])
  now = 59_999
  expect((await limits.consume([bucket('plan', 1)])).refused).toBe(true)
  now = 60_000
  expect((await limits.consume([bucket('plan', 1)])).refused).toBe(false)
  for (let n = 0; n < 50; n++) await limits.consume([bucket('address', 1, `address ${n}`)])
  expect(windows.size).toBe(51)
  now = 120_000
  await limits.consume([bucket('address', 1, 'another')])
  expect(windows.size).toBe(1)
})

test('whoever comes from everywhere at once fills no memory', () => {
  const windows = openWindows()
  for (let n = 0; n < 150_000; n++) windows.count(`address ${n}`)
  expect(windows.size).toBe(100_000)
  expect(windows.look('address 149999').used).toBe(1)
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
