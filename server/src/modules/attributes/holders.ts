/**
 * Nouns that carry tags. They keep the names in their own rows, so a tag that is renamed or deleted must be brought to
 * them. This module cannot know them: each declares itself here with the one thing that only it can do.
 *
 * The transaction that changes the tag holds it against those who are just putting it on something, and changes the first
 * rows of every holder; what is left follows in a job, batch by batch.
 */
import { type Ctx, type Tx, transact } from '../../kernel/context.ts'
import { defineJob, enqueue, type Job } from '../../kernel/jobs.ts'
import * as queries from './queries.ts'

export interface TagChange {
  readonly tag_id: string
  readonly from: string
  /** Null: take it off. */
  readonly to: string | null
}

/** Changes at most `atMost` rows that carry `from`, telling an event for each; answers how many it changed. */
export type Retag = (tx: Tx, change: TagChange, atMost: number) => Promise<number>

interface Holder {
  readonly retag: Retag
  readonly job: Job<Pending>
}

type Pending = Pick<TagChange, 'tag_id' | 'from'>

const AT_ONCE = 200
const holders: Holder[] = []

/** Declares a noun that carries tags. The job must stand in its module's list. */
export function tagHolder(noun: string, retag: Retag): Job<Pending> {
  const job = defineJob<Pending>(`${noun}.retag`, (ctx, pending) => catchUp(ctx, pending, retag))
  holders.push({ retag, job })
  return job
}

/** Brings a change of a locked tag to everything that carries it: the first rows now, the rest soon. */
export async function spread(tx: Tx, change: TagChange): Promise<void> {
  for (const { retag, job } of holders) {
    const changed = await retag(tx, change, AT_ONCE)
    if (changed === AT_ONCE) await enqueue(tx, job, { payload: { tag_id: change.tag_id, from: change.from } })
  }
}

// The tag may have changed again since: each batch goes by what it is called now.
async function catchUp(ctx: Ctx, pending: Pending, retag: Retag): Promise<void> {
  const batch = () =>
    transact(ctx, async (tx) => {
      const tag = await queries.lockAnyway(tx, pending.tag_id)
      const to = tag && !tag.deleted_at ? tag.name : null
      return to === pending.from ? 0 : retag(tx, { ...pending, to }, AT_ONCE)
    })
  while ((await batch()) === AT_ONCE);
}
