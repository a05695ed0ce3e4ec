/** A running embedded PostgreSQL: our child, in a process group of its own, started again when it dies. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openSync, readFileSync, renameSync, statSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Account } from './account.ts'
import { giveToOwnerOfDirectory } from './lock.ts'
import type { Programs } from './postgres-install.ts'
import { clearDeadPostmaster, findPostmaster, send, stopPostmaster } from './postmaster.ts'
import { BootRefusal } from './refusal.ts'
import type { Say } from './steps.ts'

export interface PostgresOptions {
  readonly programs: Programs
  readonly cluster: string
  readonly socket: string
  readonly log: string
  readonly account: Account
  /** Hears of a PostgreSQL that died and was started again. */
  readonly say: Say
}

export interface Postgres {
  readonly pid: () => number | undefined
  stop(): Promise<void>
}

const POLL_MS = 5
/** Recovery after a crash replays at most `max_wal_size`; a minute or two on a slow disk. */
const READY_MS = 10 * 60_000
const STOP_MS = 8_000
const QUIT_MS = 3_000
/** Backends of a killed PostgreSQL need a moment to notice; until then its shared memory is in use. */
const REFUSED_MS = 10_000
const LOG_BYTES = 10_000_000
const PAUSES_MS = [0, 200, 1_000, 5_000] as const

/** Starts PostgreSQL on the cluster. One that a killed server left behind is stopped first. */
export async function startPostgres(options: PostgresOptions): Promise<Postgres> {
  let isStopping = false
  let child = await launchPatiently(options)
  // Should this process end without stop(), PostgreSQL is asked to end as well.
  const atExit = () => {
    if (child.pid !== undefined && child.exitCode === null) send(child.pid, 'SIGINT')
  }
  process.once('exit', atExit)

  const supervise = () => {
    child.once('exit', (code, signal) => {
      if (!isStopping) void revive(signal ?? `exit code ${code}`)
    })
  }
  const revive = async (cause: string) => {
    const began = Date.now()
    for (let attempt = 0; !isStopping; attempt++) {
      await sleep(PAUSES_MS[attempt] ?? 5_000)
      try {
        child = await launchPatiently(options)
        if (isStopping) return end(child)
        options.say(`PostgreSQL ended (${cause}); started again in ${Date.now() - began} ms.`)
        return supervise()
      } catch (error) {
        options.say(`PostgreSQL ended (${cause}) and does not start: ${error instanceof Error ? error.message : error}`)
      }
    }
  }
  supervise()

  return {
    pid: () => child.pid,
    stop: async () => {
      isStopping = true
      process.off('exit', atExit)
      await end(child)
    },
  }
}

async function launchPatiently(options: PostgresOptions): Promise<ChildProcess> {
  const until = Date.now() + REFUSED_MS
  for (;;) {
    const leftover = findPostmaster(options.cluster)
    if (leftover) await stopPostmaster(leftover.pid, options.cluster)
    clearDeadPostmaster(options.cluster)
    const launched = await launch(options)
    if (launched.child) return launched.child
    if (Date.now() > until || !/still in use|already exists/.test(launched.said)) {
      throw new BootRefusal('database_failed', `PostgreSQL did not start: ${launched.said} (more in ${options.log})`)
    }
    await sleep(100)
  }
}

type Launched =
  | { readonly child: ChildProcess; readonly said?: undefined }
  | { readonly child?: undefined; readonly said: string }

async function launch(options: PostgresOptions): Promise<Launched> {
  turnLog(options.log)
  const log = openSync(options.log, 'a', 0o600)
  giveToOwnerOfDirectory(options.log)
  const begins = statSync(options.log).size
  const child = spawn(options.programs.postgres, commandLine(options), {
    ...(options.account ?? {}),
    cwd: options.cluster,
    env: { LC_ALL: 'C', TZ: 'UTC', PATH: '/usr/bin:/bin' },
    stdio: ['ignore', log, log],
    detached: true,
  })
  closeSync(log)
  let failure: Error | undefined
  child.once('error', (error) => {
    failure = error
  })
  const until = Date.now() + READY_MS
  while (!failure && child.exitCode === null && child.signalCode === null && Date.now() < until) {
    const postmaster = findPostmaster(options.cluster)
    if (postmaster?.pid === child.pid && postmaster?.isReady) return { child }
    await sleep(POLL_MS)
  }
  if (child.exitCode === null && child.pid !== undefined) await end(child)
  return { said: failure?.message ?? lastLine(readFileSync(options.log, 'utf8').slice(begins)) }
}

function commandLine({ cluster, socket }: PostgresOptions): string[] {
  const settings = {
    listen_addresses: '',
    unix_socket_directories: socket,
    unix_socket_permissions: '0700',
    port: 5432,
    max_wal_size: '2GB',
    wal_compression: 'on',
    client_connection_check_interval: '1s',
    log_timezone: 'UTC',
    timezone: 'UTC',
    log_checkpoints: 'off',
  }
  return ['-D', cluster, ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])]
}

async function end(child: ChildProcess): Promise<void> {
  for (const [signal, patience] of [
    ['SIGINT', STOP_MS],
    ['SIGQUIT', QUIT_MS],
    ['SIGKILL', QUIT_MS],
  ] as const) {
    if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return
    const gone = once(child, 'exit')
    send(child.pid, signal)
    if (await Promise.race([gone.then(() => true), sleep(patience, false, { ref: false })])) return
  }
}

function turnLog(log: string): void {
  const size = statSync(log, { throwIfNoEntry: false })?.size ?? 0
  if (size > LOG_BYTES) renameSync(log, `${log}.1`)
}

function lastLine(text: string): string {
  const lines = text.trim().split('\n')
  return (
    lines.find((line) => /FATAL|PANIC/.test(line))?.replace(/^.*?(FATAL|PANIC): +/, '') ??
    lines.at(-1) ??
    'it said nothing'
  )
}
