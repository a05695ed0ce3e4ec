/** Files that were never attached go after a day; the bytes of deleted ones go before their rows do, and stray bytes with them. */
import { BATCH } from '../../kernel/batches.ts'
import type { Ctx } from '../../kernel/context.ts'
import { isId } from '../../kernel/ids.ts'
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

/** Bytes are kept before their row is written: where that failed, or the server died in between, they are nobody's. */
export const sweep: Chore = {
  name: 'files.sweep',
  at: '11 4 * * *',
  run: async (ctx) => {
    let keys: string[] = []
    for await (const key of ctx.kernel.files.listKept(new Date(ctx.now().getTime() - DAY))) {
      if (isId(key)) keys.push(key)
      if (keys.length < BATCH) continue
      await removeStray(ctx, keys)
      keys = []
    }
    await removeStray(ctx, keys)
  },
}

async function removeStray(ctx: Ctx, keys: readonly string[]): Promise<void> {
  if (keys.length === 0) return
  const known = await queries.listKnown(ctx, keys)
  for (const key of keys) if (!known.has(key)) await ctx.kernel.files.remove(key)
}

async function forgetDeleted(ctx: Ctx): Promise<number> {
  const files = await queries.listDeleted(ctx, AT_ONCE)
  for (const { id } of files) await ctx.kernel.files.remove(id)
  const ids = files.map(({ id }) => id)
  if (ids.length > 0) await queries.forget(ctx, ids)
  return files.length
}
