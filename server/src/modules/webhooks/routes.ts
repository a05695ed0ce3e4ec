import { Type } from 'typebox'
import { versionMismatch } from '../../kernel/errors.ts'
import { created, IdParams, NoContent, noContent, ok, PageQuery, Query, route } from '../../kernel/http.ts'
import { readPage, toList } from '../../kernel/pages.ts'
import { Id, ListOf, OneOf } from '../../kernel/schema.ts'
import { etag } from '../../kernel/versions.ts'
import {
  Delivery,
  DeliveryWithAttempts,
  Replay,
  ReplayInput,
  Rotation,
  STATUSES,
  Webhook,
  WebhookInput,
  WebhookPatch,
  WebhookWithSecret,
} from './schema.ts'
import * as webhooks from './service.ts'

export const routes = [
  route({
    method: 'GET',
    path: '/v1/webhooks',
    summary: 'List webhooks',
    scope: 'webhooks:read',
    query: Query(PageQuery),
    replies: { 200: ListOf(Webhook) },
    run: async (ctx, { query }) => {
      const page = readPage(ctx, 'webhooks', query)
      const present = (row: Parameters<typeof webhooks.present>[1]) => webhooks.present(ctx, row)
      const rows = await webhooks.list(ctx, page)
      return ok(toList(ctx, rows, { ...page, list: 'webhooks', keyOf: (row) => [row.id], present }))
    },
  }),
  route({
    method: 'POST',
    path: '/v1/webhooks',
    summary: 'Create a webhook',
    description:
      'Events that happen from now on are sent to the URL as Standard Webhooks 1.0.0 has it. Verify them with the secret, which is shown this once.',
    scope: 'webhooks:write',
    shows: 'secret',
    body: WebhookInput,
    example: { url: 'https://hooks.example.com/antiphon', events: ['message.*', 'contact.created'] },
    replies: { 201: WebhookWithSecret },
    refusals: [webhooks.webhooksFull],
    run: async (ctx, { body }) => {
      const { row, answer } = await webhooks.create(ctx, body)
      return created(answer, etag(row.version))
    },
  }),
  route({
    method: 'GET',
    path: '/v1/webhooks/{id}',
    summary: 'Retrieve a webhook',
    scope: 'webhooks:read',
    params: IdParams,
    replies: { 200: Webhook },
    run: async (ctx, { params }) => {
      const row = await webhooks.get(ctx, params.id)
      return ok(webhooks.present(ctx, row), etag(row.version))
    },
  }),
  route({
    method: 'PATCH',
    path: '/v1/webhooks/{id}',
    summary: 'Change a webhook',
    description:
      'Headers are merged. One that is switched on again receives what waited for it meanwhile; what happened while it was off is not sent.',
    scope: 'webhooks:write',
    params: IdParams,
    body: WebhookPatch,
    example: { description: 'Orders', headers: { 'X-Team': 'orders' } },
    replies: { 200: Webhook },
    run: async (ctx, { params, body }) => {
      const row = await webhooks.update(ctx, params.id, body)
      return ok(webhooks.present(ctx, row), etag(row.version))
    },
  }),
  route({
    method: 'DELETE',
    path: '/v1/webhooks/{id}',
    summary: 'Delete a webhook',
    scope: 'webhooks:write',
    params: IdParams,
    replies: { 204: NoContent },
    run: async (ctx, { params }) => {
      await webhooks.remove(ctx, params.id)
      return noContent()
    },
  }),
  route({
    method: 'POST',
    path: '/v1/webhooks/{id}/rotate-secret',
    summary: 'Rotate the secret of a webhook',
    description: 'Until the overlap ends both secrets sign, so that the receiver can be changed at leisure.',
    scope: 'webhooks:write',
    shows: 'secret',
    params: IdParams,
    body: Rotation,
    example: { overlap_seconds: 3_600 },
    replies: { 200: WebhookWithSecret },
    refusals: [versionMismatch],
    run: async (ctx, { params, body }) => {
      const { row, answer } = await webhooks.rotateSecret(ctx, params.id, body)
      return ok(answer, etag(row.version))
    },
  }),
  route({
    method: 'POST',
    path: '/v1/webhooks/{id}/test',
    summary: 'Send a test to a webhook',
    description: 'Sends `webhook.test`, whatever events it wants. The answer is the delivery, which is on its way.',
    scope: 'webhooks:write',
    params: IdParams,
    replies: { 201: Delivery },
    refusals: [webhooks.webhookIsDisabled],
    run: async (ctx, { params }) => created(webhooks.presentDelivery(await webhooks.test(ctx, params.id))),
  }),
  route({
    method: 'GET',
    path: '/v1/webhooks/{id}/deliveries',
    summary: 'List deliveries of a webhook',
    description: 'What was sent or is to be sent, newest event first, for 30 days.',
    scope: 'webhooks:read',
    params: IdParams,
    query: Query({
      ...PageQuery,
      status: Type.Optional(OneOf(STATUSES)),
      event_type: Type.Optional(Type.String({ minLength: 1, maxLength: 100 })),
    }),
    replies: { 200: ListOf(Delivery) },
    run: async (ctx, { params, query }) => {
      const { status, event_type: type } = query
      const list = `deliveries ${params.id} ${status ?? ''} ${type ?? ''}`
      const page = readPage(ctx, list, query)
      const rows = await webhooks.listDeliveries(ctx, params.id, { status, type, page })
      return ok(toList(ctx, rows, { ...page, list, keyOf: (row) => [row.id], present: webhooks.presentDelivery }))
    },
  }),
  route({
    method: 'GET',
    path: '/v1/webhooks/{id}/deliveries/{delivery_id}',
    summary: 'Retrieve a delivery',
    scope: 'webhooks:read',
    params: Type.Object({ id: Id, delivery_id: Id }),
    replies: { 200: DeliveryWithAttempts },
    run: async (ctx, { params }) => ok(await webhooks.getDelivery(ctx, params.id, params.delivery_id)),
  }),
  route({
    method: 'POST',
    path: '/v1/webhooks/{id}/replay',
    summary: 'Replay deliveries of a webhook',
    description:
      'One delivery, or all since a time that failed (or `all` of them). Each is sent under the `webhook-id` it had. Many are begun bit by bit.',
    scope: 'webhooks:write',
    params: IdParams,
    body: ReplayInput,
    example: { delivery_id: '01994f3c-8d2e-7b61-9c0a-5f1d2e3c4b5a' },
    replies: { 202: Replay },
    refusals: [webhooks.webhookIsDisabled],
    run: async (ctx, { params, body }) => ({ status: 202, body: await webhooks.replay(ctx, params.id, body) }),
  }),
]
