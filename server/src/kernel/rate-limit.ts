/** How often. Fixed windows of 60 s in this process's memory; a request counts in every bucket of its caller or in none. */
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible'

const WINDOW_SECONDS = 60

export interface Bucket {
  /** The name that the `RateLimit` header shows, such as `plan`. */
  readonly policy: string
  /** Whose bucket: a workspace, a key, an address. */
  readonly key: string
  /** Requests in 60 s. */
  readonly limit: number
}

export interface Standing {
  readonly policy: string
  readonly limit: number
  readonly remaining: number
  /** Milliseconds until the window ends. */
  readonly resetIn: number
}

export interface RateLimits {
  /** Counts one request. `refused` says whether some bucket was full; then none has counted it. */
  consume(buckets: readonly Bucket[]): Promise<{ refused: boolean; standing: Standing | null }>
  /** How a bucket stands, without counting. */
  look(bucket: Bucket): Promise<Standing>
}

export function openRateLimits(): RateLimits {
  const limiters = new Map<number, RateLimiterMemory>()
  const limiter = (limit: number) => {
    const known = limiters.get(limit)
    if (known) return known
    const made = new RateLimiterMemory({ points: limit, duration: WINDOW_SECONDS })
    limiters.set(limit, made)
    return made
  }
  const name = (bucket: Bucket) => `${bucket.policy}:${bucket.key}`

  return {
    consume: async (buckets) => {
      const taken: Bucket[] = []
      let tightest: Standing | null = null
      for (const bucket of buckets) {
        const outcome = await limiter(bucket.limit).consume(name(bucket)).catch(full)
        const standing = stand(bucket, outcome)
        if (outcome.consumedPoints > bucket.limit) {
          for (const other of taken) await limiter(other.limit).reward(name(other))
          return { refused: true, standing }
        }
        taken.push(bucket)
        if (!tightest || standing.remaining < tightest.remaining) tightest = standing
      }
      return { refused: false, standing: tightest }
    },
    look: async (bucket) => {
      const outcome = await limiter(bucket.limit).get(name(bucket))
      return outcome
        ? stand(bucket, outcome)
        : { policy: bucket.policy, limit: bucket.limit, remaining: bucket.limit, resetIn: WINDOW_SECONDS * 1_000 }
    },
  }
}

/** The headers that say how the caller stands, in the old spelling and in that of the IETF draft. */
export function limitHeaders(standing: Standing, now: Date): Record<string, string> {
  const seconds = Math.max(1, Math.ceil(standing.resetIn / 1_000))
  return {
    'x-ratelimit-limit': String(standing.limit),
    'x-ratelimit-remaining': String(standing.remaining),
    'x-ratelimit-reset': String(Math.ceil(now.getTime() / 1_000) + seconds),
    'ratelimit-policy': `"${standing.policy}";q=${standing.limit};w=${WINDOW_SECONDS}`,
    ratelimit: `"${standing.policy}";r=${standing.remaining};t=${seconds}`,
  }
}

function stand(bucket: Bucket, outcome: RateLimiterRes): Standing {
  return {
    policy: bucket.policy,
    limit: bucket.limit,
    remaining: Math.max(0, bucket.limit - outcome.consumedPoints),
    resetIn: outcome.msBeforeNext,
  }
}

// The library rejects with its result when a bucket is full, and with an Error when something broke.
function full(outcome: unknown): RateLimiterRes {
  if (outcome instanceof RateLimiterRes) return outcome
  throw outcome
}
