/** Counts and minutes, as the chart and the table say them. */
import { clock, isSameDay } from '../../ui/time.tsx'
import type { Bin } from './bins.ts'

const numbers = new Intl.NumberFormat()
const days = new Intl.DateTimeFormat(undefined, { weekday: 'short' })

export const count = (n: number) => numbers.format(n)
export const requests = (n: number) => `${count(n)} ${n === 1 ? 'request' : 'requests'}`

/** The clock, with the day in front when it is not today. */
export function moment(at: number): string {
  const time = new Date(at)
  const hour = clock(time.toISOString())
  return isSameDay(time, new Date()) ? hour : `${days.format(time)} ${hour}`
}

/** What a bar stands for. */
export function describe(bin: Bin, per: number): string {
  const when = per === 1 ? moment(bin.at) : `${moment(bin.at)}, busiest minute of ${per}`
  const refused = bin.refused > 0 ? `, ${count(bin.refused)} refused` : ''
  return `${when}: ${requests(bin.requests)}${refused}`
}
