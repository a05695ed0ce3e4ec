/** Bots: what a customer writes in an inbox with a bot is answered by the customer's own software, until people take over. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Ctx, Tx } from '../../kernel/context.ts'
import { newId } from '../../kernel/ids.ts'
import { SECOND } from '../../kernel/time.ts'
import type * as messages from '../messages/service.ts'
import * as queries from './queries.ts'
import { reply } from './replying.ts'
import type { Turn } from './schema.ts'
import { setAlarm, wakeBots } from './waking.ts'

/** Longer than a bot may take, and than its answer takes to be written. */
const LEASE = 20 * SECOND
const LOOK_EVERY = 1 * SECOND
const AT_ONCE = 32
/** A slow bot keeps none but its own inbox waiting. */
const OF_AN_INBOX = 8
const END_WITHIN = 8 * SECOND

/** Writes down, in the transaction of a message, that the bot is to answer it. */
export async function takeTurn(tx: Tx, message: messages.Row): Promise<void> {
  const { id: message_id, conversation_id, inbox_id, position } = message
  await queries.insert(tx, { id: newId(), message_id, conversation_id, inbox_id, position })
  tx.afterCommit(() => wakeBots(tx.kernel))
}

/**
 * Has bots answer from now on: the turns of a conversation one after the other, those of many at once. Returns the way to
 * stop, which calls off what is under way and leaves it to the next process.
 */
export function startBots(contextFor: (workspace_id: string | null) => Ctx): () => Promise<void> {
  const ctx = contextFor(null)
  const calledOff = new AbortController()
  const flying = new Map<Turn, Promise<void>>()
  let looking: Promise<void> | null = null
  let again = false

  const begin = async (turn: Turn): Promise<void> => {
    const own = contextFor(turn.workspace_id)
    try {
      await reply(own, turn, calledOff.signal)
    } catch (error) {
      if (calledOff.signal.aborted) return queries.giveBack(own, turn)
      troubled(ctx, error, 'a bot’s turn was not ended')
    }
  }
  const look = async (): Promise<void> => {
    while (flying.size < AT_ONCE && !calledOff.signal.aborted) {
      const until = new Date(ctx.now().getTime() + LEASE)
      const turn = await queries.take(ctx, { until, busy: busyInboxes(flying.keys()) })
      if (!turn) return
      const work = begin(turn)
        .catch((error: unknown) => troubled(ctx, error, 'a bot’s turn was not given back'))
        .finally(() => {
          flying.delete(turn)
          wake()
        })
      flying.set(turn, work)
    }
  }
  const run = async () => {
    while (again && !calledOff.signal.aborted) {
      again = false
      await look().catch((error: unknown) => troubled(ctx, error, 'turns of bots cannot be read'))
    }
    looking = null
  }
  const wake = () => {
    again = true
    looking ??= run()
  }

  setAlarm(ctx.kernel, wake)
  const timer = setInterval(wake, LOOK_EVERY)
  wake()
  return async () => {
    clearInterval(timer)
    calledOff.abort()
    await looking
    await Promise.race([Promise.all(flying.values()), sleep(END_WITHIN, null, { ref: false })])
  }
}

function busyInboxes(turns: Iterable<Turn>): string[] {
  const byInbox = Map.groupBy(turns, (turn) => turn.inbox_id)
  return [...byInbox].filter(([, some]) => some.length >= OF_AN_INBOX).map(([id]) => id)
}

function troubled(ctx: Ctx, error: unknown, what: string): void {
  ctx.kernel.log.warn({ err: error instanceof Error ? error.message : String(error) }, what)
}
