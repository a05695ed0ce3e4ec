/** Times as people say them: relative up to a day, then dates in the reader's zone; the exact time on hover. */
import { useSyncExternalStore } from 'react'

const minute = 60_000
const hour = 60 * minute
const day = 24 * hour

let now = Date.now()
const listeners = new Set<() => void>()
let isTicking = false

function subscribe(listener: () => void) {
  listeners.add(listener)
  now = Date.now()
  if (!isTicking) setInterval(tick, 20_000)
  isTicking = true
  return () => listeners.delete(listener)
}

function tick() {
  now = Date.now()
  for (const listener of listeners) listener()
}

/** The present, to the nearest 20 seconds. */
export function useNow(): number {
  return useSyncExternalStore(subscribe, () => now)
}

const exactFormat = new Intl.DateTimeFormat(undefined, { dateStyle: 'full', timeStyle: 'short' })
const clockFormat = new Intl.DateTimeFormat(undefined, { hour: 'numeric', minute: '2-digit' })
const dateFormat = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short' })
const yearFormat = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short', year: 'numeric' })
const dayFormat = new Intl.DateTimeFormat(undefined, { weekday: 'long', day: 'numeric', month: 'long' })

export const exact = (at: string) => exactFormat.format(new Date(at))
export const clock = (at: string) => clockFormat.format(new Date(at))

export function span(ms: number): string {
  if (ms < minute) return 'now'
  if (ms < hour) return `${Math.floor(ms / minute)} min`
  if (ms < day) return `${Math.floor(ms / hour)} h`
  return `${Math.floor(ms / day)} d`
}

export function relative(at: string, present: number): string {
  const then = new Date(at)
  const age = present - then.getTime()
  if (age < day) return span(age)
  return (then.getFullYear() === new Date(present).getFullYear() ? dateFormat : yearFormat).format(then)
}

/** The name of a day line: Today, Yesterday, or the date. */
export function dayName(at: string, present: number): string {
  const then = new Date(at)
  if (isSameDay(then, new Date(present))) return 'Today'
  if (isSameDay(then, new Date(present - day))) return 'Yesterday'
  return then.getFullYear() === new Date(present).getFullYear() ? dayFormat.format(then) : yearFormat.format(then)
}

export const isSameDay = (a: Date, b: Date) => a.toDateString() === b.toDateString()

export function Time({ at, className }: { at: string; className?: string }) {
  const present = useNow()
  return (
    <time dateTime={at} data-tip={exact(at)} className={className}>
      {relative(at, present)}
    </time>
  )
}

export function Clock({ at, className }: { at: string; className?: string }) {
  return (
    <time dateTime={at} data-tip={exact(at)} className={className}>
      {clock(at)}
    </time>
  )
}
