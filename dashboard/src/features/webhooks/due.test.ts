import { expect, test } from 'vitest'
import { seldom, settling, untilDue } from './due.ts'

const now = Date.parse('2026-03-01T12:00:00.000Z')
const pending = (seconds: number) => ({
  status: 'pending' as const,
  next_attempt_at: new Date(now + seconds * 1_000).toISOString(),
  created_at: '2026-03-01T11:00:00.000Z',
})

test('a delivery is looked at again when it is due, and nothing is asked where nothing is to come', () => {
  expect(untilDue([], now)).toBe(false)
  expect(untilDue([{ ...pending(3), status: 'failed' }], now)).toBe(false)
  expect(untilDue([pending(3_600), pending(4)], now)).toBe(4_000 + settling)
  expect(untilDue([pending(3_600)], now)).toBe(seldom)
})

test('what is due and does not come is asked for ever more seldom', () => {
  const waits = [0, -4, -20, -30, -600].map((seconds) => untilDue([pending(seconds)], now))
  expect(waits).toEqual([settling, 1_000, 5_000, 7_500, seldom])
  const first = { status: 'pending' as const, next_attempt_at: null, created_at: new Date(now).toISOString() }
  expect(untilDue([first], now)).toBe(settling)
})
