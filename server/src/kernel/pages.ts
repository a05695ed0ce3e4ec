/** Pages by key: a cursor names the last row one has seen, the list it belongs to, and nobody can forge it. */
import type { Ctx } from './context.ts'
import { invalidField } from './errors.ts'
import type { List } from './schema.ts'
import { sha256 } from './secrets.ts'

export type Key = readonly (string | number | null)[]

export interface Page {
  readonly limit: number
  readonly after: Key | null
  readonly before: Key | null
}

interface PageQuery {
  readonly limit?: number | undefined
  readonly after?: string | undefined
  readonly before?: string | undefined
}

export const DEFAULT_LIMIT = 50
const PURPOSE = 'cursor'

/** Reads `limit`, `after` and `before`. `list` names the list with its filters and sort: a cursor of another is refused. */
export function readPage(ctx: Ctx, list: string, query: PageQuery): Page {
  if (query.after !== undefined && query.before !== undefined) {
    throw invalidField('?before', 'exclusive', 'Give after or before, not both.')
  }
  return {
    limit: query.limit ?? DEFAULT_LIMIT,
    after: query.after === undefined ? null : readCursor(ctx, list, '?after', query.after),
    before: query.before === undefined ? null : readCursor(ctx, list, '?before', query.before),
  }
}

/**
 * Cuts `rows` (one more than the limit was asked for) to a page. Those before a cursor were read from the cursor on, in
 * the opposite order; the page has them in the order of the list, and its cursor leads forward.
 */
export function toList<R, T>(
  ctx: Ctx,
  rows: readonly R[],
  page: { list: string; limit: number; before?: Key | null; keyOf: (row: R) => Key; present: (row: R) => T },
): List<T> {
  const data = rows.slice(0, page.limit)
  if (page.before) data.reverse()
  const last = data.at(-1)
  const has_more = rows.length > page.limit
  const leads = page.before ? true : has_more
  return {
    object: 'list',
    data: data.map(page.present),
    has_more,
    next_cursor: leads && last !== undefined ? makeCursor(ctx, page.list, page.keyOf(last)) : null,
  }
}

/** A cursor is `<key>.<signature>`; the signature covers the workspace and the list as well. */
export function makeCursor(ctx: Ctx, list: string, key: Key): string {
  const body = Buffer.from(JSON.stringify(key)).toString('base64url')
  return `${body}.${ctx.kernel.secrets.sign(PURPOSE, subject(ctx, list, body))}`
}

export function readCursor(ctx: Ctx, list: string, pointer: string, cursor: string): Key {
  const [body = '', signature = ''] = cursor.split(/\.(.*)/s)
  if (!ctx.kernel.secrets.verify(PURPOSE, subject(ctx, list, body), signature)) {
    throw invalidField(pointer, 'cursor_invalid', 'This cursor belongs to another list or has been altered.')
  }
  const key: unknown = JSON.parse(Buffer.from(body, 'base64url').toString())
  if (!Array.isArray(key)) throw invalidField(pointer, 'cursor_invalid', 'This cursor has been altered.')
  return key
}

function subject(ctx: Ctx, list: string, body: string): string {
  return `${ctx.workspace_id}\n${sha256(list).toString('base64url')}\n${body}`
}
