/**
 * The resident memory of an idle server a minute after its start, the database apart; and what the largest of the
 * packages it is made of add to a bare process.
 *
 *   node bench/memory.ts [--rest 60] [--port 4740]
 */
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { start, stopAll } from '../test/product.ts'
import { median, onProduct, residentOf, row } from './measuring.ts'

const ROOT = join(import.meta.dirname, '..')
const PROMISED_MB = 250
const LARGEST = 5
const TIMES = 5

const { values } = parseArgs({
  options: { rest: { type: 'string', default: '60' }, port: { type: 'string', default: '4740' } },
})

await onProduct('memory', Number(values.port), async (product) => {
  await sleep(Number(values.rest) * 1_000)
  const first = residentOf(product.pid) / 1024
  await stopAll(product)
  // The first start builds the pages and makes the database; the usual one does neither.
  const again = await start(product)
  await sleep(Number(values.rest) * 1_000)
  const usual = residentOf(again.pid) / 1024
  console.log(
    `${Math.round(usual)} MB resident, ${Math.round(first)} MB after a first start (at most ${PROMISED_MB})\n`,
  )

  const bare = resident('')
  const added = packages()
    .map((name) => ({ name, megabytes: resident(`await import(${JSON.stringify(name)})`) - bare }))
    .sort((a, b) => b.megabytes - a.megabytes)
  console.log(`${row(['import', 'adds'])}\n${row(['---', '---'])}`)
  for (const { name, megabytes } of added.slice(0, LARGEST)) console.log(row([name, `${megabytes.toFixed(1)} MB`]))
  console.log(`\nA bare process: ${bare.toFixed(1)} MB`)
  return Math.max(first, usual) <= PROMISED_MB
})

/** What the server's own sources import by name, at start or later. */
function packages(): string[] {
  const found = execFileSync('git', ['grep', '-hoE', "(from|import\\() ?'[^.'][^']*'", '--', 'server/src/**.ts'], {
    cwd: ROOT,
    encoding: 'utf8',
  })
  const names = found.split('\n').map((line) => /'([^']+)'/.exec(line)?.[1] ?? '')
  const { dependencies } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'))
  const isOurs = (name: string) => Object.keys(dependencies).some((own) => name === own || name.startsWith(`${own}/`))
  return [...new Set(names)].filter((name) => isOurs(name) && !name.startsWith('vite') && !name.startsWith('vitest'))
}

function resident(code: string): number {
  const measure = `${code}; console.log(process.memoryUsage.rss() / 1048576)`
  const once = () => Number(execFileSync(process.execPath, ['--input-type=module', '-e', measure], { cwd: ROOT }))
  return median(Array.from({ length: TIMES }, once))
}
