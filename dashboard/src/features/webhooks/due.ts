/** When to ask for deliveries again: once something is due, and ever more seldom while it does not come. */
import type { Delivery } from './schema.ts'

/** Time in which what is due has usually been answered, and the least there is between two questions. */
export const settling = 700
/** The most there is between them while something is pending. */
export const seldom = 15_000
const patience = 4

type Pending = Pick<Delivery, 'status' | 'next_attempt_at' | 'created_at'>

/** Milliseconds until it is worth asking again; false where nothing is to come. */
export function untilDue(deliveries: readonly Pending[], now: number): number | false {
  const waits = deliveries
    .filter(({ status }) => status === 'pending')
    .map(({ next_attempt_at, created_at }) => {
      const left = Date.parse(next_attempt_at ?? created_at) - now
      return left > 0 ? left + settling : -left / patience
    })
  if (waits.length === 0) return false
  return Math.min(Math.max(Math.min(...waits), settling), seldom)
}
