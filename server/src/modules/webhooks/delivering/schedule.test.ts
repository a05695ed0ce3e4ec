import { expect, test } from 'vitest'
import { HOUR, SECOND } from '../../../kernel/time.ts'
import { nextAttempt, readRetryAfter } from './schedule.ts'

const at = new Date('2026-01-01T00:00:00Z')
const waits = (factor: number) =>
  Array.from({ length: 10 }, (_, made) => {
    const next = nextAttempt(made, at, { factor, retryAfter: 0 })
    return next && next.getTime() - at.getTime()
  })

test('ten attempts lie three days apart, give or take a tenth', () => {
  const total = waits(1).reduce((sum: number, wait) => sum + (wait ?? 0), 0)
  expect(Math.abs(total / (75.5 * HOUR + 305 * SECOND) - 1)).toBeLessThan(0.1)
  expect(nextAttempt(10, at, { factor: 1, retryAfter: 0 })).toBeNull()
})

test('what failed together does not return together', () => {
  expect(new Set(Array.from({ length: 20 }, () => waits(1)[5])).size).toBeGreaterThan(10)
})

test.each([
  ['120', 120 * SECOND],
  [' 0 ', 0],
  ['Thu, 01 Jan 2026 01:00:00 GMT', HOUR],
  ['Thu, 01 Jan 2025 00:00:00 GMT', 0],
  ['-5', 0],
  ['soon', 0],
  ['99999999999999', 0],
])('Retry-After: %s', (header, wait) => {
  expect(readRetryAfter(header, at)).toBe(wait)
})
