/** Minutes gathered into the bars of a chart. A bar of several minutes shows the busiest: a limit is one of each minute. */
import type { Usage, UsageCaller } from './schema.ts'

export type Bin = { at: number; requests: number; refused: number }

export const spans = [
  { id: 'hour', label: '1 hour', minutes: 60, per: 1 },
  { id: 'shift', label: '8 hours', minutes: 480, per: 5 },
  { id: 'days', label: '2 days', minutes: 2880, per: 30 },
] as const
export type Span = (typeof spans)[number]

const minute = 60_000

export function toBins(usage: Pick<Usage, 'from' | 'until'>, callers: readonly UsageCaller[], per: number): Bin[] {
  const from = Date.parse(usage.from)
  const count = Math.ceil((Date.parse(usage.until) - from + minute) / (per * minute))
  const bins: Bin[] = Array.from({ length: count }, (_, n) => ({
    at: from + n * per * minute,
    requests: 0,
    refused: 0,
  }))
  for (const one of totals(callers)) {
    const bin = bins[Math.floor((one.at - from) / (per * minute))]
    if (bin && one.requests + one.refused > bin.requests + bin.refused) Object.assign(bin, { ...one, at: bin.at })
  }
  return bins
}

/** The bar that stands highest; undefined when all are empty. */
export function busiest(bins: readonly Bin[]): Bin | undefined {
  const height = (bin: Bin) => bin.requests + bin.refused
  return bins.filter((bin) => height(bin) > 0).sort((a, b) => height(b) - height(a))[0]
}

/** Round numbers from 0 to at least `most`, four or five of them. */
export function ticks(most: number): number[] {
  const rough = Math.max(most, 1) / 4
  const power = 10 ** Math.floor(Math.log10(rough))
  const step = Math.max(1, ([1, 2, 5, 10].find((one) => one * power >= rough) ?? 10) * power)
  return Array.from({ length: Math.ceil(Math.max(most, 1) / step) + 1 }, (_, n) => n * step)
}

/** The top of the scale: the limit is in sight unless everything would shrink to nothing below it. */
export function topOf(peak: number, limit: number | null): number {
  if (limit === null || limit > Math.max(peak, 1) * 8) return Math.max(peak, 4)
  return Math.max(peak, limit * 1.05)
}

function totals(callers: readonly UsageCaller[]): Bin[] {
  const sums = new Map<number, Bin>()
  for (const { at: text, requests, refused } of callers.flatMap(({ minutes }) => minutes)) {
    const at = Date.parse(text)
    const sum = sums.get(at) ?? { at, requests: 0, refused: 0 }
    sums.set(at, { at, requests: sum.requests + requests, refused: sum.refused + refused })
  }
  return [...sums.values()]
}
