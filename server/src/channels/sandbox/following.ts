/**
 * From the log to messages on their way.
 *
 * Each process hears the log and sets what a sandbox wants sent on its way, as a job of one name per message, so that it
 * matters little who does. How far this has come is noted every few seconds. A process that starts, or that failed
 * meanwhile, reads from there: a message may be begun twice, which changes nothing, and none is left out.
 */
import type { Ctx } from '../../kernel/context.ts'
import type { LoggedEvent } from '../../kernel/outbox.ts'
import { SECOND } from '../../kernel/time.ts'
import { messageSent } from '../../modules/messages/events.ts'
import * as workspaces from '../../modules/workspaces/service.ts'
import { begin } from './delivery.ts'
import * as queries from './queries.ts'

const NOTE_EVERY = 5 * SECOND
const AT_ONCE = 500

/** Follows the log from now on, and from where it was left. Returns the way to stop. */
export function startSandbox(contextFor: (workspace_id: string | null) => Ctx): () => Promise<void> {
  const ctx = contextFor(null)
  let done = 0
  let noted = 0
  let isBehind = true
  let isTold = false
  let work: Promise<void> = Promise.resolve()

  const next = (step: () => Promise<void>) => {
    work = work.then(step).then(
      () => {
        isTold = false
      },
      (error: unknown) => {
        isBehind = true
        const err = error instanceof Error ? error.message : String(error)
        if (!isTold) ctx.kernel.log.warn({ err }, 'messages of sandboxes wait')
        isTold = true
      },
    )
  }
  const hear = async (events: readonly LoggedEvent[]) => {
    // What comes while it is behind is read from the log.
    if (isBehind) return
    for (const event of events) {
      const id = messageToSend(event)
      if (id === null) continue
      const { mode } = await workspaces.settings(ctx.kernel, event.workspace_id)
      if (mode === 'test') await begin(contextFor(event.workspace_id), id)
    }
    done = events.at(-1)?.position ?? done
  }
  const look = async () => {
    if (isBehind) {
      done = await catchUp(ctx, contextFor)
      isBehind = false
    }
    if (done > noted) await queries.moveCursor(ctx, done)
    noted = done
  }

  const unsubscribe = ctx.kernel.outbox.subscribe((events) => next(() => hear(events)))
  const timer = setInterval(() => next(look), NOTE_EVERY).unref()
  next(look)
  return async () => {
    unsubscribe()
    clearInterval(timer)
    next(look)
    await work
  }
}

/** Begins what waits between the cursor and the end of the log; answers where that was. */
async function catchUp(ctx: Ctx, contextFor: (workspace_id: string) => Ctx): Promise<number> {
  const { position, head } = await queries.findCursor(ctx)
  for (let after = position; ; ) {
    const waiting = await queries.listWaiting(ctx, { after, until: head, atMost: AT_ONCE })
    for (const { workspace_id, message_id } of waiting) await begin(contextFor(workspace_id), message_id)
    const last = waiting.at(-1)
    if (!last || waiting.length < AT_ONCE) return head
    after = last.position
  }
}

/** The id of the message, when the event is one that a provider would be asked to send. */
function messageToSend({ type, data }: LoggedEvent): string | null {
  const { message } = data
  if (type !== messageSent.type || typeof message !== 'object' || message === null) return null
  if (!('status' in message) || message.status !== 'queued' || !('id' in message)) return null
  return String(message.id)
}
