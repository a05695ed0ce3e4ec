/**
 * The database cluster on disk: `<data>/postgres`, or, where PostgreSQL's uid cannot reach that, a directory under
 * /var/lib/antiphon to which `<data>/postgres` is a link.
 */
import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { type Account, canEnter, makePrivate } from './account.ts'
import type { Programs } from './postgres-install.ts'
import { BootRefusal } from './refusal.ts'
import type { Say } from './steps.ts'

/** What root keeps for another uid when the data directory is closed to it. */
export const OUTSIDE = '/var/lib/antiphon'

/** Where the cluster lies or is to lie; its parent is its home, for the socket and the lock. */
export function placeCluster(data: string, account: Account, say: Say): string {
  const inside = join(data, 'postgres')
  if (isPresent(inside)) {
    if (existsSync(inside)) return realpathSync(inside)
    throw new BootRefusal(
      'data_unusable',
      `${inside} is a link to a directory that is gone. Bring it back, or remove the link to begin with an empty database.`,
    )
  }
  if (canEnter(account, data) || canEnter(account, openToPass(data))) return inside
  const home = join(OUTSIDE, randomBytes(4).toString('hex'))
  mkdirSync(home, { recursive: true, mode: 0o755 })
  writeFileSync(join(home, 'belongs-to'), `${data}\n`)
  rmSync(`${inside}.new`, { force: true })
  symlinkSync(join(home, 'postgres'), `${inside}.new`)
  mkdirSync(join(home, 'postgres'))
  renameSync(`${inside}.new`, inside)
  say(`  PostgreSQL does not run as root and its uid cannot enter ${data}: the database is kept in ${home}.`)
  return join(home, 'postgres')
}

// A new directory that root made for itself alone may be passed through, and still not be listed: what is in it guards itself.
function openToPass(data: string): string {
  const { uid, mode } = statSync(data)
  if (uid === process.getuid?.() && (mode & 0o777) === 0o700) chmodSync(data, 0o711)
  return data
}

/** Makes the cluster unless it is there. Made beside and renamed; what an interrupted `initdb` left is thrown away. */
export async function makeCluster(cluster: string, programs: Programs, account: Account): Promise<'made' | 'found'> {
  removeHalfMade(cluster)
  if (existsSync(join(cluster, 'PG_VERSION'))) {
    refuseOtherVersion(cluster, programs)
    return 'found'
  }
  if (existsSync(cluster) && readdirSync(cluster).length > 0) {
    throw new BootRefusal(
      'data_unusable',
      `${cluster} is not empty and not a PostgreSQL cluster. Move it away, or name another ANTIPHON_DATA.`,
    )
  }
  // A name of its own for each attempt: the `initdb` of a killed start may still be writing to the last one.
  const beside = `${cluster}.${randomBytes(4).toString('hex')}.new`
  makePrivate(beside, account)
  await initialise(beside, programs, account)
  rmSync(cluster, { recursive: true, force: true })
  renameSync(beside, cluster)
  return 'made'
}

function removeHalfMade(cluster: string): void {
  const left = readdirSync(dirname(cluster)).filter(
    (name) => name.startsWith(`${basename(cluster)}.`) && name.endsWith('.new'),
  )
  for (const name of left)
    rmSync(join(dirname(cluster), name), { recursive: true, force: true, maxRetries: 20, retryDelay: 100 })
}

function refuseOtherVersion(cluster: string, programs: Programs): void {
  const found = readFileSync(join(cluster, 'PG_VERSION'), 'utf8').trim()
  if (found === String(programs.major)) return
  throw new BootRefusal(
    'postgresql_version',
    `${cluster} was made by PostgreSQL ${found}, this Antiphon brings ${programs.version}. Start the version of Antiphon that made it, dump the database, and restore it into a new ANTIPHON_DATA; or run PostgreSQL ${found} on it and name that in DATABASE_URL.`,
  )
}

function initialise(directory: string, programs: Programs, account: Account): Promise<void> {
  const settings = [
    '--encoding=UTF8',
    '--locale-provider=builtin',
    '--builtin-locale=C.UTF-8',
    '--locale=C',
    '--data-checksums',
  ]
  const access = ['--username=antiphon', '--auth=trust']
  const child = spawn(programs.initdb, ['-D', directory, ...settings, ...access, '--no-instructions'], {
    ...(account ?? {}),
    cwd: dirname(programs.initdb),
    env: { LC_ALL: 'C', TZ: 'UTC', PATH: '/usr/bin:/bin' },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  const stopWithUs = () => child.kill('SIGKILL')
  process.once('exit', stopWithUs)
  const said: string[] = []
  child.stderr.setEncoding('utf8').on('data', (text: string) => said.push(text))
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code) => {
      process.off('exit', stopWithUs)
      if (code === 0) return resolve()
      reject(
        new BootRefusal('database_failed', `initdb failed in ${directory}: ${said.join('').trim() || `exit ${code}`}`),
      )
    })
  })
}

function isPresent(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined
}
