/** Pretending to send: a message of a sandbox goes its way step by step, each a moment after the last. */
import { type Ctx, transact } from '../../kernel/context.ts'
import { notFound, Refusal } from '../../kernel/errors.ts'
import { defineJob, enqueue, type Job } from '../../kernel/jobs.ts'
import { SECOND } from '../../kernel/time.ts'
import * as contacts from '../../modules/contacts/service.ts'
import * as conversations from '../../modules/conversations/service.ts'
import * as messages from '../../modules/messages/service.ts'
import * as workspaces from '../../modules/workspaces/service.ts'
import { outcomeFor, type Recipient } from './outcomes.ts'

interface Step {
  readonly message_id: string
  /** Which one of its way is next. */
  readonly step: number
}

const MOMENT = 1 * SECOND
const NOBODY: Recipient = { email: null, phone: null, external_id: null }

/** Takes one step and plans the next in the same transaction. In a workspace that is no sandbox it does nothing. */
export const deliver: Job<Step> = defineJob('sandbox.deliver', async (ctx, { message_id, step }) => {
  if ((await workspaces.settingsOf(ctx)).mode !== 'test') return
  try {
    const { path, error } = outcomeFor(await recipientOf(ctx, message_id))
    const status = path[step]
    if (status === undefined) return
    await transact(ctx, async (tx) => {
      await messages.report(tx, message_id, status === 'failed' && error ? { status, error } : { status })
      if (step + 1 === path.length) return
      const at = new Date(tx.now().getTime() + MOMENT)
      await enqueue(tx, deliver, { payload: { message_id, step: step + 1 }, at, key: keyOf(message_id) })
    })
  } catch (refused) {
    if (!(refused instanceof Refusal) || !OVERTAKEN.has(refused.code)) throw refused
  }
})

/** Somebody else reported something further, or the message is gone: then its way ends here. */
const OVERTAKEN = new Set([notFound.code, messages.messageStatusBackward.code, messages.messageNotOutgoing.code])

/** Sets a message that waits to be sent on its way. A repeat changes nothing. */
export function begin(ctx: Ctx, message_id: string): Promise<void> {
  return transact(ctx, (tx) => enqueue(tx, deliver, { payload: { message_id, step: 0 }, key: keyOf(message_id) }))
}

function keyOf(message_id: string): string {
  return `sandbox:${message_id}`
}

async function recipientOf(ctx: Ctx, message_id: string): Promise<Recipient> {
  const { conversation_id } = await messages.get(ctx, message_id)
  const { contact_id } = await conversations.get(ctx, conversation_id)
  return contacts.get(ctx, contact_id).catch(() => NOBODY)
}
