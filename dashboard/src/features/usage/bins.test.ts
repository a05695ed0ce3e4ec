import { expect, test } from 'vitest'
import { busiest, ticks, toBins, topOf } from './bins.ts'
import type { UsageCaller } from './schema.ts'

const at = (n: number) => new Date(Date.UTC(2026, 0, 1, 12, n)).toISOString()
const caller = (...minutes: [number, number, number][]): UsageCaller => ({
  type: 'key',
  id: 'k',
  name: 'k',
  limit: null,
  requests: 0,
  refused: 0,
  minutes: minutes.map(([n, requests, refused]) => ({ at: at(n), requests, refused })),
})

test('callers add up minute by minute, and a minute without any is an empty bar', () => {
  const bins = toBins({ from: at(0), until: at(3) }, [caller([0, 1, 0], [2, 5, 1]), caller([2, 2, 0])], 1)
  expect(bins.map(({ requests, refused }) => [requests, refused])).toEqual([
    [1, 0],
    [0, 0],
    [7, 1],
    [0, 0],
  ])
  expect(busiest(bins)?.at).toBe(Date.parse(at(2)))
})

test('a bar of several minutes shows the busiest of them, not their sum', () => {
  const bins = toBins({ from: at(0), until: at(9) }, [caller([0, 3, 0], [1, 4, 0], [5, 2, 3], [6, 4, 0])], 5)
  expect(bins.map(({ requests, refused }) => [requests, refused])).toEqual([
    [4, 0],
    [2, 3],
  ])
  expect(bins.map((bin) => bin.at)).toEqual([Date.parse(at(0)), Date.parse(at(5))])
})

test('a scale is round numbers that reach the top', () => {
  expect(ticks(0)).toEqual([0, 1])
  expect(ticks(4)).toEqual([0, 1, 2, 3, 4])
  expect(ticks(105)).toEqual([0, 50, 100, 150])
  expect(ticks(1_050)).toEqual([0, 500, 1_000, 1_500])
  expect(busiest([])).toBeUndefined()
})

test('the limit is in sight unless what there is would be too small to see', () => {
  expect(topOf(50, 100)).toBeCloseTo(105)
  expect(topOf(120, 100)).toBe(120)
  expect(topOf(10, 5_000)).toBe(10)
  expect(topOf(0, null)).toBe(4)
})
