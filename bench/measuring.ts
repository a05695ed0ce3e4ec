/** What all measurements share: a product of their own to measure, the middle of several results, a line of a table. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Place, type Product, start, stopAll } from '../test/product.ts'

const UNTIL_MS = 60_000

/** Measures a fresh product and takes it away again. The exit code says whether what was promised holds. */
export async function onProduct(
  name: string,
  port: number,
  measure: (product: Product) => Promise<boolean>,
): Promise<void> {
  const root = join(import.meta.dirname, '..')
  const place: Place = { root, data: mkdtempSync(join(tmpdir(), `bench-${name}-`)), port }
  const product = await start(place)
  const interrupt = () => void stopAll(place).then(() => process.exit(1))
  process.once('SIGINT', interrupt).once('SIGTERM', interrupt)
  try {
    process.exitCode = (await measure(product)) ? 0 : 1
  } finally {
    await stopAll(place)
    rmSync(place.data, { recursive: true, force: true })
    rmSync(`${place.data}.log`, { force: true })
  }
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN
}

/** The value below which that share of all values lies. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN
}

/** Resident memory of a process in kB. */
export function residentOf(pid: number): number {
  return Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1])
}

export function row(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`
}

export async function until(isSo: () => Promise<boolean>): Promise<void> {
  for (const end = performance.now() + UNTIL_MS; !(await isSo()); await sleep(50)) {
    if (performance.now() > end) throw new Error('What was waited for did not come.')
  }
}
