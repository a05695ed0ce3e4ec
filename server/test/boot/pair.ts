/** Two servers, each a process of its own, on one database: the first one's. */
import { join } from 'node:path'
import pg from 'pg'
import { findPostmaster } from '../../src/boot/postmaster.ts'
import { dataDirectory, json, type Server, serve } from './antiphon.ts'

export interface Pair {
  readonly first: Server
  readonly second: Server
  /** A key with every scope, and the workspace it is of. */
  readonly key: string
  readonly workspace_id: string
  readonly sql: (text: string, values?: unknown[]) => Promise<Record<string, unknown>[]>
  close(): Promise<void>
}

const SECRET = 'a secret that both servers of a pair have'

export interface PairOptions {
  readonly env?: Readonly<Record<string, string>>
  /** Requests a minute; unlimited when left out. */
  readonly limit?: number
}

export async function openPair({ env = {}, limit }: PairOptions = {}): Promise<Pair> {
  const data = dataDirectory()
  const settings = { ...env, ANTIPHON_SECRET: SECRET }
  const place = ['--name', 'Acme', '--requests-per-minute', String(limit ?? 'unlimited')]
  const workspace_id = String((await json(['workspace', 'create', ...place], { data, env: settings }))['id'])
  const asked = ['--workspace', workspace_id, '--name', 'test', '--scopes', '*']
  const key = String((await json(['key', 'create', ...asked], { data, env: settings }))['bearer'])
  const first = await serve(data, settings)
  const socket = findPostmaster(join(data, 'postgres'))?.socket
  if (socket === undefined) throw new Error('The first server has no database.')
  const DATABASE_URL = `postgres://antiphon@${encodeURIComponent(socket)}:5432/antiphon`
  const second = await serve(dataDirectory(), { ...settings, DATABASE_URL })
  const pool = new pg.Pool({ connectionString: DATABASE_URL, max: 2 })
  pool.on('error', () => {})
  return {
    first,
    second,
    key,
    workspace_id,
    sql: async (text, values) => (await pool.query(text, values)).rows,
    close: () => pool.end(),
  }
}
