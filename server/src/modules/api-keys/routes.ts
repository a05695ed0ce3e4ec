import { created, NoContent, noContent, ok, PageQuery, Query, route } from '../../kernel/http.ts'
import { readPage, toList } from '../../kernel/pages.ts'
import { ListOf } from '../../kernel/schema.ts'
import { etag } from '../../kernel/versions.ts'
import { workspaceNotYours } from '../users/service.ts'
import { describe } from './me.ts'
import { ApiKey, KeyInput, KeyParams, KeyPatch, Me, RotationInput, ShownApiKey } from './schema.ts'
import * as apiKeys from './service.ts'

const LIST = 'api-keys'

export const routes = [
  route({
    method: 'GET',
    path: '/v1/me',
    summary: 'Retrieve me',
    description: 'A session that belongs to several workspaces need not name one here: then `workspace` is null.',
    scope: null,
    workspace: 'anywhere',
    replies: { 200: Me },
    refusals: [workspaceNotYours],
    run: async (ctx, { incoming }) => ok(await describe(ctx, incoming)),
  }),
  route({
    method: 'GET',
    path: '/v1/api-keys',
    summary: 'List API keys',
    description: 'Newest first, those of the sandbox among them; in the sandbox its own alone. Revoked ones are gone.',
    scope: 'api_keys:read',
    query: Query(PageQuery),
    replies: { 200: ListOf(ApiKey) },
    run: async (ctx, { query }) => {
      const page = readPage(ctx, LIST, query)
      const rows = await apiKeys.list(ctx, page)
      const keyOf = (row: (typeof rows)[number]) => [row.created_at.toISOString(), row.id]
      return ok(toList(ctx, rows, { ...page, list: LIST, keyOf, present: apiKeys.present }))
    },
  }),
  route({
    method: 'POST',
    path: '/v1/api-keys',
    summary: 'Create an API key',
    description:
      'It acts for whoever makes it and ends with them, and may never do more than they may. The secret is in this answer and nowhere else.',
    scope: 'api_keys:write',
    shows: 'secret',
    body: KeyInput,
    example: { name: 'Shop', scopes: ['contacts:write', 'conversations:write'], allow: ['203.0.113.0/24'] },
    replies: { 201: ShownApiKey },
    run: async (ctx, { body }) => created(await apiKeys.create(ctx, body)),
  }),
  route({
    method: 'GET',
    path: '/v1/api-keys/{id}',
    summary: 'Retrieve an API key',
    scope: 'api_keys:read',
    params: KeyParams,
    replies: { 200: ApiKey },
    run: async (ctx, { params }) => {
      const row = await apiKeys.get(ctx, params.id)
      return ok(apiKeys.present(row), etag(row.version))
    },
  }),
  route({
    method: 'PATCH',
    path: '/v1/api-keys/{id}',
    summary: 'Change an API key',
    description:
      'To take away is free. To give more (wider scopes, a later end, more places, a higher limit, switching on) needs a caller who has as much.',
    scope: 'api_keys:write',
    params: KeyParams,
    body: KeyPatch,
    example: { name: 'Shop', allow: [] },
    replies: { 200: ApiKey },
    refusals: [apiKeys.keyBeyondYours],
    run: async (ctx, { params, body }) => {
      const row = await apiKeys.update(ctx, params.id, body)
      return ok(apiKeys.present(row), etag(row.version))
    },
  }),
  route({
    method: 'DELETE',
    path: '/v1/api-keys/{id}',
    summary: 'Revoke an API key',
    description: 'For good, and at once; other processes follow within two seconds, and so do its connections.',
    scope: 'api_keys:write',
    params: KeyParams,
    replies: { 204: NoContent },
    run: async (ctx, { params }) => {
      await apiKeys.revoke(ctx, params.id)
      return noContent()
    },
  }),
  route({
    method: 'POST',
    path: '/v1/api-keys/{id}/rotate',
    summary: 'Rotate an API key',
    description:
      'Gives it a new secret under the same id. The old one works on for `overlap_seconds`, so that what uses it can follow; to rotate again meanwhile ends the oldest.',
    scope: 'api_keys:write',
    shows: 'secret',
    params: KeyParams,
    body: RotationInput,
    example: { overlap_seconds: 86_400 },
    replies: { 200: ShownApiKey },
    refusals: [apiKeys.keyBeyondYours],
    run: async (ctx, { params, body }) => ok(await apiKeys.rotate(ctx, params.id, body.overlap_seconds ?? 0)),
  }),
]
