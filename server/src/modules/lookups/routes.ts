import { ok, route } from '../../kernel/http.ts'
import { ListOf } from '../../kernel/schema.ts'
import { Lookup } from './schema.ts'
import * as lookups from './service.ts'

export const routes = [
  route({
    method: 'GET',
    path: '/v1/lookups',
    summary: 'List lookups',
    description:
      'What an endpoint may be asked. Register one with `lookups` of `POST /v1/webhooks`; each request and its answer is a delivery of the kind `lookup` in its log.',
    scope: 'webhooks:read',
    replies: { 200: ListOf(Lookup) },
    run: async () => ok(lookups.list()),
  }),
]
