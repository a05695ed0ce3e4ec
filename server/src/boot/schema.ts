/** Brings the database to the schema of this code. */
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import type pg from 'pg'
import { type Migration, migrate, readMigrations, type SchemaState, schemaState } from '../kernel/migrate.ts'
import { BootRefusal } from './refusal.ts'
import type { Steps } from './steps.ts'

const PATIENCE_MS = 30_000
const MIGRATIONS = fileURLToPath(new URL('../../migrations/', import.meta.url))

/** Applies what is pending, one line each; refuses a schema newer than this code. */
export function bringUpToDate(
  pool: pg.PoolConfig,
  steps: Steps,
): Promise<{ state: SchemaState; applied: readonly string[] }> {
  return steps.step('Schema', async (note) => {
    const applied: string[] = []
    const state = await migrate(pool, await ourMigrations(), (migration) => applied.push(migration.name))
    note(applied.length === 0 ? `${state.applied}, up to date` : `${state.applied}, ${applied.length} applied`)
    return { state, applied }
  })
}

/** Waits for the server that is starting on this database to have migrated it: its schema is that server's matter. */
export async function awaitSchema(pool: pg.PoolConfig): Promise<void> {
  const ours = await ourMigrations()
  for (const until = Date.now() + PATIENCE_MS; ; await sleep(100)) {
    const { applied, pending } = await schemaState(pool, ours)
    if (pending.length === 0) return
    if (Date.now() < until) continue
    throw new BootRefusal(
      'schema_behind',
      `The running server's schema (${applied}) is older than this version's. Stop it, and start this version.`,
    )
  }
}

/** The migrations that this code brings. */
export function ourMigrations(): Promise<Migration[]> {
  return readMigrations(MIGRATIONS)
}
