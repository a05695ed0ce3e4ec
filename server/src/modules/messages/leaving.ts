/** What becomes of the conversations of a user who leaves: they are nobody's, and each says so. */
import { type Ctx, type Tx, transact } from '../../kernel/context.ts'
import { defineJob, enqueue } from '../../kernel/jobs.ts'
import * as conversations from '../conversations/service.ts'
import { change } from './changes.ts'

const AT_ONCE = 100

/** Lets go of the first of them in the transaction of the leaving, and of the rest soon. */
export async function letGo(tx: Tx, user_id: string): Promise<void> {
  if ((await release(tx, user_id)) === AT_ONCE) await enqueue(tx, releaseRest, { payload: { user_id } })
}

export const releaseRest = defineJob<{ user_id: string }>('conversations.release', async (ctx: Ctx, { user_id }) => {
  while ((await transact(ctx, (tx) => release(tx, user_id))) === AT_ONCE);
})

async function release(tx: Tx, user_id: string): Promise<number> {
  const ids = await conversations.listAssigned(tx, user_id, AT_ONCE)
  for (const id of ids) await change({ ...tx, if_match: null }, id, { assignee_id: null })
  return ids.length
}
