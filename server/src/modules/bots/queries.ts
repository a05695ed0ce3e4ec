import { sql } from 'kysely'
import type { Ctx, Tx } from '../../kernel/context.ts'
import { global } from '../../kernel/db.ts'
import type { Turn } from './schema.ts'

export async function insert(tx: Tx, turn: Omit<Turn, 'workspace_id' | 'attempts'>): Promise<void> {
  const now = tx.now()
  await sql`
    insert into bot_turns (workspace_id, conversation_id, position, id, inbox_id, message_id, free_from, created_at)
    values (${tx.workspace_id}, ${turn.conversation_id}, ${turn.position}, ${turn.id}, ${turn.inbox_id},
      ${turn.message_id}, ${now}, ${now})`.execute(tx.db)
}

/** Takes the turn that has waited longest, if it is the first of its conversation and nobody has it. */
export async function take(ctx: Ctx, plan: { until: Date; busy: readonly string[] }): Promise<Turn | undefined> {
  const { rows } = await sql<Turn>`
    update bot_turns t set free_from = ${plan.until}, attempts = t.attempts + 1
    from (
      select workspace_id, conversation_id, position from bot_turns w
      where free_from <= ${ctx.now()} and inbox_id <> all(${plan.busy}::uuid[]) and not exists (
        select from bot_turns e
        where e.workspace_id = w.workspace_id and e.conversation_id = w.conversation_id and e.position < w.position)
      order by free_from limit 1 for update skip locked
    ) first
    where (t.workspace_id, t.conversation_id, t.position) = (first.workspace_id, first.conversation_id, first.position)
    returning t.workspace_id, t.conversation_id, t.position, t.id, t.inbox_id, t.message_id, t.attempts
    ${global('bots.take')}`.execute(ctx.db)
  return rows[0]
}

/** Ends a turn. False when somebody else has taken it meanwhile. */
export async function end(tx: Tx, turn: Turn): Promise<boolean> {
  const { rows } = await sql`
    delete from bot_turns where workspace_id = ${tx.workspace_id} and conversation_id = ${turn.conversation_id}
      and position = ${turn.position} and attempts = ${turn.attempts} returning id`.execute(tx.db)
  return rows.length > 0
}

/** Gives a turn back, as if nobody had taken it. */
export async function giveBack(ctx: Ctx, turn: Turn): Promise<void> {
  await sql`
    update bot_turns set free_from = ${ctx.now()}, attempts = attempts - 1
    where workspace_id = ${ctx.workspace_id} and conversation_id = ${turn.conversation_id}
      and position = ${turn.position} and attempts = ${turn.attempts}`.execute(ctx.db)
}
