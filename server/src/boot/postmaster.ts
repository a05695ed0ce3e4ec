/** What `postmaster.pid` says of a running PostgreSQL, checked against the process it names. */
import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync, readlinkSync, realpathSync, rmSync } from 'node:fs'
import { basename, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { codeOf } from './refusal.ts'

export interface Postmaster {
  readonly pid: number
  /** The directory of its socket. */
  readonly socket: string
  readonly isReady: boolean
}

/** The PostgreSQL that runs on the cluster, or null. */
export function findPostmaster(cluster: string): Postmaster | null {
  const [pid, , , , socket = '', , , status = ''] = readLines(join(cluster, 'postmaster.pid'))
  if (!pid || !runsOn(Number(pid), cluster)) return null
  return { pid: Number(pid), socket, isReady: status.trim() === 'ready' }
}

/**
 * Clears what a dead PostgreSQL left. Its orphans are ended: they serve nobody, and hold memory that a new one must not share.
 * Its pid file is removed only where PostgreSQL itself would be misled, since the process id now belongs to something else.
 */
export function clearDeadPostmaster(cluster: string): void {
  const file = join(cluster, 'postmaster.pid')
  const pid = Number(readLines(file)[0])
  if (!(pid > 0) || runsOn(pid, cluster)) return
  for (const orphan of processesIn(cluster)) send(orphan, 'SIGKILL')
  if (isAlive(pid)) rmSync(file, { force: true })
}

/** Ends it: in order, then at once, then by force. */
export async function stopPostmaster(pid: number, cluster: string): Promise<void> {
  const ways = [
    ['SIGINT', 10_000],
    ['SIGQUIT', 5_000],
    ['SIGKILL', 5_000],
  ] as const
  for (const [signal, patience] of ways) {
    send(pid, signal)
    const until = Date.now() + patience
    while (Date.now() < until) {
      if (!runsOn(pid, cluster)) return
      await sleep(10)
    }
  }
}

export function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal)
  } catch (error) {
    if (codeOf(error) !== 'ESRCH') throw error
  }
}

// The working directory decides: a process id may have been reused, and a copied cluster names the original's PostgreSQL.
function runsOn(pid: number, cluster: string): boolean {
  if (!isAlive(pid)) return false
  if (process.platform !== 'linux') return askPs(pid).includes(cluster)
  const program = readLines(`/proc/${pid}/cmdline`)[0]?.split('\0')[0] ?? ''
  return basename(program).startsWith('postgres') && workingDirectory(pid) === realpathSync(cluster)
}

function processesIn(cluster: string): number[] {
  if (process.platform !== 'linux') return []
  const pids = readdirSync('/proc')
    .map(Number)
    .filter((pid) => pid > 0)
  return pids.filter((pid) => runsOn(pid, cluster))
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return codeOf(error) === 'EPERM'
  }
}

function workingDirectory(pid: number): string {
  try {
    return readlinkSync(`/proc/${pid}/cwd`)
  } catch (error) {
    if (['ENOENT', 'ESRCH', 'EACCES', 'EPERM'].includes(codeOf(error))) return ''
    throw error
  }
}

function askPs(pid: number): string {
  try {
    return execFileSync('ps', ['-o', 'command=', '-p', String(pid)], { encoding: 'utf8' }).trim()
  } catch {
    // ps answers with exit code 1 for a process that is gone.
    return ''
  }
}

function readLines(file: string): string[] {
  try {
    return readFileSync(file, 'utf8').split('\n')
  } catch (error) {
    if (['ENOENT', 'ESRCH'].includes(codeOf(error))) return []
    throw error
  }
}
