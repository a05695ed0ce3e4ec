/** Files that were never attached go after a day; the bytes of deleted ones go before their rows do. */
import type { Ctx } from '../../kernel/context.ts'
import type { Chore } from '../../kernel/jobs.ts'
import { DAY } from '../../kernel/time.ts'
import * as queries from './queries.ts'

const AT_ONCE = 200

export const clear: Chore = {
  name: 'files.clear',
  at: '41 * * * *',
  run: async (ctx) => {
    while ((await queries.markLoose(ctx, AT_ONCE)) === AT_ONCE);
    while ((await forgetDeleted(ctx)) === AT_ONCE);
    await ctx.kernel.files.clearStaged(new Date(ctx.now().getTime() - DAY))
  },
}

async function forgetDeleted(ctx: Ctx): Promise<number> {
  const files = await queries.listDeleted(ctx, AT_ONCE)
  for (const { id } of files) await ctx.kernel.files.remove(id)
  const ids = files.map(({ id }) => id)
  if (ids.length > 0) await queries.forget(ctx, ids)
  return files.length
}
