import { Type } from 'typebox'
import { refusal } from '../../kernel/errors.ts'
import { ok, Query, route } from '../../kernel/http.ts'
import { DEFAULT_LIMIT } from '../../kernel/pages.ts'
import { cursorExpired, read } from './feed.ts'
import { EventList } from './schema.ts'

export const upgradeRequired = refusal('upgrade_required', 426, 'This is a websocket.')

export const routes = [
  route({
    method: 'GET',
    path: '/v1/events',
    summary: 'List events',
    description:
      'Everything that happened, in order, nothing skipped. Without `after` it begins at the oldest event kept (30 days). Keep `next_cursor`, also of an empty page, and go on from it.',
    scope: null,
    query: Query({
      after: Type.Optional(Type.String({ maxLength: 1024 })),
      limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 200 })),
      types: Type.Optional(
        Type.String({
          maxLength: 2000,
          pattern: '^[a-z_.]+(,[a-z_.]+)*$',
          description: 'Only these, separated by commas.',
        }),
      ),
    }),
    replies: { 200: EventList },
    refusals: [cursorExpired],
    run: async (ctx, { query }) => {
      const { events, has_more, next_cursor } = await read(ctx, {
        after: query.after,
        limit: query.limit ?? DEFAULT_LIMIT,
        types: query.types?.split(','),
      })
      return ok({ object: 'list' as const, data: events, has_more, next_cursor })
    },
  }),
  route({
    method: 'GET',
    path: '/v1/live',
    summary: 'Follow events',
    description: 'Upgrade to a websocket. See the guide on live events for its frames.',
    scope: null,
    query: Query({ after: Type.Optional(Type.String()), workspace: Type.Optional(Type.String()) }),
    replies: {},
    refusals: [upgradeRequired],
    run: async () => {
      throw upgradeRequired({ headers: { upgrade: 'websocket' } })
    },
  }),
]
