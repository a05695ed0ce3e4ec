/** The product as a process of its own: started, asked, killed. For tests that end it badly and for what is measured. */
import { type ChildProcess, execFile, execFileSync, spawn } from 'node:child_process'
import { closeSync, openSync, readFileSync, readlinkSync, realpathSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'

export interface Place {
  /** The directory of the product's sources. */
  readonly root: string
  readonly data: string
  readonly port: number
}

export interface Product extends Place {
  readonly url: string
  readonly pid: number
  /** Milliseconds from the start to the first `ready`. */
  readonly startedIn: number
  /** Sends a signal to the process, or to its whole group; resolves when the process is gone. */
  kill(signal: NodeJS.Signals, whom: 'process' | 'group'): Promise<void>
  isGone(): boolean
}

const START_MS = 60_000
const COMMAND_MS = 40_000
const STOP_MS = 12_000

const launched = new Set<ChildProcess>()

/** Starts the server as the leader of its own process group. What it says is added to `<data>.log`. */
export function launch(place: Place): ChildProcess {
  const log = openSync(`${place.data}.log`, 'a')
  const args = ['start', '--no-demo', '--port', String(place.port), '--data', place.data]
  const child = spawn(process.execPath, [join(place.root, 'bin/antiphon.js'), ...args], {
    stdio: ['ignore', log, log],
    detached: true,
  })
  closeSync(log)
  launched.add(child)
  child.once('exit', () => launched.delete(child))
  return child
}

/** Stops every server that was started here and still runs, in order if it can be, and the PostgreSQL one left behind. */
export async function stopAll(place: Place): Promise<void> {
  const running = [...launched]
  const gone = Promise.all(running.map((child) => end(child, 'SIGTERM', 'process')))
  await Promise.race([gone, sleep(STOP_MS)])
  await Promise.all(running.map((child) => end(child, 'SIGKILL', 'group')))
  const left = postmaster(place)
  if (left) process.kill(left.pid, 'SIGINT')
}

/** Starts the server and waits until it is ready. */
export async function start(place: Place): Promise<Product> {
  const began = performance.now()
  const child = launch(place)
  const url = `http://127.0.0.1:${place.port}`
  const isGone = () => child.exitCode !== null || child.signalCode !== null
  const { pid } = child
  if (pid === undefined) throw new Error('The server has no process id.')
  const kill: Product['kill'] = (signal, whom) => end(child, signal, whom)
  await ready({ ...place, url, isGone })
  return { ...place, url, pid, startedIn: performance.now() - began, isGone, kill }
}

/** Waits until the server says that it is ready. */
export async function ready(product: Place & Pick<Product, 'url' | 'isGone'>): Promise<void> {
  const until = performance.now() + START_MS
  while (!(await isReady(product.url))) {
    if (product.isGone()) throw new Error(`The server ended:\n${lastLines(product)}`)
    if (performance.now() > until) throw new Error(`The server is not ready yet:\n${lastLines(product)}`)
    await sleep(10)
  }
}

/** Runs one command of the product's command line and reads the JSON document it prints. */
export async function command(place: Place, ...args: string[]): Promise<Record<string, string>> {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [join(place.root, 'bin/antiphon.js'), ...args, '--data', place.data, '--json'],
    { timeout: COMMAND_MS },
  )
  return JSON.parse(stdout)
}

/** A workspace without a limit that matters here, and a key that may do everything in it. */
export async function makeKey(place: Place, name: string): Promise<{ workspace: string; bearer: string }> {
  const { id } = await command(place, 'workspace', 'create', '--name', name, '--requests-per-minute', '1000000')
  const { bearer } = await command(place, 'key', 'create', '--workspace', `${id}`, '--name', name, '--scopes', '*')
  return { workspace: `${id}`, bearer: `${bearer}` }
}

/** A user who can sign in with this password. */
export function makeUser(
  { root, data }: Place,
  user: { workspace: string; email: string; name: string; password: string },
): void {
  const { workspace, email, name, password } = user
  const words = ['user', 'create', '--workspace', workspace, '--email', email, '--name', name, '--role', 'admin']
  execFileSync(process.execPath, [join(root, 'bin/antiphon.js'), ...words, '--password-stdin', '--data', data], {
    input: password,
  })
}

/** The address by which a person signs in once. */
export async function makeLink(place: Place, email: string): Promise<string> {
  return (await command(place, 'user', 'sign-in-link', '--email', email))['url'] ?? ''
}

/** The embedded PostgreSQL that runs on the data directory: its process id, and the directory of its socket. */
export function postmaster({ data }: Place): { pid: number; socket: string } | null {
  try {
    const cluster = realpathSync(join(data, 'postgres'))
    const lines = readFileSync(join(cluster, 'postmaster.pid'), 'utf8').split('\n')
    // A process id may have been given to another program since: only one that works in the cluster is PostgreSQL.
    if (readlinkSync(`/proc/${Number(lines[0])}/cwd`) !== cluster) return null
    return { pid: Number(lines[0]), socket: lines[4] ?? '' }
  } catch {
    return null
  }
}

export function lastLines(place: Place): string {
  const lines = readFileSync(`${place.data}.log`, 'utf8').trimEnd().split('\n')
  return lines
    .filter((line) => !line.includes('"msg":"request"'))
    .slice(-20)
    .join('\n')
}

async function isReady(url: string): Promise<boolean> {
  try {
    return (await fetch(`${url}/ready`, { signal: AbortSignal.timeout(1_000) })).status === 200
  } catch {
    return false
  }
}

function end(child: ChildProcess, signal: NodeJS.Signals, whom: 'process' | 'group'): Promise<void> {
  return new Promise((resolve) => {
    if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return resolve()
    child.once('exit', () => resolve())
    process.kill(whom === 'group' ? -child.pid : child.pid, signal)
  })
}
