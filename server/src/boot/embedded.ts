/** The embedded PostgreSQL of a data directory: started here, or the one that the running server has. */
import { createHash } from 'node:crypto'
import { lstatSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type pg from 'pg'
import { type Account, accountFor, canEnter, makePrivate } from './account.ts'
import { makeCluster, OUTSIDE, placeCluster } from './cluster.ts'
import { type BootDatabase, isPassing, withClient } from './connection.ts'
import { type Lock, takeLock } from './lock.ts'
import { startPostgres } from './postgres.ts'
import { installPostgres } from './postgres-install.ts'
import { findPostmaster } from './postmaster.ts'
import { BootRefusal, codeOf } from './refusal.ts'
import type { Steps } from './steps.ts'

const NAME = 'antiphon'
const PATIENCE_MS = 30_000
/** A socket's path holds at most 107 bytes, on macOS 103, and PostgreSQL adds its own name to the directory's. */
const SOCKET_DIRECTORY_BYTES = 85

/** Starts it under the lock of the data directory, which it keeps until it is closed. Makes what is not there yet. */
export async function startEmbedded(
  data: string,
  lock: Lock,
  steps: Steps,
  note: (text: string) => void,
): Promise<BootDatabase> {
  const locks = [lock]
  const release = () => {
    for (const held of locks.splice(0)) held.release()
  }
  try {
    const account = accountFor([join(data, 'postgres'), data])
    const cluster = placeCluster(data, account, steps.say)
    const home = dirname(cluster)
    if (home !== data) locks.push(await lockHome(home, data))

    const copies = canEnter(account, data) ? data : OUTSIDE
    const programs = installPostgres({ account, copies, say: steps.say })
    const made = await makeCluster(cluster, programs, account)
    const socket = socketDirectory(home, account)
    const log = join(data, 'postgres.log')
    const postgres = await startPostgres({ programs, cluster, socket, log, account, say: steps.say })
    const close = async () => {
      await postgres.stop()
      release()
    }
    await ensureDatabase(poolAt(socket)).catch(async (error) => {
      await close()
      throw error
    })
    note(`embedded PostgreSQL ${programs.version}${made === 'made' ? ', new' : ''}`)
    return { pool: poolAt(socket), embedded: true, isServers: false, pid: postgres.pid, close }
  } catch (error) {
    release()
    throw error
  }
}

/** The PostgreSQL of the server that runs on the data directory; null while it does not answer. */
export async function joinRunning(data: string): Promise<BootDatabase | null> {
  const postmaster = findPostmaster(join(data, 'postgres'))
  if (!postmaster?.isReady) return null
  const pool = poolAt(postmaster.socket)
  if (!(await answers(pool))) return null
  return { pool, embedded: true, isServers: true, pid: () => undefined, close: async () => {} }
}

// A copy of a data directory still names the original's cluster.
async function lockHome(home: string, data: string): Promise<Lock> {
  const lock = await takeLock(join(home, 'database.lock'), PATIENCE_MS)
  if (lock) return lock
  throw new BootRefusal('database_busy', `${home} is in use: ${data} is a copy of a data directory that is at work.`)
}

function poolAt(socket: string): pg.PoolConfig {
  return { host: socket, port: 5432, user: NAME, database: NAME }
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

function socketDirectory(home: string, account: Account): string {
  const inside = join(home, 'socket')
  const directory =
    Buffer.byteLength(inside) <= SOCKET_DIRECTORY_BYTES ? inside : join('/tmp', `antiphon-${shortHash(home)}`)
  makePrivate(directory, account)
  const found = lstatSync(directory)
  const owner = account?.uid ?? process.getuid?.()
  if (found.isDirectory() && (found.mode & 0o077) === 0 && found.uid === owner) return directory
  throw new BootRefusal(
    'data_unusable',
    `${directory} must be a directory of mode 0700 that belongs to uid ${owner}. Remove it, and start again.`,
  )
}

function shortHash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 12)
}
