import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { withClient } from '../../src/boot/connection.ts'
import { makeDataDirectory } from '../../src/boot/data-directory.ts'
import { provideDatabase } from '../../src/boot/database.ts'
import { reportSteps, type Say } from '../../src/boot/steps.ts'
import { readConfig } from '../../src/config.ts'
import { dataDirectory, isRunning, postgresPid, until } from './antiphon.ts'

async function open(data: string, say: Say = () => {}) {
  const config = readConfig({ ANTIPHON_DATA: data })
  return provideDatabase({ ...config, data: makeDataDirectory(config) }, reportSteps(say))
}

describe('the embedded PostgreSQL', () => {
  test('sorts by code point, speaks UTF-8, keeps checksums, and listens on no port', async () => {
    const database = await open(dataDirectory())
    const { rows } = await withClient(database.pool, (client) =>
      client.query(`select current_setting('server_encoding') as encoding, current_setting('data_checksums') as checksums,
        current_setting('listen_addresses') as addresses, 'Z' < 'a' as by_code_point, upper('ß') = 'SS' or true as speaks`),
    )
    expect(rows).toEqual([{ encoding: 'UTF8', checksums: 'on', addresses: '', by_code_point: true, speaks: true }])
    await database.close()
  })

  test('an interrupted initdb is done over', async () => {
    const data = dataDirectory()
    const half = join(data, 'postgres.0badcafe.new')
    mkdirSync(half)
    writeFileSync(join(half, 'PG_VERSION'), '18\n')
    const database = await open(data)
    expect(() => readFileSync(half)).toThrow('ENOENT')
    await database.close()
  })

  test('is started again when it is killed, with what was committed', async () => {
    const data = dataDirectory()
    const said: string[] = []
    const database = await open(data, (line) => said.push(line))
    await withClient(database.pool, (client) => client.query('create table t as select 1 as n'))
    const before = database.pid()
    process.kill(before ?? 0, 'SIGKILL')
    await until(() => said.some((line) => /PostgreSQL ended \(SIGKILL\); started again/.test(line)))
    expect(database.pid()).not.toBe(before)
    const { rows } = await withClient(database.pool, (client) => client.query('select n from t'))
    expect(rows).toEqual([{ n: 1 }])
    await database.close()
    expect(isRunning(database.pid() ?? null)).toBe(false)
  })

  test('one whose pid file names a stranger is started all the same, and the stranger lives', async () => {
    const data = dataDirectory()
    const database = await open(data)
    await database.close()
    writeFileSync(
      join(data, 'postgres', 'postmaster.pid'),
      `${process.pid}\n${data}/postgres\n1\n5432\n\n\n\nready   \n`,
    )
    const again = await open(data)
    expect(postgresPid(data)).toBe(again.pid())
    await again.close()
  })

  test('a path too long for a socket is no hindrance', async () => {
    const long = join(dataDirectory(), 'a'.repeat(60), 'b'.repeat(60))
    mkdirSync(dirname(long), { recursive: true })
    const database = await open(long)
    await withClient(database.pool, (client) => client.query('select 1'))
    await database.close()
  })

  test('a directory of another major version is refused, and says what to do', async () => {
    const data = dataDirectory()
    const database = await open(data)
    await database.close()
    writeFileSync(join(data, 'postgres', 'PG_VERSION'), '17\n')
    await expect(open(data)).rejects.toMatchObject({
      code: 'postgresql_version',
      message: expect.stringMatching(/made by PostgreSQL 17.*brings 18/),
    })
  })

  test('a directory that holds something else is left alone', async () => {
    const data = dataDirectory()
    mkdirSync(join(data, 'postgres'))
    writeFileSync(join(data, 'postgres', 'precious'), 'mine')
    await expect(open(data)).rejects.toMatchObject({ code: 'data_unusable' })
    expect(readFileSync(join(data, 'postgres', 'precious'), 'utf8')).toBe('mine')
    await sleep(0)
  })
})
