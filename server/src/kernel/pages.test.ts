import { expect, test } from 'vitest'
import { world } from '../../test/world.ts'
import type { Ctx } from './context.ts'
import { makeCursor, readCursor, readPage, toList } from './pages.ts'
import { makeSecrets } from './secrets.ts'

const ROWS = Array.from({ length: 10 }, (_, index) => ({ id: 10 - index }))

/** Reads as a list's query does: one row more than the page, and backwards from a `before`. */
function read(ctx: Ctx, query: { limit?: number; after?: string; before?: string }) {
  const page = readPage(ctx, 'numbers', query)
  const [after] = page.after ?? []
  const [before] = page.before ?? []
  const rows =
    before === undefined
      ? ROWS.filter((row) => after === undefined || row.id < Number(after))
      : ROWS.filter((row) => row.id > Number(before)).reverse()
  return toList(ctx, rows.slice(0, page.limit + 1), {
    ...page,
    list: 'numbers',
    keyOf: (row) => [row.id],
    present: (row) => row.id,
  })
}

test('a list read page by page is the list, each row once', async () => {
  const ctx = (await world()).app.system('w')
  const seen: number[] = []
  for (let after: string | undefined; ; ) {
    const page = read(ctx, { limit: 3, ...(after === undefined ? {} : { after }) })
    seen.push(...page.data)
    expect(page.has_more).toBe(page.next_cursor !== null)
    if (page.next_cursor === null) break
    after = page.next_cursor
  }
  expect(seen).toEqual(ROWS.map((row) => row.id))
})

test('a page before a cursor has the order of the list, and leads forward again', async () => {
  const ctx = (await world()).app.system('w')
  const before = makeCursor(ctx, 'numbers', [4])
  const page = read(ctx, { limit: 3, before })
  expect(page).toMatchObject({ data: [7, 6, 5], has_more: true })
  expect(read(ctx, { limit: 2, after: page.next_cursor ?? '' }).data).toEqual([4, 3])
  expect(read(ctx, { limit: 200, before })).toMatchObject({ data: [10, 9, 8, 7, 6, 5], has_more: false })
  expect(read(ctx, { before: makeCursor(ctx, 'numbers', [10]) })).toMatchObject({ data: [], next_cursor: null })
})

test('a cursor belongs to its list and its workspace, and lives through a rotation of the secret', async () => {
  const ctx = (await world()).app.system('w')
  const cursor = makeCursor(ctx, 'numbers', ['é.', 7, null])
  expect(readCursor(ctx, 'numbers', '?after', cursor)).toEqual(['é.', 7, null])
  const [old, fresh] = ['an old secret, long enough for tests', 'a new secret, long enough for tests']
  const under = (...secrets: [string, ...string[]]): Ctx => ({
    ...ctx,
    kernel: { ...ctx.kernel, secrets: makeSecrets(secrets) },
  })
  const kept = makeCursor(under(old), 'numbers', [1])
  expect(readCursor(under(fresh, old), 'numbers', '?after', kept)).toEqual([1])
  for (const [reader, list, bad] of [
    [ctx, 'letters', cursor],
    [{ ...ctx, workspace_id: 'v' }, 'numbers', cursor],
    [under(fresh), 'numbers', kept],
    [ctx, 'numbers', cursor.replace('.', '')],
    [ctx, 'numbers', ''],
  ] as const) {
    expect(() => readCursor(reader, list, '?after', bad)).toThrow(expect.objectContaining({ status: 422 }))
  }
})
