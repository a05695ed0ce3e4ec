/** Numbers and times as the reader's own language writes them. */
import type { Author } from './wire.ts'

const time = new Intl.DateTimeFormat(undefined, { hour: 'numeric', minute: '2-digit' })
const day = new Intl.DateTimeFormat(undefined, { weekday: 'long', day: 'numeric', month: 'long' })
const exact = new Intl.DateTimeFormat(undefined, { dateStyle: 'full', timeStyle: 'short' })
const relative = new Intl.RelativeTimeFormat(document.documentElement.lang, { numeric: 'auto' })

export function clock(iso: string): string {
  return time.format(new Date(iso))
}

export function moment(iso: string): string {
  return exact.format(new Date(iso))
}

/** `today`, `yesterday`, else the date. */
export function dayName(iso: string, now = new Date()): string {
  const then = new Date(iso)
  const days = Math.round((midnight(then) - midnight(now)) / 86_400_000)
  if (days > 0 || days < -1) return day.format(then)
  const name = relative.format(days, 'day')
  return name.charAt(0).toUpperCase() + name.slice(1)
}

export function fileSize(bytes: number): string {
  if (bytes < 1_000) return `${bytes} B`
  if (bytes < 1_000_000) return `${Math.round(bytes / 1_000)} kB`
  return `${(bytes / 1_000_000).toFixed(bytes < 10_000_000 ? 1 : 0)} MB`
}

/** Who speaks to the visitor. An integration does so for the house, not under the name of its key. */
export function speaker({ type, name }: Author, house: string): string {
  return (type !== 'api' && name) || house
}

function midnight(date: Date): number {
  return new Date(date).setHours(0, 0, 0, 0)
}
