/**
 * The database that Antiphon works on: its own embedded PostgreSQL, or the one that DATABASE_URL names.
 * A server holds the database lock while it runs. A command uses the server's PostgreSQL when there is a server, and
 * otherwise takes the lock itself, starts PostgreSQL, and stops it when it is done; two commands at once wait in line.
 */
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Config } from '../config.ts'
import type { BootDatabase } from './connection.ts'
import { joinRunning, startEmbedded } from './embedded.ts'
import { connectExternal } from './external.ts'
import { findServer, takeLock } from './lock.ts'
import { BootRefusal } from './refusal.ts'
import type { Steps } from './steps.ts'

export type { BootDatabase } from './connection.ts'

const PATIENCE_MS = 30_000
const RETRY_MS = 50

/** For the server, which already holds the lock of the data directory. */
export function provideDatabase(config: Config, steps: Steps): Promise<BootDatabase> {
  return steps.step('Database', async (note) => {
    if (config.databaseUrl !== null) return connectExternal(config.databaseUrl, note)
    const lock = await takeLock(lockFile(config.data), PATIENCE_MS)
    if (!lock) throw busy(config.data)
    return startEmbedded(config.data, lock, steps, note)
  })
}

/** For a command: the running server's database, or one started for this command alone. */
export async function borrowDatabase(config: Config, steps: Steps): Promise<BootDatabase> {
  const ignore = () => {}
  if (config.databaseUrl !== null) return connectExternal(config.databaseUrl, ignore)
  for (const until = Date.now() + PATIENCE_MS; Date.now() < until; await sleep(RETRY_MS)) {
    const server = await findServer(config.data)
    const lock = server ? null : await takeLock(lockFile(config.data), 0)
    if (lock) return startEmbedded(config.data, lock, steps, ignore)
    const joined = server?.has_database ? await joinRunning(config.data) : null
    if (joined) return joined
  }
  throw busy(config.data)
}

const lockFile = (data: string) => join(data, 'database.lock')

function busy(data: string): BootRefusal {
  return new BootRefusal(
    'database_busy',
    `Another antiphon process has kept the database in ${data} to itself for ${PATIENCE_MS / 1_000} s. Try again when it is done.`,
  )
}
