/**
 * What posting a message through HTTP costs, beside what its statement and a plain insert cost on the same server.
 *
 *   node bench/posting.ts [--rounds 5] [--seconds 10] [--clients 16] [--port 4710]
 *
 * Needs Node 24, pgbench and wrk (Debian: apt-get install postgresql-contrib wrk).
 */
import { execFile } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs, promisify } from 'node:util'
import pg from 'pg'
import { APPEND, PARAMETERS, type Parameter } from '../server/src/modules/messages/appending.ts'
import { makeKey, type Product } from '../test/product.ts'
import { median, onProduct, row, until } from './measuring.ts'

const CONVERSATIONS = 2_000
const BODY =
  'Thank you for writing! We have looked into it: your parcel left our warehouse this morning and arrives tomorrow.'
const ID_PREFIX = '00000000-0000-7000-8000-'
/** Ids in the order of time, as the server makes them: a time, the client, and how many it has made. */
const nextId = (kind: '8' | 'a') =>
  `(:time || '7' || lpad(to_hex(:client_id::bigint), 3, '0') || '${kind}' || lpad(to_hex(:made::bigint), 15, '0'))::uuid`
/** The id of the conversation that pgbench picks. */
const CONVERSATION_ID = `('${ID_PREFIX}' || lpad(to_hex(:n::bigint), 12, '0'))::uuid`

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '10' },
    clients: { type: 'string', default: '16' },
    port: { type: 'string', default: '4710' },
  },
})
const { rounds, seconds, clients } = values
const run = promisify(execFile)

await onProduct('posting', Number(values.port), async (product) => {
  const { workspace, bearer } = await makeKey(product, 'Posting')
  const database = new pg.Client({ host: `${product.data}/socket`, user: 'antiphon', database: 'antiphon' })
  await database.connect()
  await prepare(product, bearer, database)
  const scripts = writeScripts(product)

  const ways = {
    'one row, two indexes': () => aside(product, () => pgbench(product, scripts.insert, workspace)),
    'the statement': () => aside(product, () => pgbench(product, scripts.append, workspace)),
    'through HTTP': () => wrk(product, bearer),
  }
  const results = new Map<string, number[]>(Object.keys(ways).map((name) => [name, []]))
  for (let round = 1; round <= Number(rounds); round++) {
    for (const [name, measure] of Object.entries(ways)) {
      await settle(database)
      const rate = await measure()
      results.get(name)?.push(rate)
      console.log(`round ${round}  ${name.padEnd(22)} ${Math.round(rate)}/s`)
    }
  }
  await database.end()

  const [insert = 0, append = 0, http = 0] = [...results.values()].map(median)
  console.log(`\n${row(['', 'median', 'all'])}\n${row(['---', '---', '---'])}`)
  for (const [name, rates] of results) {
    console.log(row([name, `${Math.round(median(rates))}/s`, rates.map(Math.round).join(', ')]))
  }
  console.log(`\nHTTP / statement: ${(http / append).toFixed(2)} (at least 0.40)`)
  console.log(`statement / one row: ${(append / insert).toFixed(2)} (at least 0.40)`)
  return http / append >= 0.4 && append / insert >= 0.4
})

/** Conversations whose ids pgbench can compute: a fixed beginning, and their number. */
async function prepare({ url }: Product, bearer: string, database: pg.Client): Promise<void> {
  const headers = { authorization: `Bearer ${bearer}`, 'content-type': 'application/json' }
  let next = 1
  const start = async () => {
    for (let n = next++; n <= CONVERSATIONS; n = next++) {
      const body = JSON.stringify({ contact: { external_id: `c${n}`, name: `Customer ${n}` } })
      const response = await fetch(`${url}/v1/conversations`, { method: 'POST', headers, body })
      if (response.status !== 201) throw new Error(`A conversation was answered ${response.status}.`)
      await response.arrayBuffer()
    }
  }
  await Promise.all(Array.from({ length: 16 }, start))
  await database.query(`update conversations set id = ('${ID_PREFIX}' || lpad(to_hex(number), 12, '0'))::uuid`)
  await database.query('create schema bench')
  // A row of a message's size, keyed as the product's rows are.
  await database.query(`create table bench.rows (workspace_id uuid, id uuid, conversation_id uuid not null,
    body text not null, created_at timestamptz not null default now(), primary key (workspace_id, id))`)
  await database.query('create index on bench.rows (workspace_id, conversation_id, created_at)')
  await database.query('vacuum analyze')
}

