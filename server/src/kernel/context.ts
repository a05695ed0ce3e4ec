/** What every call carries: whose workspace, who is acting, the clock, the database and the services of the kernel. */
import type { Kysely, Transaction } from 'kysely'
import type { Kernel } from './kernel.ts'

export type ActorType = 'user' | 'api' | 'contact' | 'bot' | 'system'

/** Who is acting. `id` is null for what has no row of its own (the system, the command line). */
export interface Actor {
  readonly type: ActorType
  readonly id: string | null
  readonly name: string | null
}

export interface Ctx {
  // biome-ignore lint/complexity/noBannedTypes: Kysely's own way to say "no tables yet"; each module extends it with its own.
  readonly db: Kysely<{}>
  readonly kernel: Kernel
  readonly workspace_id: string
  readonly actor: Actor
  /** The user on whose behalf the actor acts, or null: a key acts for the user who made it. */
  readonly user_id: string | null
  /** What the caller may do, as `resource:action`. */
  readonly scopes: ReadonlySet<string>
  /** The versions named by `If-Match`, checked by `requireVersion` in versions.ts. */
  readonly if_match: readonly string[] | null
  readonly now: () => Date
}

/** A context inside a transaction. Functions that write take this, so a write outside one does not compile. */
export interface Tx extends Ctx {
  // biome-ignore lint/complexity/noBannedTypes: as above.
  readonly db: Transaction<{}>
  /** Runs `work` once the transaction has committed, and never when it has not. */
  readonly afterCommit: (work: () => void) => void
}

// A deadlock, a lost snapshot; and a row that somebody else wrote a moment earlier under a key that must be unique, which
// the second run then finds where the first did not.
const RETRIED = new Set(['40001', '40P01', '23505'])
const ATTEMPTS = 3

export function isTx(ctx: Ctx): ctx is Tx {
  return ctx.db.isTransaction
}

/** Runs `work` in a transaction, joining the one already open. What a race decided is tried again, three times in all. */
export async function transact<T>(ctx: Ctx, work: (tx: Tx) => Promise<T>): Promise<T> {
  if (isTx(ctx)) return work(ctx)
  for (let attempt = 1; ; attempt++) {
    const later: (() => void)[] = []
    try {
      const result = await ctx.db
        .transaction()
        .execute((db) => work({ ...ctx, db, afterCommit: (next) => void later.push(next) }))
      for (const next of later) next()
      return result
    } catch (error) {
      if (attempt === ATTEMPTS || !isRetried(error)) throw error
    }
  }
}

/** The same caller's context in another workspace: how a parent writes to its sandbox twin. */
export function within<C extends Ctx>(ctx: C, workspace_id: string): C {
  return { ...ctx, workspace_id }
}

function isRetried(error: unknown): boolean {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' && RETRIED.has(error.code)
}
