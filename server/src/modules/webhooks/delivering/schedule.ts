/** When what failed is tried again. */
import { spread } from '../../../kernel/ids.ts'
import { DAY, HOUR, MINUTE, SECOND } from '../../../kernel/time.ts'

/** The wait before each attempt. */
const WAITS = [0, 5 * SECOND, 5 * MINUTE, 30 * MINUTE, 2 * HOUR, 5 * HOUR, 10 * HOUR, 14 * HOUR, 20 * HOUR, 24 * HOUR]
const SPREAD = 0.1
const LONGEST_ASKED = 24 * HOUR

/** After so long of nothing but failure an endpoint is switched off. */
export const GIVEN_UP_AFTER = 5 * DAY

/** When the next attempt is due after so many that failed, or null when that was the last. `factor` shortens all waits. */
export function nextAttempt(made: number, at: Date, more: { factor: number; retryAfter: number }): Date | null {
  const wait = WAITS[made]
  if (wait === undefined) return null
  const own = spread(wait, SPREAD) * more.factor
  return new Date(at.getTime() + Math.max(own, Math.min(more.retryAfter, LONGEST_ASKED)))
}

/** Milliseconds that a `Retry-After` asks for: seconds, or a date; 0 without one that can be read. */
export function readRetryAfter(header: string | undefined, now: Date): number {
  if (header === undefined) return 0
  const text = header.trim()
  if (/^\d{1,9}$/.test(text)) return Number(text) * SECOND
  const date = Date.parse(text)
  return Number.isNaN(date) ? 0 : Math.max(0, date - now.getTime())
}
