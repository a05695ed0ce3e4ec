import { Type } from 'typebox'
import { ok, Query, route } from '../../kernel/http.ts'
import { KEPT_HOURS, Usage } from './schema.ts'
import * as usage from './service.ts'

export const routes = [
  route({
    method: 'GET',
    path: '/v1/usage',
    summary: 'Retrieve usage',
    description:
      'Requests a minute by keys and people, and how many were refused because a limit was reached. Visitors of web chats have limits of their own and are not in it. Kept for 48 hours.',
    scope: 'usage:read',
    query: Query({
      minutes: Type.Optional(
        Type.Integer({ minimum: 1, maximum: KEPT_HOURS * 60, description: 'How many, up to now; 60 when left out.' }),
      ),
    }),
    replies: { 200: Usage },
    run: async (ctx, { query }) => ok(await usage.get(ctx, { minutes: query.minutes ?? 60 })),
  }),
]
