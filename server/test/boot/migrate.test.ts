import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type BootDatabase, provideDatabase } from '../../src/boot/database.ts'
import { settleSecrets } from '../../src/boot/secret.ts'
import { silent } from '../../src/boot/steps.ts'
import { readConfig } from '../../src/config.ts'
import { migrate, readMigrations, schemaState } from '../../src/kernel/migrate.ts'
import { dataDirectory } from './antiphon.ts'

const FIRST =
  'create table migrations (number integer primary key, name text not null, checksum text not null, applied_at timestamptz not null default now())'
const INSTANCE =
  'create table instance (only_row boolean primary key default true, secret_fingerprint text, updated_at timestamptz)'
const [NEW, OLD, OTHER] = ['new', 'old', 'other'].map((word) => `${word} secret that is long enough to be one`)

let database: BootDatabase
let made = 0

beforeAll(async () => {
  database = await provideDatabase(readConfig({ ANTIPHON_DATA: dataDirectory() }), silent)
})
afterAll(() => database.close())

/** An empty database, and a way to ask it. */
async function emptyDatabase() {
  const name = `test_${++made}`
  const ask = async (pool: pg.PoolConfig, text: string) => {
    const client = new pg.Client(pool)
    await client.connect()
    try {
      return (await client.query(text)).rows
    } finally {
      await client.end()
    }
  }
  await ask(database.pool, `create database ${name}`)
  const pool = { ...database.pool, database: name }
  return { pool, ask: (text: string) => ask(pool, text) }
}

function files(...sql: readonly string[]) {
  const directory = mkdtempSync(join(tmpdir(), 'antiphon-migrations-'))
  for (const [index, text] of sql.entries()) writeFileSync(join(directory, `000${index}-step-${index}.sql`), text)
  return readMigrations(directory)
}

describe('migrations', () => {
  test('each is applied once, in order', async () => {
    const { pool, ask } = await emptyDatabase()
    const all = await files(FIRST, 'create table a (n int)', 'insert into a values (1)')
    const applied: string[] = []
    await migrate(pool, all, (migration) => applied.push(migration.name))
    await migrate(pool, all, (migration) => applied.push(migration.name))
    expect(applied).toEqual(['0000-step-0', '0001-step-1', '0002-step-2'])
    expect(await ask('select n from a')).toEqual([{ n: 1 }])
  })

  test('one that fails is undone whole, and done over by the next start', async () => {
    const { pool, ask } = await emptyDatabase()
    await expect(migrate(pool, await files(FIRST, 'create table a (n int); select 1/0'))).rejects.toMatchObject({
      code: 'migration_failed',
      message: expect.stringContaining('0001-step-1'),
    })
    expect(await ask("select to_regclass('a') as a")).toEqual([{ a: null }])
    const state = await migrate(pool, await files(FIRST, 'create table a (n int)'))
    expect(state).toMatchObject({ applied: '0001-step-1', pending: [] })
  })

  test('two processes that migrate at once apply each of them once', async () => {
    const { pool, ask } = await emptyDatabase()
    const all = await files(FIRST, 'create table a (n int)', 'select pg_sleep(0.2); insert into a values (1)')
    await Promise.all([migrate(pool, all), migrate(pool, all), migrate(pool, all)])
    expect(await ask('select n from a')).toEqual([{ n: 1 }])
  })

  test('a schema newer than the code is refused, and says what to do', async () => {
    const { pool } = await emptyDatabase()
    await migrate(pool, await files(FIRST, 'create table a (n int)'))
    const refused = { code: 'schema_newer', message: expect.stringContaining('Start the newer version') }
    await expect(migrate(pool, await files(FIRST))).rejects.toMatchObject(refused)
    await expect(schemaState(pool, await files(FIRST))).rejects.toMatchObject(refused)
  })

  test('a file that changed after it was applied is refused', async () => {
    const { pool } = await emptyDatabase()
    await migrate(pool, await files(FIRST, 'create table a (n int)'))
    await expect(migrate(pool, await files(FIRST, 'create table b (n int)'))).rejects.toMatchObject({
      code: 'schema_changed',
    })
  })
})

describe('the secret', () => {
  const settle = (pool: pg.PoolConfig, secret: string) =>
    settleSecrets(readConfig({ ANTIPHON_DATA: dataDirectory(), ANTIPHON_SECRET: secret }), pool)

  test('of another database is refused', async () => {
    const { pool, ask } = await emptyDatabase()
    await ask(INSTANCE)
    await settle(pool, `${OLD}`)
    await settle(pool, `${OLD}`)
    await expect(settle(pool, `${OTHER}`)).rejects.toMatchObject({ code: 'secret_mismatch' })
    await expect(settle(pool, `${NEW},${OTHER}`)).rejects.toMatchObject({ code: 'secret_mismatch' })
  })

  test('rotates by new,old; afterwards the new one is enough and the old one is refused', async () => {
    const { pool, ask } = await emptyDatabase()
    await ask(INSTANCE)
    await settle(pool, `${OLD}`)
    expect(await settle(pool, `${NEW},${OLD}`)).toEqual([NEW, OLD])
    expect(await settle(pool, `${NEW}`)).toEqual([NEW])
    await expect(settle(pool, `${OLD}`)).rejects.toMatchObject({ code: 'secret_mismatch' })
  })

  test('leaves only a fingerprint in the database', async () => {
    const { pool, ask } = await emptyDatabase()
    await ask(INSTANCE)
    await settle(pool, `${NEW}`)
    expect(JSON.stringify(await ask('select * from instance'))).not.toContain('new secret')
  })
})
