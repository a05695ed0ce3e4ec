/** The tree as a whole: nothing in it speaks of one machine, and no page points at what is not there. */
import { existsSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { expect, test } from 'vitest'
import { ROOT } from '../check.ts'
import { ourTexts } from './tree.ts'

const texts = ourTexts()
const pages = [...texts].filter(([path]) => path.endsWith('.md'))

test('no file names a directory of somebody’s machine', () => {
  const own = /(?:\/home\/|\/Users\/|[A-Z]:\\Users\\)[a-z]\w*[/\\]|\/work\/(?:main|shared)/
  expect([...texts].filter(([, text]) => own.test(text)).map(([path]) => path)).toEqual([])
})

test('no comment leaves work for later', () => {
  const later = /\b(?:TODO|FIXME|XXX|HACK)\b/
  const code = [...texts].filter(([path]) => /\.(ts|tsx|js|sql|css|html)$/.test(path) && !path.endsWith('tree.test.ts'))
  expect(code.filter(([, text]) => later.test(text)).map(([path]) => path)).toEqual([])
})

test.each(pages)('%s points only at files that exist', (path, text) => {
  const targets = [...text.matchAll(/\]\((?!https?:|#|mailto:)([^)#\s]+)/g)].map(([, target]) => target ?? '')
  const missing = targets.filter((target) => !existsSync(join(ROOT, normalize(join(dirname(path), target)))))
  expect(missing).toEqual([])
})
