import { Type } from 'typebox'
import { notFound } from '../../kernel/errors.ts'
import { IdParams, ok, PageQuery, Query, route } from '../../kernel/http.ts'
import { readPage } from '../../kernel/pages.ts'
import { Id, ListOf, OneOf } from '../../kernel/schema.ts'
import { etag } from '../../kernel/versions.ts'
import { Conversation, ConversationCounts, STATUSES } from './schema.ts'
import * as conversations from './service.ts'

const AssigneeFilter = Type.Unsafe<string>({
  type: 'string',
  anyOf: [{ format: 'uuid' }, { enum: ['me', 'none'] }],
  description: 'A user, `me`, or `none` for unassigned ones.',
})

export const routes = [
  route({
    method: 'GET',
    path: '/v1/conversations',
    summary: 'List conversations',
    description:
      'The one with the newest message first. One that moves while you page may be seen again; none is lost.',
    scope: 'conversations:read',
    query: Query({
      ...PageQuery,
      status: Type.Optional(OneOf(STATUSES)),
      assignee_id: Type.Optional(AssigneeFilter),
      inbox_id: Type.Optional(Id),
      contact_id: Type.Optional(Id),
      q: Type.Optional(
        Type.String({
          minLength: 1,
          maxLength: 200,
          description: 'A number, or the beginning of a name, e-mail or phone.',
        }),
      ),
    }),
    replies: { 200: ListOf(Conversation) },
    run: async (ctx, { query }) => {
      const { limit, after, before, ...filter } = query
      const list = `conversations ${JSON.stringify(filter)}`
      const page = readPage(ctx, list, { limit, after, before })
      return ok(await conversations.list(ctx, filter, { ...page, list }))
    },
  }),
  route({
    method: 'GET',
    path: '/v1/conversations/counts',
    summary: 'Count conversations',
    description: 'How many are open: all, yours, nobody’s. Kept up to date with every change, not counted on request.',
    scope: 'conversations:read',
    replies: { 200: ConversationCounts },
    run: async (ctx) => ok({ object: 'conversation_counts' as const, ...(await conversations.counts(ctx)) }),
  }),
  route({
    method: 'GET',
    path: '/v1/conversations/{id}',
    summary: 'Retrieve a conversation',
    scope: 'conversations:read',
    params: IdParams,
    replies: { 200: Conversation },
    refusals: [notFound],
    run: async (ctx, { params }) => {
      const row = await conversations.get(ctx, params.id)
      return ok(conversations.present(row), etag(row.version))
    },
  }),
]
