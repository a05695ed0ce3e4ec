/** `npm run generate` writes the papers. With `--check` it writes nothing, names those that are stale, and fails. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ROOT } from '../check.ts'
import { papers } from './list.ts'

const isCheck = process.argv.includes('--check')

for (const { path, make } of papers) {
  const text = await make()
  const file = join(ROOT, path)
  const isCurrent = text === (existsSync(file) ? readFileSync(file, 'utf8') : '')
  if (text === null) report(path, 'cannot be made here: it needs Debian’s PostgreSQL 15', isCheck)
  else if (isCurrent) report(path, 'is current', false)
  else if (isCheck) report(path, 'is stale: run `npm run generate` and commit what it writes', true)
  else {
    writeFileSync(file, text)
    report(path, 'written', false)
  }
}
process.exit()

function report(path: string, what: string, isFailure: boolean): void {
  console.log(`${path} ${what}.`)
  if (isFailure) process.exitCode = 1
}
