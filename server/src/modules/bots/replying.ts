/**
 * One turn of a bot: what was said to it, what it answers, and what becomes of that.
 *
 * It is asked outside every transaction. What it answers is written in one, together with the end of the turn: a process that
 * dies in between leaves the turn to another, which asks once more under the same `webhook-id`, and nothing is said twice.
 */
import { type Ctx, type Tx, transact } from '../../kernel/context.ts'
import { invalidField } from '../../kernel/errors.ts'
import * as contacts from '../contacts/service.ts'
import * as conversations from '../conversations/service.ts'
import * as inboxes from '../inboxes/service.ts'
import * as lookups from '../lookups/service.ts'
import * as messages from '../messages/service.ts'
import * as users from '../users/service.ts'
import * as queries from './queries.ts'
import { chatbotReply, type Question, type Reply, type Turn } from './schema.ts'

const HISTORY = 20
/** After so many beginnings nobody asks any more, and the team takes over; after twice as many the turn is dropped. */
const TRIES = 5
const LONGEST_BODY = 2_000

/** Has the bot answer. Throws when it was called off, or when the answer could not be written. */
export async function reply(ctx: Ctx, turn: Turn, signal: AbortSignal): Promise<void> {
  const isLost = turn.attempts > 2 * TRIES
  if (isLost) ctx.kernel.log.error({ turn: turn.id, workspace: ctx.workspace_id }, 'a bot’s turn is given up')
  const asked = isLost ? null : await questionOf(ctx, turn)
  if (asked === null) return transact(ctx, async (tx) => void (await queries.end(tx, turn)))
  const { webhook_id, data } = asked
  const answered =
    turn.attempts > TRIES
      ? GIVEN_UP
      : await lookups.ask(ctx, chatbotReply, {
          webhook_id,
          data,
          id: turn.id,
          check: (answer) => check(ctx, answer),
          signal,
        })
  await transact(ctx, async (tx) => {
    if (!(await queries.end(tx, turn))) return
    const conversation = await conversations.lock(tx, turn.conversation_id)
    // Somebody may have taken it up while the bot was thinking.
    if (!(await isTheBots(tx, conversation))) return
    await write(speakingAs(tx, webhook_id, answered.answer.name), turn, answered)
  })
}

const GIVEN_UP: Pick<lookups.Answered<typeof chatbotReply.answer>, 'answer' | 'failure'> = {
  answer: chatbotReply.fallback.answer,
  failure: { code: 'not_written', detail: 'What it answered could not be written.' },
}

/** What the bot is asked, or null where it has nothing to say. */
async function questionOf(ctx: Ctx, turn: Turn): Promise<{ webhook_id: string; data: Question } | null> {
  const inbox = await inboxes.get(ctx, turn.inbox_id)
  const conversation = await conversations.get(ctx, turn.conversation_id)
  if (inbox.bot_webhook_id === null || !(await isTheBots(ctx, conversation))) return null
  const message = await messages.get(ctx, turn.message_id)
  if (message.deleted_at) return null
  const span = { above: 0, below: conversation.messages_count + 1, newestFirst: true, limit: HISTORY, publicOnly: true }
  const history = (await messages.list(ctx, conversation.id, span)).reverse()
  const contact = await contacts.find(ctx, conversation.contact_id)
  if (!contact) return null
  const { id, name, channel } = inbox
  return {
    webhook_id: inbox.bot_webhook_id,
    data: {
      message: messages.present(message),
      conversation: conversations.present(conversation),
      contact: contacts.present(contact),
      inbox: { id, object: 'inbox', name, channel },
      history: history.map(messages.present),
    },
  }
}

/** A conversation that a person holds, has answered or was handed is theirs until it is resolved. */
async function isTheBots(ctx: Ctx, conversation: conversations.Row): Promise<boolean> {
  if (conversation.status !== 'open' || conversation.assignee_id !== null) return false
  return !(await messages.isWithPeople(ctx, conversation.id))
}

/** Refuses what the schema cannot tell to be wrong. */
async function check(ctx: Ctx, { action, messages: said = [], assignee_id, team_id, reason }: Reply): Promise<void> {
  if (action === 'reply' && said.length === 0) {
    throw invalidField('/messages', 'minItems', 'A reply says something.')
  }
  for (const [index, { body }] of said.entries()) {
    if (!body.trim()) throw invalidField(`/messages/${index}/body`, 'blank', 'There is nothing in it.')
  }
  const given = Object.entries({ assignee_id, team_id, reason }).find(([, value]) => value !== undefined)
  if (given && action !== 'hand_over') {
    throw invalidField(`/${given[0]}`, 'exclusive', 'This goes with the action hand_over.')
  }
  if (assignee_id !== undefined) await users.requireUser(ctx, assignee_id, '/assignee_id')
  if (team_id !== undefined) throw conversations.teamNotFound()
}

async function write(
  tx: Tx,
  turn: Turn,
  { answer, failure }: Pick<lookups.Answered<typeof chatbotReply.answer>, 'answer' | 'failure'>,
): Promise<void> {
  const { conversation_id } = turn
  for (const [index, { body, html, quick_replies }] of (answer.messages ?? []).entries()) {
    const buttons = quick_replies?.map(({ title, value = title }) => ({ title, value }))
    await messages.send(tx, conversation_id, {
      type: 'outgoing',
      body,
      html,
      client_message_id: `bot:${turn.message_id}:${index}`,
      ...(buttons?.length ? { metadata: { quick_replies: buttons } } : {}),
    })
  }
  if (answer.action === 'end') await messages.change(tx, conversation_id, { status: 'resolved' })
  if (answer.action !== 'hand_over') return
  const reason = failure?.detail ?? answer.reason ?? null
  const what = failure ? 'Did not answer: the team takes over' : 'Handed over to the team'
  const body = (reason === null ? what : `${what}. ${reason}`).slice(0, LONGEST_BODY)
  await messages.handOver(tx, conversation_id, { body, reason })
  if (answer.assignee_id) await messages.change(tx, conversation_id, { assignee_id: answer.assignee_id })
}

function speakingAs(tx: Tx, id: string, name = 'Bot'): Tx {
  return { ...tx, actor: { type: 'bot', id, name } }
}
