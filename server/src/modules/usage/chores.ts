import { inBatches } from '../../kernel/batches.ts'
import type { Chore } from '../../kernel/jobs.ts'
import { HOUR } from '../../kernel/time.ts'
import * as queries from './queries.ts'
import { KEPT_HOURS } from './schema.ts'

export const expire: Chore = {
  name: 'usage.expire',
  at: '29 * * * *',
  run: async (ctx) => {
    const before = new Date(ctx.now().getTime() - KEPT_HOURS * HOUR)
    await inBatches((atMost) => queries.removeBefore(ctx, before, atMost))
  },
}
