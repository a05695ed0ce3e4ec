/** What must be so of deliveries when the server has died often enough. Each law answers with what breaks it. */
import type { Sink } from './sinks.ts'

/** A delivery as the server has it in its log. */
export interface Logged {
  readonly id: string
  readonly status: string
  readonly attempts_count: number
}

export interface Endpoint {
  readonly name: string
  readonly deliveries: readonly Logged[]
  /** Null for the one that refuses connections. */
  readonly sink: Sink | null
}

export interface Findings {
  /** The ids of the events, as the feed has them. */
  readonly events: readonly string[]
  readonly endpoints: readonly Endpoint[]
  readonly kills: number
}

/** What one endpoint has under way at once. */
const AT_ONCE = 32
const ATTEMPTS = 10

const laws: Readonly<Record<string, (found: Findings) => string[]>> = {
  'every event has one delivery for each endpoint, and no delivery is without its event': ({ events, endpoints }) =>
    endpoints.flatMap(({ name, deliveries }) => {
      const ids = new Set(deliveries.map(({ id }) => id))
      const known = new Set(events)
      return [
        ...(ids.size === deliveries.length ? [] : [`${name} has deliveries twice`]),
        ...events.filter((id) => !ids.has(id)).map((id) => `${name} has no delivery of ${id}`),
        ...[...ids].filter((id) => !known.has(id)).map((id) => `${name} has a delivery of ${id}, which never happened`),
      ]
    }),
  'every event reaches each endpoint, or ends as failed after its attempts': ({ endpoints }) =>
    endpoints.flatMap(({ name, deliveries, sink }) => {
      const taken = new Set(sink?.arrivals.filter(({ status }) => status < 300).map(({ id }) => id))
      return deliveries
        .filter(({ id, status, attempts_count }) =>
          status === 'succeeded' ? !taken.has(id) : status !== 'failed' || attempts_count !== ATTEMPTS,
        )
        .map(({ id, status, attempts_count }) => `${name}: ${id} is ${status} after ${attempts_count}`)
    }),
  'the healthy, the slow and the failing endpoint are reached, the refusing one never is': ({ endpoints }) =>
    endpoints.flatMap(({ name, deliveries, sink }) => {
      const failed = deliveries.filter(({ status }) => status === 'failed').length
      if (sink === null)
        return failed === deliveries.length ? [] : [`${name}: ${failed} of ${deliveries.length} failed`]
      // One in a thousand fails ten times where every second one does.
      return failed <= deliveries.length / 100 ? [] : [`${name}: ${failed} of ${deliveries.length} failed`]
    }),
  'every repeat has the id and the body of the first': ({ endpoints, events }) => {
    const known = new Set(events)
    const bodies = new Map<string, string>()
    return arrivalsOf(endpoints).flatMap(({ sink, id, body }) => {
      const first = bodies.get(id) ?? body
      bodies.set(id, first)
      if (!known.has(id)) return [`${sink.name} was sent ${id}, which never happened`]
      return first === body ? [] : [`${sink.name} was sent another body under ${id}`]
    })
  },
  'the healthy endpoint sees no event more than twice': ({ endpoints }) =>
    endpoints.flatMap(({ name, sink }) => {
      if (name !== 'healthy' || !sink) return []
      const counts = Map.groupBy(sink.arrivals, ({ id }) => id)
      return [...counts].filter(([, all]) => all.length > 2).map(([id, all]) => `it saw ${id} ${all.length} times`)
    }),
  'beyond answered failures there is at most one repeat for each kill and request in flight': ({ endpoints, kills }) =>
    endpoints.flatMap(({ name, sink }) => {
      if (!sink) return []
      const failures = sink.arrivals.filter(({ status }) => status >= 300).length
      const needed = new Set(sink.arrivals.map(({ id }) => id)).size + failures
      const repeats = sink.arrivals.length - needed
      return repeats <= kills * AT_ONCE ? [] : [`${name} saw ${repeats} repeats after ${kills} kills`]
    }),
  'first attempts of a conversation come in its order': ({ endpoints }) =>
    endpoints.flatMap(({ sink }) => {
      const last = new Map<string, number>()
      const seen = new Set<string>()
      return (sink?.arrivals ?? []).flatMap(({ id, conversation, position }) => {
        if (seen.has(id)) return []
        seen.add(id)
        const before = last.get(conversation) ?? 0
        last.set(conversation, position)
        return position > before ? [] : [`${sink?.name}: ${position} of ${conversation} came after ${before}`]
      })
    }),
}

/** Every law with what breaks it. */
export function judge(found: Findings): { law: string; broken: string[] }[] {
  return Object.entries(laws).map(([law, check]) => ({ law, broken: check(found) }))
}

function arrivalsOf(endpoints: readonly Endpoint[]) {
  return endpoints.flatMap(({ sink }) => (sink ? sink.arrivals.map((arrival) => ({ sink, ...arrival })) : []))
}
