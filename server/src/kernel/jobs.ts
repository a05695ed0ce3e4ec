/** Work that has its own time or may fail by itself: enqueued in the transaction of its cause, retried until it succeeds. */
import { Logger, parseCronItems, type Runner, run, runMigrations } from 'graphile-worker'
import { sql } from 'kysely'
import type pg from 'pg'
import type { Ctx, Tx } from './context.ts'
import type { Log } from './log.ts'

export interface Job<P extends object> {
  readonly name: string
  readonly run: (ctx: Ctx, payload: P) => Promise<void>
}

export interface AnyJob {
  readonly name: string
  readonly run: (ctx: Ctx, payload: never) => Promise<void>
}

/** Work on a fixed clock, in no workspace: clearing, pruning, making room. */
export interface Chore {
  readonly name: string
  /** Five fields, UTC, as cron writes them. */
  readonly at: string
  readonly run: (ctx: Ctx) => Promise<void>
}

export interface Jobs {
  start(work: {
    jobs: readonly AnyJob[]
    chores: readonly Chore[]
    contextFor: (workspace_id: string | null) => Ctx
  }): Promise<void>
  stop(): Promise<void>
}

export function defineJob<P extends object>(name: string, run: Job<P>['run']): Job<P> {
  return { name, run }
}

/** Plans a job in the transaction. With `key`, a later call replaces the earlier one. */
export async function enqueue<P extends object>(
  tx: Tx,
  job: Job<P>,
  plan: { payload: P; at?: Date; key?: string },
): Promise<void> {
  const payload = { workspace_id: tx.workspace_id, payload: plan.payload }
  await sql`select graphile_worker.add_job(${job.name}, ${JSON.stringify(payload)}::json,
    run_at => ${plan.at ?? tx.now()}, job_key => ${plan.key ?? null}), ${tx.workspace_id} as workspace_id`.execute(
    tx.db,
  )
}

/** Takes back a planned job. */
export async function forget(tx: Tx, key: string): Promise<void> {
  await sql`select graphile_worker.remove_job(${key}), ${tx.workspace_id} as workspace_id`.execute(tx.db)
}

interface Wrapped {
  workspace_id: string
  payload: never
}

export function openJobs(pool: pg.Pool, log: Log): Jobs {
  let runner: Runner | null = null
  return {
    start: async ({ jobs, chores, contextFor }) => {
      const tasks = jobs.map((job) => [
        job.name,
        // The payload is what `enqueue` wrapped for this very job.
        (wrapped: unknown) => {
          const { workspace_id, payload } = wrapped as Wrapped
          return job.run(contextFor(workspace_id), payload)
        },
      ])
      const clocks = chores.map((chore) => [chore.name, () => chore.run(contextFor(null))])
      runner = await run({
        pgPool: pool,
        concurrency: 2,
        pollInterval: 2_000,
        noHandleSignals: true,
        taskList: Object.fromEntries([...tasks, ...clocks]),
        parsedCronItems: parseCronItems(chores.map((chore) => ({ task: chore.name, match: chore.at }))),
        logger: quietly(log),
      })
    },
    stop: async () => {
      await runner?.stop()
    },
  }
}

/** Brings the tables of the job queue to where this version of it wants them. */
export async function migrateJobs(pool: pg.Pool, log: Log): Promise<void> {
  await runMigrations({ pgPool: pool, logger: quietly(log) })
}

// The library tells each job at info; the log keeps what went wrong.
function quietly(log: Log): Logger {
  return new Logger(() => (level, message) => {
    if (level === 'error') log.error({ jobs: message }, 'a job failed')
    if (level === 'warning') log.warn({ jobs: message }, 'the job queue warns')
  })
}
