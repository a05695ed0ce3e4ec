/** `antiphon doctor`: what may stand in the way of a server here, each with its remedy. Looks at a running one, too. */
import { existsSync } from 'node:fs'
import { statfs } from 'node:fs/promises'
import type pg from 'pg'
import { withClient } from '../boot/connection.ts'
import { makeDataDirectory } from '../boot/data-directory.ts'
import { borrowDatabase } from '../boot/database.ts'
import { findServer } from '../boot/lock.ts'
import { tryPort } from '../boot/port.ts'
import { ourMigrations } from '../boot/schema.ts'
import { silent } from '../boot/steps.ts'
import type { Config } from '../config.ts'
import { schemaState } from '../kernel/migrate.ts'
import type { Answer } from './command.ts'

interface Finding {
  readonly name: string
  readonly ok: boolean
  readonly found: string
  /** What to do; null when it is well. */
  readonly remedy: string | null
}

const OLDEST_NODE = 24
const LEAST_BYTES = 1_000_000_000
const CLOCK_MS = 2_000
const THIS_CENTURY = Date.UTC(2025, 0)

export async function doctor(config: Config): Promise<Answer> {
  const findings = [node(), ...(await databaseAndClock(config)), await disk(config), ...(await ports(config))]
  const isWell = findings.every((finding) => finding.ok)
  return {
    json: { ok: isWell, checks: findings },
    text: findings.map(line).join('\n'),
    exitCode: isWell ? 0 : 1,
  }
}

function line({ name, ok, found, remedy }: Finding): string {
  return `${ok ? 'ok  ' : 'bad '} ${name.padEnd(10)} ${found}${remedy ? `\n                ${remedy}` : ''}`
}

function well(name: string, found: string): Finding {
  return { name, ok: true, found, remedy: null }
}

function ill(name: string, found: string, remedy: string): Finding {
  return { name, ok: false, found, remedy }
}

function node(): Finding {
  const isNew = Number.parseInt(process.versions.node, 10) >= OLDEST_NODE
  return isNew ? well('node', process.version) : ill('node', process.version, `Install Node ${OLDEST_NODE} or newer.`)
}

async function databaseAndClock(config: Config): Promise<Finding[]> {
  try {
    const data = makeDataDirectory(config)
    const database = await borrowDatabase({ ...config, data }, silent)
    try {
      const version = await ask(database.pool, "select current_setting('server_version') as answer")
      const kind = database.embedded ? 'embedded PostgreSQL' : 'PostgreSQL'
      return [well('database', `${kind} ${version}`), await schema(database.pool), await clock(database.pool)]
    } finally {
      await database.close()
    }
  } catch (error) {
    return [ill('database', 'does not answer', messageOf(error))]
  }
}

async function schema(pool: pg.PoolConfig): Promise<Finding> {
  try {
    const { applied, pending } = await schemaState(pool, await ourMigrations())
    if (pending.length === 0) return well('schema', applied ?? 'empty')
    return ill(
      'schema',
      `${applied ?? 'empty'}, ${pending.length} migrations behind`,
      'Run `antiphon migrate`, or start the server.',
    )
  } catch (error) {
    return ill('schema', 'does not fit', messageOf(error))
  }
}

async function clock(pool: pg.PoolConfig): Promise<Finding> {
  const before = Date.now()
  const theirs = Number(await ask(pool, 'select extract(epoch from clock_timestamp()) * 1000 as answer'))
  const apart = Math.round(Math.max(0, before - theirs, theirs - Date.now()))
  if (before < THIS_CENTURY) return ill('clock', new Date(before).toISOString(), 'Set the clock of this machine.')
  if (apart > CLOCK_MS) return ill('clock', `${apart} ms from the database's`, 'Keep both clocks by NTP.')
  return well('clock', new Date(before).toISOString())
}

async function ask(pool: pg.PoolConfig, question: string): Promise<string> {
  const { rows } = await withClient(pool, (client) => client.query(question))
  return String(rows[0]?.answer)
}

async function disk(config: Config): Promise<Finding> {
  if (!existsSync(config.data)) return ill('disk', config.data, 'The data directory cannot be made.')
  const { bavail, bsize } = await statfs(config.data)
  const free = `${(Number(bavail * bsize) / 1e9).toFixed(1)} GB free for ${config.data}`
  return bavail * bsize >= LEAST_BYTES ? well('disk', free) : ill('disk', free, 'Make room: 1 GB at least.')
}

async function ports(config: Config): Promise<Finding[]> {
  const server = existsSync(config.data) ? await findServer(config.data) : null
  const ours = server?.url ? Number(new URL(server.url).port) : null
  const wanted = [{ name: 'port', host: config.host, port: config.port, variable: 'PORT' }]
  if (config.metricsPort !== null)
    wanted.push({ name: 'metrics', host: '127.0.0.1', port: config.metricsPort, variable: 'ANTIPHON_METRICS_PORT' })
  return Promise.all(
    wanted.map(async ({ name, host, port, variable }) => {
      if (server && (port === ours || name === 'metrics')) return well(name, `${port}, in use by the running server`)
      const trouble = await tryPort(host, port)
      if (typeof trouble === 'number') return well(name, `${port} on ${host} is free`)
      return ill(name, `${port} on ${host}: ${trouble}`, `Stop what listens there, or choose another ${variable}.`)
    }),
  )
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
