/** The log as it is read: who may see which event, where one goes on, when one is too late. */
import type { Ctx } from '../../kernel/context.ts'
import { refusal } from '../../kernel/errors.ts'
import { declaredEvents } from '../../kernel/events.ts'
import { allows } from '../../kernel/gate.ts'
import type { LoggedEvent } from '../../kernel/outbox.ts'
import { makeCursor, readCursor } from '../../kernel/pages.ts'
import { iso } from '../../kernel/time.ts'
import * as queries from './queries.ts'
import type { Event } from './schema.ts'

export const cursorExpired = refusal(
  'cursor_expired',
  410,
  'This cursor is older than the log. Read everything afresh.',
)

const LIST = 'events'
type Span = Awaited<ReturnType<typeof queries.span>>

/** Whether a caller with these scopes may read events of a type. */
export function mayRead(scopes: ReadonlySet<string>, type: string): boolean {
  const declared = declaredEvents().get(type)
  return declared !== undefined && allows(scopes, declared.scope)
}

/** Where a cursor stands. Refuses a forged one, and one whose successors are no longer kept. */
export async function positionOf(ctx: Ctx, cursor: string): Promise<number> {
  return placeIn(await queries.span(ctx), ctx, cursor)
}

function placeIn({ oldest, newest }: Span, ctx: Ctx, cursor: string): number {
  const position = Number(readCursor(ctx, LIST, '?after', cursor)[0])
  if (position < oldest - 1 || position > newest) throw cursorExpired()
  return position
}

/** The position at which a reader who comes now begins: after everything that has been committed. */
export async function newestPosition(ctx: Ctx): Promise<number> {
  await ctx.kernel.outbox.sequence()
  return (await queries.span(ctx)).newest
}

export const listAfter = queries.listAfter

/** The page after a cursor, or from the oldest event kept. Sequences first, so that a caller reads its own writes. */
export async function read(
  ctx: Ctx,
  asked: { after?: string | undefined; limit: number; types?: readonly string[] | undefined },
): Promise<{ events: Event[]; has_more: boolean; next_cursor: string | null }> {
  await ctx.kernel.outbox.sequence()
  const span = await queries.span(ctx)
  const after = asked.after === undefined ? 0 : placeIn(span, ctx, asked.after)
  const types = (asked.types ?? [...declaredEvents().keys()]).filter((type) => mayRead(ctx.scopes, type))
  const rows = await queries.listAfter(ctx, { after, limit: asked.limit + 1, types })
  const page = rows.slice(0, asked.limit)
  const has_more = rows.length > asked.limit
  const last = page.at(-1)?.position ?? 0
  // Whoever has read all there is goes on from the log's end: what was left out needs no second look, and a cursor that is
  // kept up does not grow older than the log.
  const reached = has_more ? last : Math.max(last, span.newest)
  return { events: page.map((row) => present(ctx, row)), has_more, next_cursor: cursorAt(ctx, reached) }
}

export function cursorAt(ctx: Ctx, position: number): string {
  return makeCursor(ctx, LIST, [position])
}

export function present(ctx: Ctx, row: LoggedEvent): Event {
  return {
    id: row.id,
    object: 'event',
    type: row.type,
    cursor: cursorAt(ctx, row.position),
    actor: { type: row.actor_type, id: row.actor_id, name: row.actor_name },
    data: row.data,
    previous: row.previous,
    created_at: iso(row.created_at),
  }
}
