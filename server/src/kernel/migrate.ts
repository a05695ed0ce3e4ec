/**
 * The schema: numbered SQL files, forward only, each applied once in its own transaction and recorded with its checksum.
 * One process migrates at a time, under an advisory lock; the others wait and then find nothing to do.
 */
import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import pg from 'pg'

export interface Migration {
  readonly number: number
  readonly name: string
  readonly sql: string
  readonly checksum: string
}

export interface SchemaState {
  /** The last migration applied, or null in an empty database. */
  readonly applied: string | null
  readonly pending: readonly Migration[]
}

/** The schema and the code do not belong together; the message says what to do. */
export class SchemaError extends Error {
  override readonly name = 'SchemaError'
  readonly code: 'schema_newer' | 'schema_changed' | 'migration_failed' | 'migration_invalid'

  constructor(code: SchemaError['code'], message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}

const FILE = /^(\d{4})-([a-z\d-]+)\.sql$/
const LOCK_KEY = 4_915_028_377
const LOCK_MS = 10 * 60_000

/** Reads the files of `directory` in the order of their numbers. */
export async function readMigrations(directory: string): Promise<Migration[]> {
  const names = (await readdir(directory)).filter((name) => name.endsWith('.sql')).sort()
  const migrations = await Promise.all(names.map((name) => readMigration(directory, name)))
  for (const [index, { number, name }] of migrations.entries()) {
    if (migrations[index - 1]?.number !== number) continue
    throw new SchemaError('migration_invalid', `Two migrations have the number of ${name}.`)
  }
  return migrations
}

/** Applies what is pending, calling `applied` after each. Does nothing when the schema is up to date. */
export async function migrate(
  connection: pg.ClientConfig,
  migrations: readonly Migration[],
  applied: (migration: Migration) => void = () => {},
): Promise<SchemaState> {
  return withClient(connection, async (client) => {
    const state = await readState(client, migrations)
    if (state.pending.length === 0) return state
    await client.query(`set lock_timeout = ${LOCK_MS}`)
    await client.query('select pg_advisory_lock($1)', [LOCK_KEY])
    await client.query('reset lock_timeout')
    for (const migration of (await readState(client, migrations)).pending) {
      await apply(client, migration)
      applied(migration)
    }
    return readState(client, migrations)
  })
}

/** Where the schema stands. Throws when it is newer than the code or was made from other files. */
export function schemaState(connection: pg.ClientConfig, migrations: readonly Migration[]): Promise<SchemaState> {
  return withClient(connection, (client) => readState(client, migrations))
}

async function readState(client: pg.Client, migrations: readonly Migration[]): Promise<SchemaState> {
  const done = await readApplied(client)
  const last = done.at(-1)
  const known = new Map(migrations.map((migration) => [migration.number, migration]))
  for (const { number, name, checksum } of done) {
    const migration = known.get(number)
    if (!migration) throw newer(name, migrations.at(-1)?.name)
    if (migration.checksum !== checksum) throw changed(name)
  }
  const pending = migrations.filter(({ number }) => !done.some((one) => one.number === number))
  const late = pending.find(({ number }) => last !== undefined && number < last.number)
  if (late)
    throw new SchemaError(
      'schema_changed',
      `Migration ${late.name} comes before ${last?.name}, which the database already has.`,
    )
  return { applied: last?.name ?? null, pending }
}

async function readApplied(client: pg.Client): Promise<{ number: number; name: string; checksum: string }[]> {
  const { rows: found } = await client.query("select to_regclass('public.migrations') is not null as is_there")
  if (!found[0]?.is_there) return []
  const { rows } = await client.query('select number, name, checksum from public.migrations order by number')
  return rows.map((row) => ({ number: Number(row.number), name: String(row.name), checksum: String(row.checksum) }))
}

async function apply(client: pg.Client, migration: Migration): Promise<void> {
  const { number, name, checksum } = migration
  try {
    await client.query('begin')
    await client.query(migration.sql)
    await client.query('insert into public.migrations (number, name, checksum) values ($1, $2, $3)', [
      number,
      name,
      checksum,
    ])
    await client.query('commit')
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new SchemaError('migration_failed', `Migration ${name} failed and was undone: ${reason}`, { cause: error })
  }
}

// Ending the connection undoes an open transaction and gives back the advisory lock, whatever happened.
async function withClient<T>(connection: pg.ClientConfig, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ ...connection, application_name: 'migrate' })
  client.on('error', () => {}) // A connection that breaks also fails the query that waits on it.
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}

async function readMigration(directory: string, file: string): Promise<Migration> {
  const [, number] = FILE.exec(file) ?? []
  if (number === undefined)
    throw new SchemaError('migration_invalid', `${file} is not named as a migration: 0001-what-it-makes.sql.`)
  const sql = await readFile(join(directory, file), 'utf8')
  return {
    number: Number(number),
    name: file.replace(/\.sql$/, ''),
    sql,
    checksum: createHash('sha256').update(sql).digest('hex'),
  }
}

function newer(name: string, ours: string | undefined): SchemaError {
  return new SchemaError(
    'schema_newer',
    `The database's schema (${name}) is newer than this version's (${ours ?? 'none'}). Start the newer version, or restore a backup made by this one.`,
  )
}

function changed(name: string): SchemaError {
  return new SchemaError(
    'schema_changed',
    `Migration ${name} is not the one that was applied to this database: its file has changed since.`,
  )
}
