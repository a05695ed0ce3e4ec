/** What is written about the code is true of the code. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { ROOT } from '../check.ts'
import { isAllowed } from './licences.ts'
import { papers } from './list.ts'
import { lockedPackages } from './packages.ts'

const read = (path: string) => readFileSync(join(ROOT, path), 'utf8')
// Compared whole by .ci/run, on the PostgreSQL that writes it.
const ELSEWHERE = 'server/schema.sql'

test.each(papers.filter((paper) => paper.path !== ELSEWHERE))(
  '$path is what `npm run generate` writes',
  async (paper) => {
    const isCurrent = (await paper.make()) === read(paper.path)
    expect(isCurrent ? 'current' : 'stale').toBe('current')
  },
)

test('every package is under a licence of the short list', () => {
  expect(lockedPackages().filter(({ licence }) => !isAllowed(licence))).toEqual([])
})

test.each([
  ['MIT', true],
  ['(MPL-2.0 OR GPL-3.0-only)', true],
  ['MIT AND GPL-3.0-only', false],
  ['GPL-3.0-only', false],
  ['SEE LICENSE IN LICENSE.md', false],
  ['unknown', false],
])('the licence %s is allowed: %s', (licence, allowed) => {
  expect(isAllowed(licence)).toBe(allowed)
})

test('the lock file names no place that packages come from', () => {
  expect(read('package-lock.json')).not.toMatch(/"resolved":/)
})
