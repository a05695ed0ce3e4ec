/** A PostgreSQL of Debian's packages for as long as some work takes: a cluster of its own on a free loopback port. */
import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

const VERSIONS = '/usr/lib/postgresql'
/** The version that server/schema.sql is written by. */
const WANTED = '15'
const PASSWORD = 'only-for-this-test'
const READY_MS = 20_000

/** The directory of the programs, or null where Debian's PostgreSQL 15 is not installed. */
export function debianPostgres(): string | null {
  const programs = join(VERSIONS, WANTED, 'bin')
  if (existsSync(join(programs, 'postgres'))) return programs
  const others = existsSync(VERSIONS) ? readdirSync(VERSIONS).join(', ') : ''
  if (others) console.log(`There is PostgreSQL ${others}, but not ${WANTED}, by which server/schema.sql is written.`)
  return null
}

/** Runs `work` with the URL of an empty database, and leaves nothing behind. */
export async function withDebianPostgres<T>(programs: string, work: (url: string) => Promise<T>): Promise<T> {
  const account = accountForPostgres()
  const directory = mkdtempSync(join(tmpdir(), 'antiphon-debian-'))
  const password = join(directory, 'password')
  writeFileSync(password, PASSWORD)
  if (account) for (const path of [directory, password]) chownSync(path, account.uid, account.gid)
  const options = { ...account, cwd: directory, env: { LC_ALL: 'C.UTF-8', TZ: 'UTC', PATH: '/usr/bin:/bin' } }
  const cluster = join(directory, 'cluster')
  execFileSync(
    join(programs, 'initdb'),
    ['-D', cluster, '-U', 'antiphon', '--pwfile', password, '-A', 'scram-sha-256', '-E', 'UTF8', '--no-instructions'],
    { ...options, stdio: ['ignore', 'ignore', 'inherit'] },
  )
  const port = await freePort()
  const settings = ['listen_addresses=127.0.0.1', `unix_socket_directories=${directory}`, 'fsync=off', 'jit=off']
  const server = spawn(
    join(programs, 'postgres'),
    ['-D', cluster, '-p', String(port), ...settings.flatMap((setting) => ['-c', setting])],
    { ...options, stdio: 'ignore', detached: true },
  )
  const gone = once(server, 'exit')
  const stop = () => void server.kill('SIGINT')
  process.once('exit', stop)
  try {
    await awaitReady(programs, port)
    return await work(`postgres://antiphon:${PASSWORD}@127.0.0.1:${port}/postgres`)
  } finally {
    process.off('exit', stop)
    stop()
    await gone
    rmSync(directory, { recursive: true, force: true })
  }
}

// PostgreSQL refuses root, which lends it the uid that Debian made for it.
function accountForPostgres(): { uid: number; gid: number } | null {
  if (process.getuid?.() !== 0) return null
  const ask = (flag: string) => Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8' }))
  return { uid: ask('-u'), gid: ask('-g') }
}

async function awaitReady(programs: string, port: number): Promise<void> {
  const isReady = () =>
    spawnSync(join(programs, 'pg_isready'), ['-q', '-h', '127.0.0.1', '-p', String(port)]).status === 0
  for (const until = Date.now() + READY_MS; !isReady(); await sleep(50)) {
    if (Date.now() > until) throw new Error('Debian’s PostgreSQL did not start.')
  }
}

export async function freePort(): Promise<number> {
  const probe = createServer().listen({ host: '127.0.0.1', port: 0 })
  await once(probe, 'listening')
  const address = probe.address()
  probe.close()
  await once(probe, 'close')
  if (typeof address !== 'object' || address === null) throw new Error('There is no free port.')
  return address.port
}
