/** `npm run generate` writes the papers. With `--check` it writes nothing, names those that are stale, and fails. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ROOT } from '../check.ts'
import { type Paper, papers } from './list.ts'

const isCheck = process.argv.includes('--check')

for (const paper of papers) {
  try {
    await settle(paper)
  } catch (error) {
    report(paper.path, `cannot be made: ${error instanceof Error ? error.message : error}`, true)
  }
}
process.exit()

async function settle({ path, make }: Paper): Promise<void> {
  const text = await make()
  const file = join(ROOT, path)
  if (text === null) return report(path, 'cannot be made here: it needs Debian’s PostgreSQL 15.', isCheck)
  if (text === (existsSync(file) ? readFileSync(file, 'utf8') : '')) return report(path, 'is current.')
  if (isCheck) return report(path, 'is stale: run `npm run generate` and commit what it writes.', true)
  writeFileSync(file, text)
  report(path, 'written.')
}

function report(path: string, what: string, isFailure = false): void {
  console.log(`${path} ${what}`)
  if (isFailure) process.exitCode = 1
}
