/** Times, durations and failures of deliveries, as they are said. */
import { useEffect, useState } from 'react'
import { exact, relative, useNow } from '../../ui/time.tsx'
import type { Delivery } from './schema.ts'

const second = 1_000
const minute = 60 * second
const hour = 60 * minute
const day = 24 * hour

/** “12 ms”, “1.4 s” */
export function duration(ms: number): string {
  return ms < second ? `${ms} ms` : `${(ms / second).toFixed(1)} s`
}

/** “5 s”, “30 min”, “2 h”, “3 d”: in the largest unit of which there is one. */
export function wait(ms: number): string {
  if (ms < minute) return `${Math.max(0, Math.round(ms / second))} s`
  if (ms < hour) return `${Math.round(ms / minute)} min`
  if (ms < day) return `${trim(ms / hour)} h`
  return `${trim(ms / day)} d`
}

const trim = (value: number) => value.toFixed(1).replace(/\.0$/, '')

const clockFormat = new Intl.DateTimeFormat(undefined, { timeStyle: 'medium' })
const momentFormat = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'medium' })

/** To the second: attempts follow one another quickly. */
export const clockOf = (at: string): string => clockFormat.format(new Date(at))
export const momentOf = (at: string): string => momentFormat.format(new Date(at))

/** “just now”, “5 min ago”, “on 3 Nov” */
export function Ago({ at }: { at: string }) {
  const now = useNow()
  const text = relative(at, now)
  const isRecent = now - Date.parse(at) < day
  return (
    <time dateTime={at} data-tip={exact(at)}>
      {text === 'now' && 'just now'}
      {text !== 'now' && (isRecent ? `${text} ago` : `on ${text}`)}
    </time>
  )
}

/** The present, second by second. */
export function useSeconds(): number {
  const [now, setNow] = useState(Date.now)
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), second)
    return () => clearInterval(timer)
  }, [])
  return now
}

const failures: Record<string, string> = {
  timeout: 'Timed out',
  dns_failed: 'Name not found',
  address_refused: 'Address not allowed',
  url_refused: 'URL not allowed',
  connection_refused: 'Connection refused',
  connection_lost: 'Connection lost',
  unreachable: 'Unreachable',
  tls_failed: 'TLS failed',
  answer_malformed: 'Answer is not HTTP',
  event_gone: 'Event no longer kept',
}

export function failureOf(code: string): string {
  return failures[code] ?? code.replaceAll('_', ' ').replace(/^./, (letter) => letter.toUpperCase())
}

/** What came of the last attempt: “Answered 503”, “Timed out”; nothing before there was one. */
export function lastOutcome({ response_status, error }: Pick<Delivery, 'response_status' | 'error'>): string | null {
  if (error !== null && response_status !== null) return `${failureOf(error)}, answered ${response_status}`
  if (error !== null) return failureOf(error)
  return response_status === null ? null : `Answered ${response_status}`
}

/** Where a delivery stands, in one word. */
export function standing({ status, attempts_count }: Pick<Delivery, 'status' | 'attempts_count'>): string {
  if (status === 'succeeded') return 'Delivered'
  if (status === 'failed') return 'Failed'
  return attempts_count === 0 ? 'On its way' : 'Waiting'
}
