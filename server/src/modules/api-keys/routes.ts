import { ok, route } from '../../kernel/http.ts'
import { workspaceNotYours } from '../users/service.ts'
import { describe } from './me.ts'
import { Me } from './schema.ts'

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
]