function writeScripts({ data }: Product): { insert: string; append: string } {
  const directory = join(data, 'bench')
  mkdirSync(directory, { recursive: true })
  const pick = `\\set n random(1, ${CONVERSATIONS})\n\\set made :made + 1`
  const scripts = { insert: join(directory, 'insert.sql'), append: join(directory, 'append.sql') }
  const values = `:workspace, ${nextId('8')}, ${CONVERSATION_ID}, :body`
  writeFileSync(
    scripts.insert,
    `${pick}\ninsert into bench.rows (workspace_id, id, conversation_id, body) values (${values});\n`,
  )
  writeFileSync(scripts.append, `${pick}\n${forPgbench(APPEND.outgoing)};\n`)
  return scripts
}

/** The product's own statement, with pgbench's variables in place of its parameters. */
function forPgbench(text: string): string {
  const values: Record<Parameter, string> = {
    workspace_id: ':workspace',
    conversation_id: CONVERSATION_ID,
    now: 'now()',
    now_as_text: ':now',
    id: nextId('8'),
    body: ':body',
    html: 'null',
    author_type: ':actor_type',
    author_id: ':actor_id',
    author_name: ':actor_name',
    attachments: ':attachments',
    client_message_id: 'null',
    in_reply_to: 'null',
    metadata: ':metadata',
    sent_at: 'null',
    preview: ':body',
    event_id: nextId('a'),
    actor_type: ':actor_type',
    actor_id: ':actor_id',
    actor_name: ':actor_name',
  }
  // pgbench takes a colon within a quoted format for a variable of its own.
  const quoted = text.replaceAll(/'([^']*):MI:SS([^']*)'/g, `U&'$1\\003AMI\\003ASS$2'`)
  return quoted.replaceAll(/\$(\d+)/g, (_, n) => values[PARAMETERS[Number(n) - 1] ?? 'now'])
}

/** Measures the database alone: a server that ran would put the events of the statement in order meanwhile. */
async function aside({ pid }: Product, measure: () => Promise<number>): Promise<number> {
  process.kill(pid, 'SIGSTOP')
  try {
    return await measure()
  } finally {
    process.kill(pid, 'SIGCONT')
  }
}

async function pgbench({ data }: Product, script: string, workspace: string): Promise<number> {
  const actor = { actor_type: 'api', actor_id: 'benchbenchbenchb', actor_name: 'Posting' }
  const now = new Date().toISOString()
  const time = Date.now().toString(16).padStart(12, '0')
  const own = { workspace, now, time, made: '0', body: BODY, attachments: '[]', metadata: '{}' }
  const defined = Object.entries({ ...actor, ...own })
  const { stdout } = await run('pgbench', [
    ...['-n', '-M', 'prepared', '-c', clients, '-j', '1', '-T', seconds, '-f', script],
    ...defined.flatMap(([name, value]) => ['-D', `${name}=${value}`]),
    ...['-h', `${data}/socket`, '-U', 'antiphon', 'antiphon'],
  ])
  return Number(/tps = ([\d.]+)/.exec(stdout)?.[1])
}

async function wrk({ url }: Product, bearer: string): Promise<number> {
  const { stdout } = await run(
    'wrk',
    ['-t', '1', '-c', clients, '-d', `${seconds}s`, '-s', join(import.meta.dirname, 'posting.lua'), url],
    {
      env: {
        ...process.env,
        BENCH_KEY: bearer,
        BENCH_BODY: BODY,
        BENCH_ID_PREFIX: ID_PREFIX,
        BENCH_CONVERSATIONS: String(CONVERSATIONS),
      },
    },
  )
  const result = JSON.parse(/RESULT (.*)/.exec(stdout)?.[1] ?? 'null')
  if (result.refused > 0 || result.broken > 0) throw new Error(`Not every message was taken: ${JSON.stringify(result)}`)
  console.log(`         p50 ${result.p50 / 1_000} ms, p99 ${result.p99 / 1_000} ms`)
  return (result.requests / result.microseconds) * 1e6
}

/** Waits until every event has its position, and writes what is dirty: each measurement begins alike. */
async function settle(database: pg.Client): Promise<void> {
  await until(async () => {
    const { rows } = await database.query('select from outbox limit 1')
    return rows.length === 0
  })
  await database.query('checkpoint')
}
