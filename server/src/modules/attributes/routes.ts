import { created, IdParams, NoContent, noContent, ok, PageQuery, Query, route } from '../../kernel/http.ts'
import { readPage, toList } from '../../kernel/pages.ts'
import { ListOf } from '../../kernel/schema.ts'
import { etag } from '../../kernel/versions.ts'
import { Tag, TagInput, TagPatch } from './schema.ts'
import * as tags from './service.ts'

export const routes = [
  route({
    method: 'GET',
    path: '/v1/tags',
    summary: 'List tags',
    scope: 'tags:read',
    query: Query(PageQuery),
    replies: { 200: ListOf(Tag) },
    run: async (ctx, { query }) => {
      const page = readPage(ctx, 'tags', query)
      const rows = await tags.list(ctx, page)
      return ok(toList(ctx, rows, { ...page, list: 'tags', keyOf: (row) => [row.id], present: tags.present }))
    },
  }),
  route({
    method: 'POST',
    path: '/v1/tags',
    summary: 'Create a tag',
    scope: 'tags:write',
    body: TagInput,
    example: { name: 'vip', color: '#0f766e' },
    replies: { 201: Tag },
    refusals: [tags.tagNameTaken],
    run: async (ctx, { body }) => {
      const row = await tags.create(ctx, body)
      return created(tags.present(row), etag(row.version))
    },
  }),
  route({
    method: 'GET',
    path: '/v1/tags/{id}',
    summary: 'Retrieve a tag',
    scope: 'tags:read',
    params: IdParams,
    replies: { 200: Tag },
    run: async (ctx, { params }) => {
      const row = await tags.get(ctx, params.id)
      return ok(tags.present(row), etag(row.version))
    },
  }),
  route({
    method: 'PATCH',
    path: '/v1/tags/{id}',
    summary: 'Change a tag',
    description: 'Contacts and conversations carry the new name: many of them at once, the rest within moments.',
    scope: 'tags:write',
    params: IdParams,
    body: TagPatch,
    example: { color: '#b45309' },
    replies: { 200: Tag },
    refusals: [tags.tagNameTaken],
    run: async (ctx, { params, body }) => {
      const row = await tags.update(ctx, params.id, body)
      return ok(tags.present(row), etag(row.version))
    },
  }),
  route({
    method: 'DELETE',
    path: '/v1/tags/{id}',
    summary: 'Delete a tag',
    scope: 'tags:write',
    params: IdParams,
    replies: { 204: NoContent },
    run: async (ctx, { params }) => {
      await tags.remove(ctx, params.id)
      return noContent()
    },
  }),
]
