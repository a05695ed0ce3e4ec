/**
 * Leaving an endpoint alone that does not answer look-ups.
 *
 * After several failures in a row it is not asked for a while: whoever would ask goes on at once with what holds without an
 * answer. When that time is over one asks for a try and puts off the others for another while. An answer ends it, a failure
 * begins it again.
 */
import type { Ctx, Tx } from '../../kernel/context.ts'
import { emit } from '../../kernel/events.ts'
import { webhookUpdated } from './events.ts'
import * as queries from './queries.ts'
import * as rows from './rows.ts'
import type { Row } from './schema.ts'

/** Whether the endpoint is to be asked now: it is not left alone, or it is time for a try and this is the one. */
export async function isAsked(ctx: Ctx, webhook: Row, pause: number): Promise<boolean> {
  const { lookups_paused_until: until } = webhook
  const now = ctx.now().getTime()
  if (until === null) return true
  return until.getTime() <= now && queries.claimTry(ctx, webhook.id, new Date(now + pause))
}

/** Counts a failure; with the last one of several in a row the endpoint is left alone. */
export async function breakFor(tx: Tx, webhook: Row, circuit: { opensAfter: number; pause: number }): Promise<void> {
  const until = new Date(tx.now().getTime() + circuit.pause)
  await note(tx, webhook, () => queries.noteLookupFailure(tx, webhook.id, { opensAfter: circuit.opensAfter, until }))
}

/** It answered: what failed before is forgotten. */
export async function noteAnswered(tx: Tx, webhook: Row): Promise<void> {
  if (webhook.lookup_failures === 0 && webhook.lookups_paused_until === null) return
  await note(tx, webhook, () => queries.noteLookupSuccess(tx, webhook.id))
}

async function note(tx: Tx, { id }: Row, write: () => Promise<void>): Promise<void> {
  // The endpoint before its lane: the order in which a change of it takes them.
  const before = await queries.lock(tx, id)
  if (!before) return
  await write()
  const after = await rows.get(tx, id)
  const [was, is] = [rows.present(tx, before).lookups_paused_until, rows.present(tx, after).lookups_paused_until]
  if (was === is) return
  await emit(tx, webhookUpdated, {
    data: { webhook: rows.present(tx, after) },
    previous: { lookups_paused_until: was },
  })
}
