/**
 * Kills the server while 16 clients post messages, and holds it to what it has said.
 *
 *   node test/crash/run.ts [--product <directory of the sources>] [--port <port>]
 *
 * Node 24. Ends with exit code 1 when a law of laws.ts is broken, and keeps the data directory then.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { launch, makeKey, type Place, type Product, postmaster, ready, start, stopAll } from '../product.ts'
import { judge, type Kept } from './laws.ts'
import { followFeed, followLive, type Reader, readPage } from './readers.ts'
import { field, openLedger, readMessage, write } from './writers.ts'

const CLIENTS = 16
const CONVERSATIONS = 12
/** Half a minute on an idle machine; several times that where others work as well. */
const WITHIN_MS = 180_000
const LEVEL_MS = 10_000
const AT_WORK = 30
const AT_WORK_MS = 5_000

type Strike = 'process' | 'group' | 'process and database' | 'process, twice' | 'database'
const STRIKES: readonly Strike[] = [
  'process',
  'process',
  'database',
  'group',
  'process and database',
  'process',
  'process, twice',
  'group',
  'database',
  'process and database',
  'process',
  'process',
]

const { values } = parseArgs({ options: { product: { type: 'string' }, port: { type: 'string', default: '4790' } } })
const place: Place = {
  root: resolve(values.product ?? join(import.meta.dirname, '../..')),
  data: mkdtempSync(join(tmpdir(), 'antiphon-crash-')),
  port: Number(values.port),
}
const began = performance.now()
let product: Product | undefined

const watchdog = setTimeout(() => {
  say(`Not done within ${WITHIN_MS / 1_000} s.`)
  void giveUp()
}, WITHIN_MS)
process.on('SIGINT', () => void giveUp())
process.on('SIGTERM', () => void giveUp())

try {
  process.exitCode = (await run()) ? 0 : 1
} catch (error) {
  say(error instanceof Error ? (error.stack ?? error.message) : String(error))
  process.exitCode = 1
} finally {
  await stopAll(place)
  clearTimeout(watchdog)
  if (process.exitCode === 0) rmSync(place.data, { recursive: true, force: true })
  if (process.exitCode === 0) rmSync(`${place.data}.log`, { force: true })
  else say(`What it did is in ${place.data}.log, the data in ${place.data}.`)
}

async function run(): Promise<boolean> {
  product = await start(place)
  say(`Started ${place.root} on ${product.url}, data in ${place.data}.`)
  const { bearer } = await makeKey(place, 'Crash')
  const caller = { url: product.url, bearer }
  const { status, next: from } = await readPage(caller, null)
  if (from === null) throw new Error(`The feed gave no cursor to begin from: it answered ${status}.`)
  const [live, feed] = [followLive(caller, from), followFeed(caller, from)]
  const target = await prepare(caller)

  const ledger = openLedger()
  let isOver = false
  const writers = Array.from({ length: CLIENTS }, (_, n) => write(n, { ...caller, ...target }, ledger, () => isOver))
  for (const [index, how] of STRIKES.entries()) {
    const before = ledger.acknowledged.length
    await sleep(300 + Math.random() * 1_200)
    await atWork(() => ledger.acknowledged.length - before)
    const count = ledger.acknowledged.length - before
    const struck = performance.now()
    await strike(how)
    const back = Math.round(performance.now() - struck)
    say(`${String(index + 1).padStart(2)}. killed after ${count} messages: ${how}; ready again in ${back} ms`)
  }
  await sleep(1_000)
  isOver = true
  await Promise.all(writers)
  say(
    `${ledger.acknowledged.length} acknowledged in all; answers: ${JSON.stringify(Object.fromEntries(ledger.answers))}.`,
  )

  const kept = await readAll(caller)
  await level(live, feed)
  const { acknowledged, posted } = ledger
  const verdict = judge({ acknowledged, posted, kept, live: live.events, feed: feed.events })
  const answers = [...ledger.violations, ...live.violations, ...feed.violations]
  verdict.unshift({ law: 'no client was answered what it should not be', broken: answers })
  say(
    `${kept.length} conversations; the socket has ${live.events.length} events after ${live.losses()} losses, the feed ${feed.events.length} after ${feed.losses()}.`,
  )
  for (const { law, broken } of verdict) report(law, broken)
  return verdict.every(({ broken }) => broken.length === 0)
}

