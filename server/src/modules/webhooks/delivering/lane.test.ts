import { expect, test } from 'vitest'
import type { Row } from '../schema.ts'
import { openLane } from './lane.ts'
import type { Queued } from './queries.ts'

const row: Row = {
  workspace_id: 'w',
  id: 'e',
  url: '',
  description: null,
  events: ['*'],
  format: 'antiphon',
  payload_version: 'v1',
  enabled: true,
  disabled_reason: null,
  disabled_at: null,
  headers: {},
  secrets: [],
  version: 1,
  created_at: new Date(),
  updated_at: new Date(),
  deleted_at: null,
  failing_since: null,
  lookups: [],
  lookup_timeout_ms: null,
  lookup_failures: 0,
  lookups_paused_until: null,
}
const queued = (
  position: number | null,
  stream = `s${position}`,
  id = `d${position}`,
): Queued & { position: number } => ({
  workspace_id: 'w',
  webhook_id: 'e',
  id,
  event_type: 't',
  stream,
  position: position as number,
  attempts: 0,
  round: 0,
})
function level() {
  const lane = openLane(row)
  expect(lane.wantsLine()).toBe(true)
  expect(lane.readLine()).toEqual({ after: 0, limit: 500 })
  lane.putLine([], 500)
  expect(lane.wantsLine()).toBe(false)
  return lane
}
const drain = (lane: ReturnType<typeof level>) => {
  const all: Queued[] = []
  for (let one = lane.next(); one; one = lane.next()) all.push(one)
  return all
}
const ids = (all: readonly Queued[]) => all.map((one) => one.id)

test('of one stream one is under way at a time, and others pass by', () => {
  const lane = level()
  lane.hear([queued(1, 'a'), queued(2, 'a'), queued(3, 'b'), queued(4, 'a')])
  const first = drain(lane)
  expect(ids(first)).toEqual(['d1', 'd3'])
  lane.done(queued(3, 'b'), false)
  expect(drain(lane)).toEqual([])
  lane.done(queued(1, 'a'), false)
  expect(ids(drain(lane))).toEqual(['d2'])
  lane.done(queued(2, 'a'), false)
  expect(ids(drain(lane))).toEqual(['d4'])
})

test('thirty-two are under way at once, fewer after time-outs, and more again after answers', () => {
  const lane = level()
  lane.hear(Array.from({ length: 100 }, (_, n) => queued(n + 1)))
  const first = drain(lane)
  expect(first).toHaveLength(32)
  for (const one of first.slice(0, 3)) lane.done(one, true)
  expect(drain(lane)).toHaveLength(0)
  for (const one of first.slice(3, 31)) lane.done(one, true)
  expect(lane.flying()).toBe(1)
  expect(drain(lane)).toHaveLength(0)
  for (const one of first.slice(31)) lane.done(one, false)
  expect(drain(lane)).toHaveLength(2)
})

test('what another process wrote is read before anything that comes after it', () => {
  const lane = level()
  lane.hear([queued(1)])
  lane.fallBehind()
  lane.hear([queued(5)])
  expect(ids(drain(lane))).toEqual(['d1'])
  expect(lane.readLine()).toEqual({ after: 1, limit: 500 })
  lane.hear([queued(6)])
  // To ask is not to read.
  expect(lane.wantsLine()).toBe(true)
  lane.putLine([queued(3), queued(5)], 500)
  expect(ids(drain(lane))).toEqual(['d3', 'd5'])
  // Something came while it read: once more, then it is level.
  expect(lane.wantsLine()).toBe(true)
  expect(lane.readLine()).toEqual({ after: 5, limit: 500 })
  lane.putLine([queued(6)], 500)
  lane.hear([queued(6), queued(7)])
  expect(ids(drain(lane))).toEqual(['d6', 'd7'])
})

test('what is due holds back no line, nor the line what is due', () => {
  const lane = level()
  lane.hear(Array.from({ length: 40 }, (_, n) => queued(n + 1)))
  lane.putDue(
    Array.from({ length: 40 }, (_, n) => ({ ...queued(null, 'x', `r${n}`), position: null })),
    200,
  )
  const all = ids(drain(lane))
  expect(all.filter((id) => id.startsWith('r'))).toHaveLength(16)
  // Read again while it is under way, it is not sent twice.
  lane.putDue([{ ...queued(null, 'x', 'r0'), position: null }], 200)
  expect(all.filter((id) => id === 'r0')).toHaveLength(1)
})

test('what was answered while what is due was read is not taken for due', () => {
  const lane = level()
  const again = { ...queued(null, 'x', 'r0'), position: null }
  lane.putDue([again], 200)
  expect(ids(drain(lane))).toEqual(['r0'])
  lane.readDue()
  lane.done(again, false)
  lane.putDue([again], 200)
  expect(drain(lane)).toEqual([])
  // Whether it is due again the next reading tells.
  expect(lane.wantsDue()).toBe(true)
  lane.readDue()
  lane.putDue([again], 200)
  expect(ids(drain(lane))).toEqual(['r0'])
})
