/** Brings the database to the schema of this code. */
import { fileURLToPath } from 'node:url'
import type pg from 'pg'
import { type Migration, migrate, readMigrations, type SchemaState } from '../kernel/migrate.ts'
import type { Steps } from './steps.ts'

const MIGRATIONS = fileURLToPath(new URL('../../migrations/', import.meta.url))

/** Applies what is pending, one line each; refuses a schema newer than this code. */
export function bringUpToDate(pool: pg.PoolConfig, steps: Steps): Promise<{ state: SchemaState; applied: readonly string[] }> {
  return steps.step('Schema', async (note) => {
    const applied: string[] = []
    const state = await migrate(pool, await ourMigrations(), (migration) => applied.push(migration.name))
    note(applied.length === 0 ? `${state.applied}, up to date` : `${state.applied}, ${applied.length} applied`)
    return { state, applied }
  })
}

/** The migrations that this code brings. */
export function ourMigrations(): Promise<Migration[]> {
  return readMigrations(MIGRATIONS)
}
