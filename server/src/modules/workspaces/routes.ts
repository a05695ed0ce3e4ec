import { ok, route } from '../../kernel/http.ts'
import { version } from '../../version.ts'
import { Status } from './schema.ts'

const status: Status = { object: 'status', status: 'ok', version }

export const routes = [
  route({
    method: 'GET',
    path: '/v1/status',
    summary: 'Retrieve status',
    scope: null,
    workspace: 'anywhere',
    replies: { 200: Status },
    run: async () => ok(status),
  }),
]
