/** How boot talks to a database: one connection for one piece of work. */
import pg from 'pg'
import { codeOf } from './refusal.ts'

export interface BootDatabase {
  readonly pool: pg.PoolConfig
  readonly embedded: boolean
  /** Lent by the server that runs on the data directory. */
  readonly isServers: boolean
  /** Process id of the embedded PostgreSQL that this process started. */
  readonly pid: () => number | undefined
  close(): Promise<void>
}

/** One connection for one piece of work. */
export async function withClient<T>(pool: pg.PoolConfig, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ ...pool, connectionTimeoutMillis: 5_000, application_name: 'antiphon boot' })
  client.on('error', () => {}) // A connection that breaks also fails the query that waits on it.
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}

/** Whether another try is worth it: the server refused, went away, or is about to start. */
export function isPassing(error: unknown): boolean {
  return ['ECONNREFUSED', 'ENOENT', 'ECONNRESET', '57P03', '57P01'].includes(codeOf(error))
}
