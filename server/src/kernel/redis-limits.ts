/**
 * Limits that all processes share, counted by Redis or Valkey: one script counts a request in every bucket or in none.
 *
 * What Redis answers is kept in this process's own windows too. When it goes away they go on from there, so that a limit
 * is neither waved through nor begun anew; each process then counts for itself until Redis is back.
 */
import { createHash } from 'node:crypto'
import type { Log } from './log.ts'
import { type Bucket, consumeIn, judge, nameOf, type RateLimits, stand } from './rate-limit.ts'
import { openRedisLink, type Script } from './redis-link.ts'
import { MINUTE } from './time.ts'
import { openWindows, type Window } from './windows.ts'

const PREFIX = 'antiphon:limit:'

// Answers whether a bucket was full (1), then for each the count and the milliseconds left. A limit of 0 is always full:
// so one looks without counting. A key without an end is not one of ours and begins anew.
const TEXT = `
local answer = { 0 }
for i, key in ipairs(KEYS) do
  local used, left = tonumber(redis.call('get', key) or '0'), redis.call('pttl', key)
  if left < 0 then used, left = 0, tonumber(ARGV[1]) end
  if used >= tonumber(ARGV[i + 1]) then answer[1] = 1 end
  answer[2 * i], answer[2 * i + 1] = used, left
end
if answer[1] == 1 then return answer end
for i, key in ipairs(KEYS) do
  if answer[2 * i] == 0 then redis.call('set', key, 1, 'px', ARGV[1]) else redis.call('incr', key) end
  answer[2 * i] = answer[2 * i] + 1
end
return answer`
const COUNT: Script = { text: TEXT, digest: createHash('sha1').update(TEXT).digest('hex') }

export async function openRedisLimits(url: string, log: Log): Promise<RateLimits> {
  const link = await openRedisLink(url, log)
  const own = openWindows()

  const ask = async (buckets: readonly Bucket[], limits: readonly number[]) => {
    const names = buckets.map(nameOf)
    const reply = await link.run(
      COUNT,
      names.map((name) => PREFIX + name),
      [MINUTE, ...limits].map(String),
    )
    const answer = read(reply, buckets.length)
    for (const [index, window] of (answer?.windows ?? []).entries()) own.set(names[index] ?? '', window)
    return answer
  }

  return {
    consume: async (buckets) => {
      if (buckets.length === 0) return { refused: false, standing: null }
      const limits = buckets.map(({ limit }) => limit)
      const answer = await ask(buckets, limits)
      return answer ? judge(buckets, answer) : consumeIn(own, buckets)
    },
    look: async (bucket) => {
      const answer = await ask([bucket], [0])
      return stand(bucket, answer?.windows[0] ?? own.look(nameOf(bucket)))
    },
    trouble: link.trouble,
    close: link.close,
  }
}

function read(reply: unknown, buckets: number): { refused: boolean; windows: Window[] } | null {
  if (!Array.isArray(reply) || reply.length !== 1 + 2 * buckets) return null
  const numbers = reply.map(Number)
  const windows = Array.from({ length: buckets }, (_, index) => ({
    used: numbers[1 + 2 * index] ?? 0,
    resetIn: numbers[2 + 2 * index] ?? MINUTE,
  }))
  return { refused: numbers[0] === 1, windows }
}
