/** The command line and the server as an operator meets them: processes, signals, and a data directory of one's own. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { afterAll } from 'vitest'

const ENTRY = fileURLToPath(new URL('../../../bin/antiphon.js', import.meta.url))
/** What every start makes alike, kept from test to test: the built pages and the compiled sources. */
const SHARED = ['assets', 'compile-cache'].map((name) => ({ name, kept: join(tmpdir(), `antiphon-boot-${name}`) }))

const made: string[] = []
const running = new Set<ChildProcess>()

afterAll(async () => {
  for (const child of running) {
    child.kill('SIGTERM')
    await once(child, 'exit')
  }
  for (const data of made.splice(0)) {
    endPostgres(data)
    await sleep(50)
    rmSync(data, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 })
  }
})

/** An empty data directory, but for what all share. */
export function dataDirectory(): string {
  const data = mkdtempSync(join(tmpdir(), 'antiphon-boot-'))
  for (const { name, kept } of SHARED) {
    mkdirSync(kept, { recursive: true })
    symlinkSync(kept, join(data, name))
  }
  made.push(data)
  return data
}

export interface Ended {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

export interface RunOptions {
  readonly data?: string
  readonly env?: Readonly<Record<string, string>>
  readonly input?: string
}

/** Runs one command to its end. */
export async function antiphon(args: readonly string[], options: RunOptions = {}): Promise<Ended> {
  const child = spawn(process.execPath, [ENTRY, ...args], { env: environment(options) })
  child.stdin.end(options.input ?? '')
  const [stdout, stderr] = [collect(child.stdout), collect(child.stderr)]
  const [code] = await once(child, 'close')
  return { code, stdout: stdout(), stderr: stderr() }
}

/** Runs one command that must succeed, and gives the document it prints. */
export async function json(args: readonly string[], options: RunOptions = {}): Promise<Record<string, unknown>> {
  const { code, stdout, stderr } = await antiphon([...args, '--json'], options)
  if (code !== 0) throw new Error(`antiphon ${args.join(' ')} ended with ${code}: ${stdout}${stderr}`)
  return JSON.parse(stdout)
}

export interface Server {
  readonly pid: number
  readonly url: string
  readonly output: () => string
  /** Sends a signal to the server alone, and waits for its end. */
  end(signal: NodeJS.Signals): Promise<number | null>
  /** The same to its whole process group. */
  endGroup(signal: NodeJS.Signals): Promise<number | null>
}

/** A process that is on its way to be a server, in a process group of its own. */
export function launch(data: string, env: Readonly<Record<string, string>> = {}): ChildProcess {
  const child = spawn(process.execPath, [ENTRY, 'start', '--json', '--no-demo'], {
    env: environment({ data, env }),
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  })
  running.add(child)
  child.once('exit', () => running.delete(child))
  return child
}

/** Starts a server and waits until it is ready. */
export async function serve(data: string, env: Readonly<Record<string, string>> = {}): Promise<Server> {
  const child = launch(data, env)
  const [stdout, stderr] = [collect(child.stdout), collect(child.stderr)]
  while (!stdout().includes('\n')) {
    if (child.exitCode !== null) throw new Error(`The server ended with ${child.exitCode}: ${stdout()}${stderr()}`)
    await sleep(10)
  }
  const { pid, url } = JSON.parse(stdout())
  const end = async (target: number, signal: NodeJS.Signals) => {
    const exit = once(child, 'exit')
    process.kill(target, signal)
    return (await exit)[0]
  }
  return {
    pid,
    url,
    output: stderr,
    end: (signal) => end(pid, signal),
    endGroup: (signal) => end(-pid, signal),
  }
}

/** The process id in postmaster.pid, if the file is there. */
export function postgresPid(data: string): number | null {
  try {
    return Number(readFileSync(join(data, 'postgres', 'postmaster.pid'), 'utf8').split('\n')[0])
  } catch {
    return null
  }
}

/** Whether a process runs; one that has ended and waits to be collected does not. */
export function isRunning(pid: number | null): boolean {
  if (pid === null) return false
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'))
  } catch {
    return false
  }
}

export async function until(holds: () => boolean | Promise<boolean>, milliseconds = 10_000): Promise<void> {
  for (const end = Date.now() + milliseconds; !(await holds()); await sleep(20)) {
    if (Date.now() > end) throw new Error('It did not come to hold in time.')
  }
}

function endPostgres(data: string): void {
  const pid = postgresPid(data)
  if (pid !== null && isRunning(pid)) process.kill(pid, 'SIGQUIT')
}

function environment({ data, env }: RunOptions): NodeJS.ProcessEnv {
  const { PATH, HOME } = process.env
  return { PATH, HOME, PORT: '0', ...(data === undefined ? {} : { ANTIPHON_DATA: data }), ...env }
}

function collect(stream: NodeJS.ReadableStream | null): () => string {
  let text = ''
  stream?.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk
  })
  return () => text
}
