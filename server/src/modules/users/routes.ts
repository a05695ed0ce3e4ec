import { scopeMissing } from '../../kernel/errors.ts'
import { IdParams, ok, PageQuery, Query, route } from '../../kernel/http.ts'
import { readPage, toList } from '../../kernel/pages.ts'
import { ListOf } from '../../kernel/schema.ts'
import { etag } from '../../kernel/versions.ts'
import { User, UserPatch } from './schema.ts'
import * as users from './service.ts'

const LIST = 'users'

export const routes = [
  route({
    method: 'GET',
    path: '/v1/users',
    summary: 'List users',
    scope: 'users:read',
    query: Query(PageQuery),
    replies: { 200: ListOf(User) },
    run: async (ctx, { query }) => {
      const page = readPage(ctx, LIST, query)
      const rows = await users.list(ctx, page)
      return ok(toList(ctx, rows, { list: LIST, limit: page.limit, keyOf: (row) => [row.id], present: users.present }))
    },
  }),
  route({
    method: 'GET',
    path: '/v1/users/{id}',
    summary: 'Retrieve a user',
    scope: 'users:read',
    params: IdParams,
    replies: { 200: User },
    run: async (ctx, { params }) => {
      const row = await users.get(ctx, params.id)
      return ok(users.present(row), etag(row.version))
    },
  }),
  route({
    method: 'PATCH',
    path: '/v1/users/{id}',
    summary: 'Change a user',
    scope: null,
    params: IdParams,
    body: UserPatch,
    example: { role: 'agent' },
    replies: { 200: User },
    refusals: [scopeMissing, users.userNotYou, users.roleNotYours, users.ownerRequired, users.sandboxFollows],
    run: async (ctx, { params, body }) => {
      const row = await users.update(ctx, params.id, body)
      return ok(users.present(row), etag(row.version))
    },
  }),
]
