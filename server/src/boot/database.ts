/**
 * The database that Antiphon works on: its own embedded PostgreSQL, or the one that DATABASE_URL names.
 * A server holds the database lock while it runs. A command uses the server's PostgreSQL when there is a server, and
 * otherwise takes the lock itself, starts PostgreSQL, and stops it when it is done; two commands at once wait in line.
 */
import { createHash } from 'node:crypto'
import { lstatSync, mkdirSync, realpathSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import type { Config } from '../config.ts'
import { type Account, accountFor, canEnter, makePrivate } from './account.ts'
import { makeCluster, OUTSIDE, placeCluster } from './cluster.ts'
import { findServer, type Lock, takeLock } from './lock.ts'
import { type Postgres, startPostgres } from './postgres.ts'
import { installPostgres } from './postgres-install.ts'
import { findPostmaster } from './postmaster.ts'
import { BootRefusal, codeOf } from './refusal.ts'
import type { Steps } from './steps.ts'

export interface BootDatabase {
  readonly pool: pg.PoolConfig
  readonly embedded: boolean
  /** Lent by the server that runs on the data directory. */
  readonly isServers: boolean
  /** Process id of the embedded PostgreSQL that this process started. */
  readonly pid: () => number | undefined
  close(): Promise<void>
}

const NAME = 'antiphon'
const PATIENCE_MS = 30_000
const CONNECT_MS = 10_000
const OLDEST = 150_000
/** A socket's path holds at most 107 bytes, on macOS 103, and PostgreSQL adds its own name to the directory's. */
const SOCKET_DIRECTORY_BYTES = 85

/** Makes the data directory, and gives its real path. */
export function makeDataDirectory(config: Config): string {
  try {
    mkdirSync(config.data, { recursive: true, mode: process.getuid?.() === 0 ? 0o711 : 0o700 })
    return realpathSync(config.data)
  } catch (error) {
    throw new BootRefusal('data_unusable', `ANTIPHON_DATA: ${config.data} cannot be made (${codeOf(error)}).`)
  }
}

/** For the server, which already holds the lock of the data directory. */
export function provideDatabase(config: Config, steps: Steps): Promise<BootDatabase> {
  return steps.step('Database', async (note) => {
    if (config.databaseUrl !== null) return connectExternal(config.databaseUrl, note)
    const lock = await takeDatabaseLock(config.data)
    if (!lock) throw inUse(config.data)
    return startEmbedded(config.data, lock, steps, note)
  })
}

/** For a command: the running server's database, or one started for this command alone. */
export async function borrowDatabase(config: Config, steps: Steps): Promise<BootDatabase> {
  if (config.databaseUrl !== null) return connectExternal(config.databaseUrl, () => {})
  const isServed = async () => (await findServer(config.data)) !== null
  if (await isServed()) return joinRunning(config.data)
  const lock = await takeDatabaseLock(config.data, isServed)
  if (lock) return startEmbedded(config.data, lock, steps, () => {})
  if (await isServed()) return joinRunning(config.data)
  throw inUse(config.data)
}

function takeDatabaseLock(data: string, giveUp?: () => Promise<boolean>): Promise<Lock | null> {
  return takeLock(join(data, 'database.lock'), PATIENCE_MS, giveUp)
}

function inUse(data: string): BootRefusal {
  return new BootRefusal('database_busy', `Another antiphon command has been working on ${data} for ${PATIENCE_MS / 1_000} s. Try again when it is done.`)
}

async function startEmbedded(data: string, lock: Lock, steps: Steps, note: (text: string) => void): Promise<BootDatabase> {
  const locks = [lock]
  const release = () => {
    for (const held of locks.splice(0)) held.release()
  }
  try {
    const account = accountFor([join(data, 'postgres'), data])
    const cluster = placeCluster(data, account, steps.say)
    const home = dirname(cluster)
    if (home !== data) {
      const second = await takeLock(join(home, 'database.lock'), PATIENCE_MS)
      if (!second) throw new BootRefusal('database_busy', `${cluster} is in use: ${data} is a copy of a data directory that an Antiphon server runs on.`)
      locks.push(second)
    }
    const programs = installPostgres({ account, copies: home === data && canEnter(account, data) ? data : OUTSIDE, say: steps.say })
    const made = await makeCluster(cluster, programs, account)
    const socket = socketDirectory(home, account)
    const postgres = await startPostgres({ programs, cluster, socket, log: join(data, 'postgres.log'), account, say: steps.say })
    const pool = { host: socket, port: 5432, user: NAME, database: NAME }
    await ensureDatabase(pool).catch(async (error) => {
      await postgres.stop()
      throw error
    })
    note(`embedded PostgreSQL ${programs.version}${made === 'made' ? ', new' : ''}`)
    return { pool, embedded: true, isServers: false, pid: postgres.pid, close: () => stop(postgres, release) }
  } catch (error) {
    release()
    throw error
  }
}

async function stop(postgres: Postgres, release: () => void): Promise<void> {
  await postgres.stop()
  release()
}

/** The PostgreSQL of the server that runs on the data directory, once it is ready. */
async function joinRunning(data: string): Promise<BootDatabase> {
  const cluster = join(data, 'postgres')
  const until = Date.now() + PATIENCE_MS
  for (;;) {
    const postmaster = findPostmaster(cluster)
    if (postmaster?.isReady) {
      const pool = { host: postmaster.socket, port: 5432, user: NAME, database: NAME }
      if (await answers(pool)) return { pool, embedded: true, isServers: true, pid: () => undefined, close: async () => {} }
    }
    if (Date.now() > until) throw new BootRefusal('database_failed', `The server on ${data} has no database that answers. See ${join(data, 'postgres.log')}.`)
    await sleep(100)
  }
}

async function answers(pool: pg.PoolConfig): Promise<boolean> {
  try {
    await withClient(pool, (client) => client.query('select 1'))
    return true
  } catch (error) {
    if (isPassing(error) || codeOf(error) === '3D000') return false
    throw error
  }
}

async function ensureDatabase(pool: pg.PoolConfig): Promise<void> {
  try {
    await withClient(pool, async () => {})
  } catch (error) {
    if (codeOf(error) !== '3D000') throw error
    await withClient({ ...pool, database: 'postgres' }, (client) => client.query(`create database ${NAME}`))
  }
}

async function connectExternal(url: string, note: (text: string) => void): Promise<BootDatabase> {
  const pool = { connectionString: url }
  const [version, encoding] = await patiently(() => withClient(pool, describe))
  if (Number(version) < OLDEST) throw new BootRefusal('postgresql_version', `DATABASE_URL names a PostgreSQL ${Math.floor(Number(version) / 10_000)}; Antiphon needs 15 or newer.`)
  if (encoding !== 'UTF8') throw new BootRefusal('database_encoding', `DATABASE_URL names a database in ${encoding}; Antiphon needs UTF8.`)
  note(`PostgreSQL ${Math.floor(Number(version) / 10_000)}.${Number(version) % 10_000}`)
  return { pool, embedded: false, isServers: false, pid: () => undefined, close: async () => {} }
}

async function describe(client: pg.Client): Promise<[string, string]> {
  const { rows } = await client.query("select current_setting('server_version_num') as version, current_setting('server_encoding') as encoding")
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

// Refused, gone, or about to start: worth another try.
function isPassing(error: unknown): boolean {
  return ['ECONNREFUSED', 'ENOENT', 'ECONNRESET', '57P03', '57P01'].includes(codeOf(error))
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

function socketDirectory(home: string, account: Account): string {
  const inside = join(home, 'socket')
  const directory = Buffer.byteLength(inside) <= SOCKET_DIRECTORY_BYTES ? inside : join('/tmp', `antiphon-${shortHash(home)}`)
  makePrivate(directory, account)
  const found = lstatSync(directory)
  const owner = account?.uid ?? process.getuid?.()
  if (found.isDirectory() && (found.mode & 0o077) === 0 && found.uid === owner) return directory
  throw new BootRefusal('data_unusable', `${directory} must be a directory of mode 0700 that belongs to uid ${owner}. Remove it, and start again.`)
}

function shortHash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 12)
}
