/**
 * How long a start takes to `/ready`, the first and the next ones, and how large the pages are that it serves.
 *
 *   node bench/starting.ts [--port 4750]
 */
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { gzipSync } from 'node:zlib'
import { start, stopAll } from '../test/product.ts'
import { median, onProduct, row } from './measuring.ts'

const TIMES = 5
const PROMISED_MS = 2_000

const { values } = parseArgs({ options: { port: { type: 'string', default: '4750' } } })

await onProduct('starting', Number(values.port), async (product) => {
  const next: number[] = []
  for (let n = 0; n < TIMES; n++) {
    await stopAll(product)
    next.push((await start(product)).startedIn)
  }
  console.log(`first start ${seconds(product.startedIn)}; the next ${next.map(seconds).join(', ')}`)
  console.log(`median of the next ${seconds(median(next))} (under ${seconds(PROMISED_MS)})\n`)

  const [pages = ''] = globSync(join(product.data, 'assets/*/'))
  const scripts = (part: string, page: string) => linkedBy(pages, part, page).filter((file) => file.endsWith('.js'))
  const sizes = {
    'widget: loader': { bytes: gzipped([join(pages, 'widget/widget.js')]), most: 4_096 },
    'widget: scripts of the app': { bytes: gzipped(scripts('widget', 'frame.html')), most: 20_480 },
    'dashboard: scripts at start': { bytes: gzipped(scripts('dashboard', 'index.html')), most: 153_600 },
  }
  console.log(`${row(['gzip', 'bytes', 'at most'])}\n${row(['---', '---', '---'])}`)
  for (const [name, { bytes, most }] of Object.entries(sizes)) console.log(row([name, String(bytes), String(most)]))
  return median(next) < PROMISED_MS && Object.values(sizes).every(({ bytes, most }) => bytes > 0 && bytes <= most)
})

/** The files a page names: what a browser fetches before it shows anything. */
function linkedBy(pages: string, part: string, page: string): string[] {
  const html = readFileSync(join(pages, part, page), 'utf8')
  const links = [...html.matchAll(/(?:src|href)="([^"]+\.(?:js|css))"/g)].map((match) => match[1] ?? '')
  return links.map((link) => join(pages, part, 'assets', link.split('/').at(-1) ?? ''))
}

function gzipped(files: readonly string[]): number {
  return files.reduce((sum, file) => sum + gzipSync(readFileSync(file)).length, 0)
}

function seconds(milliseconds: number): string {
  return `${(milliseconds / 1_000).toFixed(2)} s`
}
