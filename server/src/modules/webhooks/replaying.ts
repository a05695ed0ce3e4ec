/** Sending once more, and sending for a try. */
import { type Ctx, type Tx, transact } from '../../kernel/context.ts'
import { invalidField, refusal } from '../../kernel/errors.ts'
import { emit } from '../../kernel/events.ts'
import { defineJob, enqueue } from '../../kernel/jobs.ts'
import { firstId } from '../../kernel/partitions.ts'
import { iso } from '../../kernel/time.ts'
import { KEPT } from './chores.ts'
import { wakeSender } from './delivering/waking.ts'
import { webhookTest } from './events.ts'
import { requireDelivery } from './log.ts'
import * as queries from './queries.ts'
import * as rows from './rows.ts'
import type { DeliveryRow, Replay, ReplayInput } from './schema.ts'

export const webhookIsDisabled = refusal('webhook_disabled', 409, 'This endpoint is switched off.')

const AT_ONCE = 500

/** Sends a test to one endpoint, whatever events it wants. It is on its way when this answers. */
export function test(ctx: Ctx, id: string): Promise<DeliveryRow> {
  return transact(ctx, async (tx) => {
    const row = await rows.lock(tx, id)
    if (!row.enabled) throw webhookIsDisabled()
    const event_id = await emit(tx, webhookTest, { data: { webhook: rows.present(tx, row) } })
    const delivery = await queries.insertDue(tx, { webhook_id: id, id: event_id, event_type: webhookTest.type })
    tx.afterCommit(() => wakeSender(tx.kernel))
    return delivery
  })
}

/** Sends one delivery again, or all of a span of time; each keeps its `webhook-id`. Many are begun bit by bit, by a job. */
export function replay(ctx: Ctx, id: string, input: ReplayInput): Promise<Replay> {
  return transact(ctx, async (tx) => {
    const row = await rows.lock(tx, id)
    if (!row.enabled) throw webhookIsDisabled()
    const { delivery_id, since, status } = input
    if ((delivery_id === undefined) === (since === undefined)) {
      throw invalidField('/delivery_id', 'exclusive', 'Give delivery_id or since, one of them.')
    }
    if (delivery_id !== undefined && status !== undefined) {
      throw invalidField('/status', 'exclusive', 'A status goes with since.')
    }
    if (delivery_id !== undefined) await replayOne(tx, id, delivery_id)
    if (since !== undefined) await begin(tx, id, { since: new Date(since), status: status ?? 'failed' })
    return {
      object: 'webhook_replay',
      webhook_id: id,
      delivery_id: delivery_id ?? null,
      since: since === undefined ? null : iso(new Date(since)),
      status: since === undefined ? null : (status ?? 'failed'),
    }
  })
}

interface Plan {
  readonly webhook_id: string
  readonly after: string
  /** Nothing that was finished after the replay was asked for is sent by it: it has an end. */
  readonly until: string
  readonly isOnlyFailed: boolean
}

/** Begins some, and plans the next bit. */
export const replayMany = defineJob<Plan>('webhooks.replay', (ctx, plan) =>
  transact(ctx, async (tx) => {
    const row = await queries.find(tx, plan.webhook_id)
    if (!row?.enabled) return
    const some = { ...plan, until: new Date(plan.until), limit: AT_ONCE }
    const { last } = await queries.replaySome(tx, plan.webhook_id, some)
    tx.afterCommit(() => wakeSender(tx.kernel))
    if (last !== null) await enqueue(tx, replayMany, { payload: { ...plan, after: last } })
  }),
)

async function replayOne(tx: Tx, id: string, delivery_id: string): Promise<void> {
  await requireDelivery(tx, id, delivery_id)
  await queries.replayOne(tx, id, delivery_id)
  tx.afterCommit(() => wakeSender(tx.kernel))
}

async function begin(tx: Tx, id: string, { since, status }: { since: Date; status: 'failed' | 'all' }): Promise<void> {
  const oldest = tx.now().getTime() - KEPT
  if (since.getTime() < oldest) throw invalidField('/since', 'range', 'The log is kept for 30 days.')
  const plan = { webhook_id: id, after: firstId(since), until: iso(tx.now()), isOnlyFailed: status === 'failed' }
  await enqueue(tx, replayMany, { payload: plan })
}
