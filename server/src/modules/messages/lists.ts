/** The list of a conversation's messages: a page after or before a place, or the neighbours of one message. */
import { type Static, Type } from 'typebox'
import type { Ctx } from '../../kernel/context.ts'
import { invalidField } from '../../kernel/errors.ts'
import { PageQuery } from '../../kernel/http.ts'
import { DEFAULT_LIMIT, makeCursor, readPage } from '../../kernel/pages.ts'
import { Id, ListOf, OneOf } from '../../kernel/schema.ts'
import * as conversations from '../conversations/service.ts'
import { presentAll } from './present.ts'
import * as queries from './queries.ts'
import { Message } from './schema.ts'

export const MessageQuery = {
  ...PageQuery,
  sort: Type.Optional(OneOf(['position', '-position'])),
  around: Type.Optional(Id),
}
export const MessageList = ListOf(Message)

interface Asked {
  readonly limit?: number
  readonly after?: string
  readonly before?: string
  readonly sort?: 'position' | '-position'
  readonly around?: string
}

const END = 2_147_483_647

export async function listMessages(
  ctx: Ctx,
  conversation_id: string,
  asked: Asked,
): Promise<Static<typeof MessageList>> {
  await conversations.get(ctx, conversation_id)
  const list = `messages ${conversation_id} ${asked.sort ?? 'position'}`
  if (asked.around !== undefined) return around(ctx, conversation_id, { ...asked, around: asked.around, list })

  const page = readPage(ctx, list, asked)
  const newestFirst = asked.sort === '-position'
  const edge = Number((page.after ?? page.before)?.[0] ?? Number.NaN)
  // Going on in a list that shows the newest first means going to lower positions; `before` turns that round.
  const goesDown = newestFirst === (page.before === null)
  const span = {
    above: !goesDown && Number.isFinite(edge) ? edge : 0,
    below: goesDown && Number.isFinite(edge) ? edge : END,
    newestFirst: goesDown,
    limit: page.limit + 1,
  }
  const rows = await queries.list(ctx, conversation_id, span)
  const data = rows.slice(0, page.limit)
  if (page.before) data.reverse()
  return {
    object: 'list',
    data: await presentAll(ctx, conversation_id, data),
    has_more: rows.length > page.limit,
    next_cursor: cursor(ctx, list, page.before ? data.length > 0 : rows.length > page.limit, data.at(-1)),
  }
}

async function around(
  ctx: Ctx,
  conversation_id: string,
  asked: Asked & { around: string; list: string },
): Promise<Static<typeof MessageList>> {
  if (asked.after !== undefined || asked.before !== undefined) {
    throw invalidField('?around', 'exclusive', 'Give around, after or before, not two of them.')
  }
  const middle = await queries.find(ctx, asked.around)
  if (middle?.conversation_id !== conversation_id)
    throw invalidField('?around', 'not_found', 'There is no such message here.')
  const limit = asked.limit ?? DEFAULT_LIMIT
  const older = Math.floor(limit / 2)
  const [before, after] = await Promise.all([
    queries.list(ctx, conversation_id, { above: 0, below: middle.position, newestFirst: true, limit: older }),
    queries.list(ctx, conversation_id, {
      above: middle.position - 1,
      below: END,
      newestFirst: false,
      limit: limit - older + 1,
    }),
  ])
  const data = [...before.reverse(), ...after.slice(0, limit - older)]
  const has_more = after.length > limit - older
  if (asked.sort === '-position') data.reverse()
  return {
    object: 'list',
    data: await presentAll(ctx, conversation_id, data),
    has_more,
    next_cursor: cursor(ctx, asked.list, has_more && asked.sort !== '-position', data.at(-1)),
  }
}

function cursor(ctx: Ctx, list: string, wanted: boolean, last: queries.Row | undefined): string | null {
  return wanted && last ? makeCursor(ctx, list, [last.position]) : null
}
