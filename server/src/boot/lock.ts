/**
 * Locks that the system itself releases when their holder dies, however it dies.
 * Each is a transaction left open on an empty SQLite file, that is, an fcntl lock: no process id is compared, so a killed
 * holder leaves nothing stale behind and a reused process id cannot be mistaken for it.
 */
import { chownSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { BootRefusal, codeOf } from './refusal.ts'

const RETRY_MS = 50
/** How long a second server waits for a first one that may just have been killed, and for one that says it is stopping. */
const HANDOVER_MS = 1_500
const STOPPING_MS = 20_000

export interface Lock {
  release(): void
}

export interface ServerNote {
  readonly pid: number
  readonly started_at: string
  /** Where it listens; null until it does. */
  readonly url: string | null
  /** Whether its database may be used. */
  readonly has_database: boolean
  readonly stopping: boolean
}

export interface ServerLock extends Lock {
  /** Tells other processes how far it is. */
  announce(news: Partial<Pick<ServerNote, 'url' | 'has_database' | 'stopping'>>): void
}

const NOTHING_KNOWN: ServerNote = { pid: 0, started_at: '', url: null, has_database: false, stopping: false }

/** Takes the lock on `file`, waiting at most `patience` milliseconds; null when another process keeps it. */
export async function takeLock(file: string, patience: number): Promise<Lock | null> {
  const until = Date.now() + patience
  for (;;) {
    const lock = await tryLock(file)
    if (lock) return lock
    if (Date.now() >= until) return null
    await sleep(RETRY_MS)
  }
}

/** Makes this process the one server of the data directory, or refuses and names the one that is. */
export async function takeServerLock(data: string): Promise<ServerLock> {
  const file = lockFile(data)
  const lock =
    (await takeLock(file, HANDOVER_MS)) ?? (readNote(data)?.stopping ? await takeLock(file, STOPPING_MS) : null)
  if (!lock) {
    const holder = readNote(data)
    const who = holder ? `pid ${holder.pid}` : 'another process'
    throw new BootRefusal(
      'already_running',
      `An Antiphon server (${who}) already runs on ${data}. Stop it, or give this one another ANTIPHON_DATA.`,
    )
  }
  let note: ServerNote = { ...NOTHING_KNOWN, pid: process.pid, started_at: new Date().toISOString() }
  writeNote(data, note)
  return {
    announce: (news) => {
      note = { ...note, ...news }
      writeNote(data, note)
    },
    release: () => {
      rmSync(noteFile(data), { force: true })
      lock.release()
    },
  }
}

/** The server that runs on this data directory, or null. */
export async function findServer(data: string): Promise<ServerNote | null> {
  const lock = await tryLock(lockFile(data), 'shared')
  lock?.release()
  return lock ? null : (readNote(data) ?? NOTHING_KNOWN)
}

async function tryLock(file: string, kind: 'exclusive' | 'shared' = 'exclusive'): Promise<Lock | null> {
  const { DatabaseSync } = await import('node:sqlite')
  let database: InstanceType<typeof DatabaseSync> | undefined
  try {
    database = new DatabaseSync(file, { timeout: 0 })
    database.exec(
      kind === 'exclusive'
        ? 'pragma journal_mode = memory; begin exclusive'
        : 'begin; select 1 from sqlite_schema limit 1',
    )
    giveToOwnerOfDirectory(file)
    const held = database
    return { release: () => held.close() }
  } catch (error) {
    if (database) database.close()
    if (isBusy(error)) return null
    const reason = error instanceof Error ? error.message : String(error)
    throw new BootRefusal(
      'data_unusable',
      `${file} cannot be opened (${reason}). ANTIPHON_DATA must be a directory that this user may write to.`,
    )
  }
}

function isBusy(error: unknown): boolean {
  return (
    error instanceof Error && 'errcode' in error && typeof error.errcode === 'number' && (error.errcode & 0xff) === 5
  )
}

/** Root working in somebody's data directory leaves files that this somebody can use. */
export function giveToOwnerOfDirectory(file: string): void {
  if (process.getuid?.() !== 0) return
  const { uid, gid } = statSync(dirname(file))
  if (uid !== 0) chownSync(file, uid, gid)
}

const lockFile = (data: string) => join(data, 'antiphon.lock')
const noteFile = (data: string) => join(data, 'antiphon.pid')

function writeNote(data: string, note: ServerNote): void {
  const beside = `${noteFile(data)}.new`
  writeFileSync(beside, `${JSON.stringify(note)}\n`)
  giveToOwnerOfDirectory(beside)
  renameSync(beside, noteFile(data))
}

function readNote(data: string): ServerNote | null {
  try {
    const note: unknown = JSON.parse(readFileSync(noteFile(data), 'utf8'))
    return isNote(note) ? note : null
  } catch (error) {
    if (codeOf(error) === 'ENOENT' || error instanceof SyntaxError) return null
    throw error
  }
}

function isNote(value: unknown): value is ServerNote {
  return typeof value === 'object' && value !== null && 'pid' in value && 'stopping' in value && 'has_database' in value
}