/** Conversations of known contacts in the workspace's API inbox. */
async function prepare(caller: { url: string; bearer: string }) {
  const inboxes = await get(caller, '/v1/inboxes')
  const inbox = list(inboxes).find((one) => field(one, 'channel') === 'api')
  const inbox_id = String(field(inbox, 'id'))
  const conversations = []
  for (let n = 1; n <= CONVERSATIONS; n++) {
    const external_id = `customer ${n}`
    const made = await post(caller, '/v1/conversations', { contact: { external_id, name: `Customer ${n}` } })
    conversations.push({ id: String(field(made, 'id')), external_id })
  }
  return { inbox_id, conversations }
}

async function strike(how: Strike): Promise<void> {
  if (!product) throw new Error('There is nothing to kill.')
  const database = postmaster(place)
  if (how === 'database') {
    // The server lives, and starts it again by itself.
    if (database) process.kill(database.pid, 'SIGKILL')
    return ready(product)
  }
  await product.kill('SIGKILL', how === 'group' ? 'group' : 'process')
  if (how === 'process and database' && database) process.kill(database.pid, 'SIGKILL')
  if (how === 'process, twice') {
    const early = launch(place)
    await sleep(100 + Math.random() * 500)
    early.kill('SIGKILL')
    if (early.exitCode === null && early.signalCode === null) await new Promise((gone) => early.once('exit', gone))
  }
  product = await start(place)
}

/** Waits for some messages to get through, so that it is at its work when it is killed. */
async function atWork(count: () => number): Promise<void> {
  for (const until = performance.now() + AT_WORK_MS; count() < AT_WORK && performance.now() < until; ) await sleep(20)
}

async function readAll(caller: { url: string; bearer: string }): Promise<Kept[]> {
  const conversations = await pages(caller, '/v1/conversations')
  return Promise.all(
    conversations.map(async (conversation) => {
      const id = String(field(conversation, 'id'))
      const messages = await pages(caller, `/v1/conversations/${id}/messages`)
      return {
        id,
        messages_count: Number(field(conversation, 'messages_count')),
        messages: messages.map(readMessage).filter((message) => message !== null),
      }
    }),
  )
}

/** Waits until both readers have come to the end of the log: nothing new for a second. */
async function level(live: Reader, feed: Reader): Promise<void> {
  const until = performance.now() + LEVEL_MS
  for (let before = -1; performance.now() < until; ) {
    const count = live.events.length + feed.events.length
    if (count === before && live.events.length === feed.events.length) break
    before = count
    await sleep(1_000)
  }
  live.stop()
  feed.stop()
}

async function pages(caller: { url: string; bearer: string }, path: string): Promise<unknown[]> {
  const rows: unknown[] = []
  for (let after = ''; ; ) {
    const page = await get(caller, `${path}?limit=200${after && `&after=${encodeURIComponent(after)}`}`)
    rows.push(...list(page))
    if (field(page, 'has_more') !== true) return rows
    after = String(field(page, 'next_cursor'))
  }
}

async function get({ url, bearer }: { url: string; bearer: string }, path: string): Promise<unknown> {
  const response = await fetch(url + path, { headers: { authorization: `Bearer ${bearer}` } })
  if (!response.ok) throw new Error(`GET ${path} answered ${response.status}: ${await response.text()}`)
  return response.json()
}

async function post({ url, bearer }: { url: string; bearer: string }, path: string, body: object): Promise<unknown> {
  const headers = { authorization: `Bearer ${bearer}`, 'content-type': 'application/json' }
  const response = await fetch(url + path, { method: 'POST', headers, body: JSON.stringify(body) })
  if (!response.ok) throw new Error(`POST ${path} answered ${response.status}: ${await response.text()}`)
  return response.json()
}

function list(page: unknown): unknown[] {
  const data = field(page, 'data')
  return Array.isArray(data) ? data : []
}

function report(law: string, broken: readonly string[]): void {
  say(`${broken.length === 0 ? 'holds ' : 'BROKEN'}  ${law}`)
  for (const one of broken.slice(0, 5)) say(`          ${one}`)
  if (broken.length > 5) say(`          … and ${broken.length - 5} more`)
}

async function giveUp(): Promise<void> {
  await stopAll(place)
  process.exit(1)
}

function say(line: string): void {
  console.log(`${((performance.now() - began) / 1_000).toFixed(1).padStart(5)} s  ${line}`)
}
