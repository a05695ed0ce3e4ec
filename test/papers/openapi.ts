import { parts } from '../../server/src/app.ts'
import { contractOf } from '../../server/src/docs/contract.ts'
import type { Paper } from './list.ts'

/** What the routes promise, kept in the repository so that a change of it is seen in review. */
export const openapi: Paper = {
  path: 'server/openapi.json',
  make: () => {
    const routes = parts.flatMap((part) => part.routes ?? [])
    return `${JSON.stringify(contractOf(routes), null, 2)}\n`
  },
}
