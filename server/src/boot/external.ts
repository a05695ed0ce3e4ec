/** The PostgreSQL that DATABASE_URL names. */
import { setTimeout as sleep } from 'node:timers/promises'
import type pg from 'pg'
import { type BootDatabase, isPassing, withClient } from './connection.ts'
import { BootRefusal, codeOf } from './refusal.ts'

const CONNECT_MS = 10_000
const OLDEST = 150_000

/** Waits up to ten seconds for one that is starting, and refuses one that is too old or not in UTF-8. */
export async function connectExternal(url: string, note: (text: string) => void): Promise<BootDatabase> {
  const pool = { connectionString: url }
  const [version, encoding] = await patiently(() => withClient(pool, describe))
  if (Number(version) < OLDEST)
    throw new BootRefusal(
      'postgresql_version',
      `DATABASE_URL names a PostgreSQL ${Math.floor(Number(version) / 10_000)}; Antiphon needs 15 or newer.`,
    )
  if (encoding !== 'UTF8')
    throw new BootRefusal('database_encoding', `DATABASE_URL names a database in ${encoding}; Antiphon needs UTF8.`)
  note(`PostgreSQL ${Math.floor(Number(version) / 10_000)}.${Number(version) % 10_000}`)
  return { pool, embedded: false, isServers: false, pid: () => undefined, close: async () => {} }
}

async function describe(client: pg.Client): Promise<[string, string]> {
  const { rows } = await client.query(
    "select current_setting('server_version_num') as version, current_setting('server_encoding') as encoding",
  )
  return [String(rows[0]?.version), String(rows[0]?.encoding)]
}

async function patiently<T>(work: () => Promise<T>): Promise<T> {
  const until = Date.now() + CONNECT_MS
  for (;;) {
    try {
      return await work()
    } catch (error) {
      if (isPassing(error) && Date.now() < until) {
        await sleep(250)
        continue
      }
      const reason = error instanceof Error ? error.message || codeOf(error) : String(error)
      throw new BootRefusal('database_failed', `DATABASE_URL: the database cannot be reached (${reason}).`)
    }
  }
}
