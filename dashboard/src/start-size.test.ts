/** What a browser must fetch before the desk can be used. */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, expect, test } from 'vitest'

const budget = 150_000
const outDir = mkdtempSync(join(tmpdir(), 'antiphon-size-'))
const assets = join(outDir, 'assets')

// In a process of its own: a test's environment would build React as it is for tests.
beforeAll(() => {
  const vite = fileURLToPath(new URL('../../node_modules/vite/bin/vite.js', import.meta.url))
  const config = fileURLToPath(new URL('../vite.config.ts', import.meta.url))
  const env = { ...process.env, NODE_ENV: 'production' }
  execFileSync(process.execPath, [vite, 'build', '--config', config, '--outDir', outDir], { env, stdio: 'pipe' })
}, 60_000)
afterAll(() => rmSync(outDir, { recursive: true, force: true }))

test('the list starts, and so does a conversation opened by its address, within 150 kB of script', () => {
  const entry = [...readFileSync(join(outDir, 'index.html'), 'utf8').matchAll(/assets\/([^"]+\.js)/g)].map(
    ([, name = '']) => name,
  )
  const thread = readdirSync(assets).filter((name) => /^thread-page-.*\.js$/.test(name))
  const sizes = { list: sizeOf(withImports(entry)), thread: sizeOf(withImports([...entry, ...thread])) }
  console.log(`start: ${sizes.list} bytes of script for the list, ${sizes.thread} for a conversation (gzip)`)
  expect(thread).toHaveLength(1)
  expect(sizes.list).toBeLessThanOrEqual(budget)
  expect(sizes.thread).toBeLessThanOrEqual(budget)
})

/** These files, and all that they import before they can run. */
function withImports(names: string[]): Set<string> {
  const all = new Set<string>()
  const add = (name: string) => {
    if (all.has(name)) return
    all.add(name)
    const text = readFileSync(join(assets, name), 'utf8')
    for (const [, imported = ''] of text.matchAll(/(?:from|import)\s*["']\.\/([^"']+\.js)["']/g)) add(imported)
  }
  for (const name of names) add(name)
  return all
}

function sizeOf(names: Set<string>): number {
  return [...names].reduce((sum, name) => sum + gzipSync(readFileSync(join(assets, name)), { level: 9 }).length, 0)
}
