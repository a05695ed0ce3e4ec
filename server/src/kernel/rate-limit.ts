/** How often. Fixed windows of 60 s; a request counts in every bucket of its caller or in none. */
import { MINUTE, SECOND } from './time.ts'
import { openWindows, type Window, type Windows } from './windows.ts'

export interface Bucket {
  /** The name that the `RateLimit` header shows, such as `plan`. */
  readonly policy: string
  /** Whose bucket: a workspace, a key, an address. */
  readonly key: string
  /** Requests in 60 s. */
  readonly limit: number
  /** `always`: its standing is told even where another has less left, as a dialect's own is. */
  readonly shown?: 'always'
}

export interface Standing {
  readonly policy: string
  readonly limit: number
  readonly remaining: number
  /** Milliseconds until the window ends. */
  readonly resetIn: number
}

export interface Outcome {
  /** Whether some bucket was full; then none has counted the request. */
  readonly refused: boolean
  /** Of the bucket that refuses, or of the one with the least left; null without buckets. */
  readonly standing: Standing | null
}

export interface RateLimits {
  /** Counts one request. */
  consume(buckets: readonly Bucket[]): Promise<Outcome>
  /** How a bucket stands, without counting. */
  look(bucket: Bucket): Promise<Standing>
  /** Why requests of other processes are not counted here, or null when all is well. */
  trouble(): string | null
  close(): void
}

/** Routes that cost more than others: each class is a bucket of the workspace beside its plan’s. Requests a minute. */
export const ROUTE_CLASSES = {
  import_export: 5,
  campaign_send: 5,
  ai_reply: 10,
  ai_sentiment: 20,
  scrape: 3,
} as const
export type RouteClass = keyof typeof ROUTE_CLASSES

/** The bucket that a workspace has for a class of routes. */
export function classBucket(name: RouteClass, workspace_id: string): Bucket {
  return { policy: name, key: workspace_id, limit: ROUTE_CLASSES[name] }
}

/** Limits counted in this process alone. */
export function openRateLimits(windows: Windows = openWindows()): RateLimits {
  return {
    consume: async (buckets) => consumeIn(windows, buckets),
    look: async (bucket) => stand(bucket, windows.look(nameOf(bucket))),
    trouble: () => null,
    close: () => {},
  }
}

/** Counts a request in every window, or in none when one is full: nothing else runs in between. */
export function consumeIn(windows: Windows, buckets: readonly Bucket[]): Outcome {
  const before = buckets.map((bucket) => windows.look(nameOf(bucket)))
  const refused = buckets.some((bucket, index) => (before[index]?.used ?? 0) >= bucket.limit)
  return judge(buckets, { refused, windows: refused ? before : buckets.map((bucket) => windows.count(nameOf(bucket))) })
}

/** What to tell of windows, one for each bucket, after they have counted a request or refused to. */
export function judge(
  buckets: readonly Bucket[],
  { refused, windows }: { refused: boolean; windows: readonly Window[] },
): Outcome {
  let standing: Standing | null = null
  for (const [index, bucket] of buckets.entries()) {
    const window = windows[index]
    if (!window) continue
    const one = stand(bucket, window)
    if (!refused && bucket.shown === 'always') return { refused, standing: one }
    if (standing === null || (refused ? isLater(one, standing) : one.remaining < standing.remaining)) standing = one
  }
  return { refused, standing }
}

// Of several that are full, whoever waits for the last does not come back in vain.
function isLater(one: Standing, other: Standing): boolean {
  if (one.remaining > 0 || other.remaining > 0) return one.remaining < other.remaining
  return one.resetIn > other.resetIn
}

export function nameOf(bucket: Bucket): string {
  return `${bucket.policy}:${bucket.key}`
}

export function stand({ policy, limit }: Bucket, { used, resetIn }: Window): Standing {
  return { policy, limit, remaining: Math.max(0, limit - used), resetIn }
}

/** The headers that say how the caller stands, in the old spelling and in that of the IETF draft. */
export function limitHeaders(standing: Standing, now: Date): Record<string, string> {
  const seconds = Math.max(1, Math.ceil(standing.resetIn / SECOND))
  return {
    'x-ratelimit-limit': String(standing.limit),
    'x-ratelimit-remaining': String(standing.remaining),
    'x-ratelimit-reset': String(Math.ceil(now.getTime() / SECOND) + seconds),
    'ratelimit-policy': `"${standing.policy}";q=${standing.limit};w=${MINUTE / SECOND}`,
    ratelimit: `"${standing.policy}";r=${standing.remaining};t=${seconds}`,
  }
}
