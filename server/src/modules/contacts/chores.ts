/** What is left of a deleted contact goes after 30 days. */
import type { Chore } from '../../kernel/jobs.ts'
import * as queries from './queries.ts'

const AT_ONCE = 500

export const empty: Chore = {
  name: 'contacts.empty',
  at: '17 3 * * *',
  run: async (ctx) => {
    while ((await queries.emptyDeleted(ctx, AT_ONCE)) === AT_ONCE);
  },
}
