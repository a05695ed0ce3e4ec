/** One PostgreSQL for all tests: the embedded one, or the one that DATABASE_URL names. Every worker takes a copy. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import type { TestProject } from 'vitest/node'
import { type BootDatabase, provideDatabase } from '../src/boot/database.ts'
import { bringUpToDate } from '../src/boot/schema.ts'
import { silent } from '../src/boot/steps.ts'
import { readConfig } from '../src/config.ts'
import { openDatabase } from '../src/kernel/db.ts'
import { migrateJobs } from '../src/kernel/jobs.ts'
import { openLog } from '../src/kernel/log.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** How to reach the prepared database, as JSON of pg's own settings. */
    database: string
  }
}

let shared: Promise<string> | undefined
let users = 0
let end: () => Promise<void> = async () => {}

/** Prepares the database once, whichever project asks first. */
export async function setup(project: TestProject): Promise<void> {
  users++
  shared ??= prepare()
  project.provide('database', await shared)
}

export async function teardown(): Promise<void> {
  users--
  if (users === 0) await end()
}

async function prepare(): Promise<string> {
  const data = mkdtempSync(join(tmpdir(), 'antiphon-test-'))
  const config = readConfig({ ...process.env, ANTIPHON_DATA: data })
  const database = await provideDatabase(config, silent)
  end = async () => {
    await database.close()
    rmSync(data, { recursive: true, force: true })
  }
  const template = await emptyTemplate(database)
  await bringUpToDate(template, silent)
  const jobs = openDatabase({ connection: template, connections: 1, statementTimeout: 60_000 })
  await migrateJobs(jobs.pool, openLog('silent'))
  await jobs.close()
  return JSON.stringify(template)
}

async function emptyTemplate(database: BootDatabase): Promise<pg.PoolConfig> {
  const client = new pg.Client(database.pool)
  await client.connect()
  await client.query('drop database if exists antiphon_test_template')
  await client.query('create database antiphon_test_template')
  await client.end()
  const { connectionString, ...rest } = database.pool
  if (!connectionString) return { ...rest, database: 'antiphon_test_template' }
  const url = new URL(connectionString)
  url.pathname = '/antiphon_test_template'
  return { connectionString: url.href }
}
