/** Switching off an endpoint that cannot be reached any more. Who governs the workspace hears of it by the event. */
import { type Ctx, transact } from '../../kernel/context.ts'
import { webhookDisabled } from './events.ts'
import * as queries from './queries.ts'
import * as rows from './rows.ts'
import type { Reason } from './schema.ts'

/** What waits for it goes on waiting, and is sent if it is switched on again before the log ends. */
export function disable(ctx: Ctx, id: string, reason: Exclude<Reason, 'user'>): Promise<void> {
  return transact(ctx, async (tx) => {
    const before = await queries.lock(tx, id)
    if (!before?.enabled) return
    const off = { enabled: false, disabled_reason: reason, disabled_at: tx.now() }
    await rows.write(tx, before, off, webhookDisabled)
  })
}
