/** Usage: counted in memory as requests come, kept every few seconds, shown minute by minute. */
import { BATCH } from '../../kernel/batches.ts'
import type { Ctx } from '../../kernel/context.ts'
import type { Kernel } from '../../kernel/kernel.ts'
import { iso, MINUTE, SECOND } from '../../kernel/time.ts'
import * as workspaces from '../workspaces/service.ts'
import * as queries from './queries.ts'
import type { Usage, UsageCaller } from './schema.ts'

const KEEP_EVERY = 5 * SECOND

/** Keeps what this process counts, from now on. What it returns keeps the rest and stops. */
export function startUsage(kernel: Kernel): () => Promise<void> {
  let running: Promise<void> = Promise.resolve()
  const timer = setInterval(() => {
    running = running.then(() => keep(kernel))
  }, KEEP_EVERY).unref()
  return async () => {
    clearInterval(timer)
    await running
    await keep(kernel)
  }
}

/** Writes down what was counted since the last time. What cannot be written is counted again with what comes. */
export async function keep(kernel: Kernel): Promise<void> {
  const counts = kernel.usage.take()
  for (let at = 0; at < counts.length; at += BATCH) {
    try {
      await queries.add({ db: kernel.database.kysely }, counts.slice(at, at + BATCH))
    } catch (error) {
      kernel.usage.giveBack(counts.slice(at))
      kernel.log.warn({ err: error instanceof Error ? error.message : String(error) }, 'usage was not kept; it will be')
      return
    }
  }
}

/** The last minutes of the workspace, up to the one under way. What other processes count is seen seconds later. */
export async function get(ctx: Ctx, { minutes }: { minutes: number }): Promise<Usage> {
  await keep(ctx.kernel)
  const until = new Date(Math.floor(ctx.now().getTime() / MINUTE) * MINUTE)
  const from = new Date(until.getTime() - (minutes - 1) * MINUTE)
  const { limit } = await workspaces.settingsOf(ctx)
  const rows = await queries.list(ctx, { from, until })
  return {
    object: 'usage',
    from: iso(from),
    until: iso(until),
    limit,
    standing: limit === null ? null : await standingOf(ctx, limit),
    callers: callersOf(rows),
  }
}

async function standingOf(ctx: Ctx, limit: number): Promise<Usage['standing']> {
  const { remaining, resetIn } = await ctx.kernel.limits.look({ policy: 'plan', key: ctx.workspace_id, limit })
  return { remaining, resets_at: iso(new Date(ctx.now().getTime() + resetIn)) }
}

function callersOf(rows: readonly queries.Row[]): UsageCaller[] {
  const groups = Map.groupBy(rows, ({ type, key_id }) => `${type} ${key_id}`)
  const callers = [...groups.values()].flatMap((group) => {
    const [first] = group
    if (!first) return []
    const { type, key_id: id, name, limit } = first
    const sum = (of: 'requests' | 'refused') => group.reduce((all, row) => all + row[of], 0)
    const minutes = group.map(({ minute, requests, refused }) => ({ at: iso(minute), requests, refused }))
    return [{ type, id, name, limit, requests: sum('requests'), refused: sum('refused'), minutes }]
  })
  return callers.sort((a, b) => b.requests + b.refused - (a.requests + a.refused))
}
