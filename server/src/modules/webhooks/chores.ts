/** The log of deliveries is kept for 30 days. */
import type { Chore } from '../../kernel/jobs.ts'
import { DAY } from '../../kernel/time.ts'
import * as queries from './queries.ts'

export const KEPT = 30 * DAY
const AT_ONCE = 5_000

export const clear: Chore = {
  name: 'webhooks.clear',
  at: '37 * * * *',
  run: async (ctx) => {
    const before = new Date(ctx.now().getTime() - KEPT)
    while ((await queries.clearSome(ctx, before, AT_ONCE)) === AT_ONCE);
    await queries.clearDeleted(ctx, before)
  },
}
