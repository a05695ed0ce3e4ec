import { Type } from 'typebox'
import { created, IdParams, NoContent, noContent, ok, PageQuery, Query, route } from '../../kernel/http.ts'
import { readPage, toList } from '../../kernel/pages.ts'
import { Id, ListOf } from '../../kernel/schema.ts'
import { etag } from '../../kernel/versions.ts'
import { IdentitySecret, Inbox, InboxInput, InboxPatch } from './schema.ts'
import * as inboxes from './service.ts'

export const routes = [
  route({
    method: 'GET',
    path: '/v1/inboxes',
    summary: 'List inboxes',
    scope: 'inboxes:read',
    query: Query(PageQuery),
    replies: { 200: ListOf(Inbox) },
    run: async (ctx, { query }) => {
      const page = readPage(ctx, 'inboxes', query)
      const rows = await inboxes.list(ctx, page)
      return ok(toList(ctx, rows, { ...page, list: 'inboxes', keyOf: (row) => [row.id], present: inboxes.present }))
    },
  }),
  route({
    method: 'POST',
    path: '/v1/inboxes',
    summary: 'Create an inbox',
    scope: 'inboxes:write',
    body: InboxInput,
    example: { name: 'Shop', channel: 'api' },
    replies: { 201: Inbox },
    run: async (ctx, { body }) => {
      const row = await inboxes.create(ctx, body)
      return created(inboxes.present(row), etag(row.version))
    },
  }),
  route({
    method: 'GET',
    path: '/v1/inboxes/{id}',
    summary: 'Retrieve an inbox',
    scope: 'inboxes:read',
    params: IdParams,
    replies: { 200: Inbox },
    run: async (ctx, { params }) => {
      const row = await inboxes.get(ctx, params.id)
      return ok(inboxes.present(row), etag(row.version))
    },
  }),
  route({
    method: 'PATCH',
    path: '/v1/inboxes/{id}',
    summary: 'Change an inbox',
    description: 'Settings are merged: those left out stay. The channel of an inbox never changes.',
    scope: 'inboxes:write',
    params: IdParams,
    body: InboxPatch,
    example: { name: 'Orders', enabled: true },
    replies: { 200: Inbox },
    run: async (ctx, { params, body }) => {
      const row = await inboxes.update(ctx, params.id, body)
      return ok(inboxes.present(row), etag(row.version))
    },
  }),
  route({
    method: 'POST',
    path: '/v1/inboxes/{id}/identity-secrets',
    summary: 'Create an identity secret',
    description:
      'Your server signs a visitor’s external id (their e-mail address where there is none) with HMAC-SHA256 and hands the lower-case hexadecimal result to the page as `user_hash`. Two secrets may live at once.',
    scope: 'inboxes:write',
    shows: 'secret',
    params: IdParams,
    replies: { 201: IdentitySecret },
    refusals: [inboxes.identitySecretsFull, inboxes.inboxChannel],
    run: async (ctx, { params }) => created(await inboxes.createSecret(ctx, params.id)),
  }),
  route({
    method: 'DELETE',
    path: '/v1/inboxes/{id}/identity-secrets/{secret_id}',
    summary: 'Delete an identity secret',
    scope: 'inboxes:write',
    params: Type.Object({ id: Id, secret_id: Id }),
    replies: { 204: NoContent },
    refusals: [inboxes.inboxChannel],
    run: async (ctx, { params }) => {
      await inboxes.removeSecret(ctx, params.id, params.secret_id)
      return noContent()
    },
  }),
]
