/** Two servers that share their limits in a Redis: what holds while it is there, hangs, dies and comes back. Needs redis-server. */
import { afterEach, beforeAll, expect, test } from 'vitest'
import { openPair, type Pair } from '../boot/pair.ts'
import { type Redis, startRedis } from './redis.ts'

const LIMIT = 100

let redis: Redis
let pair: Pair
beforeAll(async () => {
  redis = await startRedis()
  pair = await openPair({ env: { REDIS_URL: redis.url }, limit: LIMIT })
  return async () => {
    await pair.close()
    await redis.kill()
  }
}, 120_000)

// Each test has full buckets.
afterEach(async () => {
  redis.proceed()
  await redis.kill()
  redis = await startRedis(redis.port)
  await expect.poll(ready, { timeout: 10_000 }).toEqual(['ok', 'ok'])
})

interface Asked {
  readonly status: number
  readonly milliseconds: number
  readonly remaining: number
}

async function ask(url: string): Promise<Asked> {
  const began = performance.now()
  const reply = await fetch(`${url}/v1/status`, { headers: { authorization: `Bearer ${pair.key}` } })
  await reply.arrayBuffer()
  const remaining = Number(reply.headers.get('x-ratelimit-remaining'))
  return { status: reply.status, milliseconds: performance.now() - began, remaining }
}

/** Requests to both servers at once, by turns. */
const askBoth = (n: number) =>
  Promise.all(Array.from({ length: n }, (_, index) => ask((index % 2 ? pair.first : pair.second).url)))
const passed = (asked: readonly Asked[]) => asked.filter(({ status }) => status === 200).length

async function ready(): Promise<unknown[]> {
  const replies = await Promise.all(
    [pair.first, pair.second].map(async ({ url }) => {
      const reply = await fetch(`${url}/ready`)
      const { limits }: { limits: unknown } = JSON.parse(await reply.text())
      return reply.status === 200 ? limits : reply.status
    }),
  )
  return replies
}

const linesAbout = (words: string) => pair.first.output().split(words).length - 1

test('two servers share one bucket exactly: of 200 requests at once 100 pass', async () => {
  expect(await ready()).toEqual(['ok', 'ok'])
  const asked = await askBoth(200)
  expect([passed(asked), asked.filter(({ status }) => status === 429).length]).toEqual([LIMIT, 200 - LIMIT])
  const left = asked.filter(({ status }) => status === 200).map(({ remaining }) => remaining)
  expect(left.sort((a, b) => a - b)).toEqual(Array.from({ length: LIMIT }, (_, n) => n))
})

test('when Redis dies, each server goes on from what was counted, says so, and shares again when it is back', async () => {
  expect(passed(await askBoth(58))).toBe(58)
  expect([await ask(pair.first.url), await ask(pair.second.url)].map(({ remaining }) => remaining)).toEqual([41, 40])
  const before = [linesAbout('Redis does not answer'), linesAbout('Redis answers again')]
  await redis.kill()
  const asked = await askBoth(200)
  expect(asked.every(({ status }) => status === 200 || status === 429)).toBe(true)
  // Each goes on from what it last heard of, and lets through what was left then.
  expect(passed(asked)).toBe(41 + 40)
  expect(passed(await askBoth(20))).toBe(0)
  expect(await ready()).toEqual(Array(2).fill('degraded: Redis does not answer'))
  expect(linesAbout('Redis does not answer')).toBe((before[0] ?? 0) + 1)

  redis = await startRedis(redis.port)
  await expect.poll(ready, { timeout: 10_000 }).toEqual(['ok', 'ok'])
  expect(passed(await askBoth(200))).toBe(LIMIT)
  expect(linesAbout('Redis answers again')).toBe((before[1] ?? 0) + 1)
})

test('a Redis that dies in the middle of 200 requests lets no server through more than its limit', async () => {
  await askBoth(2)
  const asking = askBoth(200)
  await redis.kill()
  const asked = await asking
  expect(asked.every(({ status }) => status === 200 || status === 429)).toBe(true)
  expect(passed(asked)).toBeGreaterThan(0)
  expect(passed(asked)).toBeLessThanOrEqual(2 * LIMIT)
})

test('a Redis that hangs slows nobody down', async () => {
  const quick = (await askBoth(20)).map(({ milliseconds }) => milliseconds)
  redis.hang()
  await ask(pair.first.url)
  await ask(pair.second.url)
  const times: number[] = []
  for (let n = 0; n < 40; n++) {
    const { status, milliseconds } = await ask((n % 2 ? pair.first : pair.second).url)
    expect(status).toBe(200)
    times.push(milliseconds)
  }
  expect(await ready()).toEqual(Array(2).fill('degraded: Redis does not answer'))
  // Far from the tenth of a second that an answer is waited for.
  const middle = (values: number[]) => values.sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN
  expect(middle(times)).toBeLessThan(Math.max(50, 3 * middle(quick)))
  redis.proceed()
  await expect.poll(ready, { timeout: 10_000 }).toEqual(['ok', 'ok'])
  expect((await ask(pair.first.url)).status).toBe(200)
})
