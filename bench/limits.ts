/** What one check of the limits costs in memory: with the buckets a request has, beside the library that has a timer per key. */
import { RateLimiterMemory } from 'rate-limiter-flexible'
import { type Bucket, openRateLimits } from '../server/src/kernel/rate-limit.ts'
import { median, row } from './measuring.ts'

const CHECKS = 200_000
const ROUNDS = 5
const WORKSPACES = 5_000
const PROMISED_US = 20

const bucketsOf = (n: number, kinds: readonly string[]): Bucket[] =>
  kinds.map((policy) => ({ policy, key: `${policy} of workspace ${n % WORKSPACES}`, limit: 1_000_000 }))

async function measure(check: (n: number) => Promise<unknown>): Promise<number> {
  const began = performance.now()
  for (let n = 0; n < CHECKS; n++) await check(n)
  return ((performance.now() - began) * 1_000) / CHECKS
}

async function middle(open: () => (n: number) => Promise<unknown>): Promise<number> {
  const rounds: number[] = []
  for (let round = 0; round < ROUNDS; round++) rounds.push(await measure(open()))
  return median(rounds)
}

const kinds = { 'the plan': ['plan'], 'plan and key': ['plan', 'key'], 'plan, key, class': ['plan', 'key', 'ai_reply'] }
console.log(row(['buckets', 'one check', 'with rate-limiter-flexible']))
let worst = 0
for (const [name, policies] of Object.entries(kinds)) {
  const own = await middle(() => {
    const limits = openRateLimits()
    return (n) => limits.consume(bucketsOf(n, policies))
  })
  const library = await middle(() => {
    const limiter = new RateLimiterMemory({ points: 1_000_000, duration: 60 })
    return async (n) => {
      for (const bucket of bucketsOf(n, policies)) await limiter.consume(`${bucket.policy}:${bucket.key}`)
    }
  })
  worst = Math.max(worst, own)
  console.log(row([name, `${own.toFixed(2)} µs`, `${library.toFixed(2)} µs`]))
}
console.log(`\n${worst <= PROMISED_US ? 'holds' : 'FALLS SHORT'}: ${worst.toFixed(2)} µs, promised ≤ ${PROMISED_US} µs`)
process.exit(worst <= PROMISED_US ? 0 : 1)
