/**
 * Kills the server while it delivers events to four endpoints, and holds it to what it promises of deliveries.
 *
 *   node test/deliveries/run.ts [--events 10000] [--kills 5] [--port 4795]
 *
 * Node 24. Ends with exit code 1 when a law of laws.ts is broken, and keeps the data directory then.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { makeKey, type Place, type Product, start, stopAll } from '../product.ts'
import { type Endpoint, judge, type Logged } from './laws.ts'
import { NOWHERE, openSinks, type Sink } from './sinks.ts'

const { values } = parseArgs({
  options: {
    events: { type: 'string', default: '10000' },
    kills: { type: 'string', default: '5' },
    port: { type: 'string', default: '4795' },
  },
})
const [EVENTS, KILLS] = [Number(values.events), Number(values.kills)]
const CLIENTS = 12
const CONVERSATIONS = 60
/** Ten attempts within half a minute. */
const FACTOR = '0.0001'
/** An eighth of a second for each event is ten times what an idle machine needs. */
const WITHIN_MS = 120_000 + EVENTS * 125

/** What no repeat would change. */
class Refused extends Error {}

process.env['ANTIPHON_OUTBOUND_ALLOW'] = '127.0.0.1/32'
process.env['ANTIPHON_WEBHOOK_RETRY_FACTOR'] = FACTOR
const place: Place = {
  root: join(import.meta.dirname, '../..'),
  data: mkdtempSync(join(tmpdir(), 'antiphon-deliveries-')),
  port: Number(values.port),
}
const began = performance.now()
let product: Product
let bearer = ''

const giveUp = () => void stopAll(place).then(() => process.exit(1))
const watchdog = setTimeout(() => {
  say(`Not done within ${WITHIN_MS / 1_000} s.`)
  giveUp()
}, WITHIN_MS)
process.once('SIGINT', giveUp).once('SIGTERM', giveUp)

const sinks = await openSinks()
try {
  process.exitCode = (await run(sinks)) ? 0 : 1
} catch (error) {
  say(error instanceof Error ? (error.stack ?? error.message) : String(error))
  process.exitCode = 1
} finally {
  await stopAll(place)
  clearTimeout(watchdog)
  for (const sink of sinks) sink.close()
  if (process.exitCode === 0) rmSync(place.data, { recursive: true, force: true })
  if (process.exitCode === 0) rmSync(`${place.data}.log`, { force: true })
  else say(`What it did is in ${place.data}.log, the data in ${place.data}.`)
}

async function run(sinks: readonly Sink[]): Promise<boolean> {
  product = await start(place)
  bearer = (await makeKey(place, 'Deliveries')).bearer
  const conversations = await converse()
  const urls = [
    ...sinks.map((sink) => ({ name: sink.name, url: sink.url, sink })),
    { name: 'refuses', url: NOWHERE, sink: null },
  ]
  const made: { id: string; name: string; sink: Sink | null }[] = []
  for (const { name, url, sink } of urls) {
    const { id } = await call<{ id: string }>('POST', '/v1/webhooks', {
      url,
      description: name,
      events: ['message.noted'],
    })
    made.push({ id, name, sink })
  }
  const writers = write(conversations)
  for (let kill = 1; kill <= KILLS; kill++) await strike(kill, sinks)
  await writers
  say(`${EVENTS} events were made.`)
  await settle(made.map(({ id }) => id))

  const events = await eventIds()
  const endpoints: Endpoint[] = []
  for (const { id, name, sink } of made)
    endpoints.push({ name, sink, deliveries: await pages<Logged>(`/v1/webhooks/${id}/deliveries`) })
  for (const { name, deliveries, sink } of endpoints) {
    const failed = deliveries.filter(({ status }) => status === 'failed').length
    const seen = sink
      ? `${sink.arrivals.length} requests for ${new Set(sink.arrivals.map(({ id }) => id)).size} events`
      : 'nothing'
    say(`${name}: ${deliveries.length} deliveries, ${failed} failed; it saw ${seen}`)
  }
  const verdict = judge({ events, endpoints, kills: KILLS })
  if (events.length !== EVENTS)
    verdict.push({ law: 'every event that was made is in the log', broken: [`there are ${events.length}`] })
  for (const { law, broken } of verdict) {
    say(`${broken.length === 0 ? 'holds ' : 'BROKEN'}  ${law}`)
    for (const one of broken.slice(0, 5)) say(`          ${one}`)
  }
  return verdict.every(({ broken }) => broken.length === 0)
}

async function converse(): Promise<string[]> {
  const ids: string[] = []
  for (let n = 1; n <= CONVERSATIONS; n++) {
    ids.push(
      (await call<{ id: string }>('POST', '/v1/conversations', { contact: { external_id: `customer ${n}` } })).id,
    )
  }
  return ids
}

/** Notes, each posted until it is there, under a name of its own. */
async function write(conversations: readonly string[]): Promise<void> {
  let next = 0
  const writer = async () => {
    while (next < EVENTS) {
      const n = next++
      const path = `/v1/conversations/${conversations[n % conversations.length]}/messages`
      await call('POST', path, { type: 'note', body: `note ${n}`, client_message_id: `note-${n}` })
    }
  }
  await Promise.all(Array.from({ length: CLIENTS }, writer))
}

/** Kills it once its share of all events has arrived, with its database every second time. */
async function strike(kill: number, sinks: readonly Sink[]): Promise<void> {
  const arrived = () => sinks.reduce((sum, sink) => sum + new Set(sink.arrivals.map(({ id }) => id)).size, 0)
  const share = (kill / (KILLS + 1)) * EVENTS * sinks.length
  while (arrived() < share) await sleep(50)
  const whom = kill % 2 === 0 ? 'group' : 'process'
  await product.kill('SIGKILL', whom)
  const struck = performance.now()
  product = await start(place)
  say(
    `${kill}. killed (${whom}) after ${arrived()} arrivals; ready again in ${Math.round(performance.now() - struck)} ms`,
  )
}

/** Waits until nothing is pending any more. */
async function settle(ids: readonly string[]): Promise<void> {
  for (const id of ids) {
    const path = `/v1/webhooks/${id}/deliveries?status=pending&limit=1`
    while ((await call<{ data: object[] }>('GET', path)).data.length > 0) await sleep(500)
  }
}

async function eventIds(): Promise<string[]> {
  return (await pages<{ id: string }>('/v1/events', '&types=message.noted')).map(({ id }) => id)
}

async function pages<T>(path: string, more = ''): Promise<T[]> {
  const rows: T[] = []
  for (let after = ''; ; ) {
    const query = `?limit=200${more}${after && `&after=${encodeURIComponent(after)}`}`
    const page = await call<{ data: T[]; has_more: boolean; next_cursor: string }>('GET', path + query)
    rows.push(...page.data)
    if (!page.has_more) return rows
    after = page.next_cursor
  }
}

/** Asks until there is an answer that says something about the request. */
async function call<T>(method: string, path: string, body?: object): Promise<T> {
  for (;;) {
    try {
      const response = await fetch(`http://127.0.0.1:${place.port}${path}`, {
        method,
        headers: { authorization: `Bearer ${bearer}`, ...(body ? { 'content-type': 'application/json' } : {}) },
        ...(body ? { body: JSON.stringify(body) } : {}),
        signal: AbortSignal.timeout(10_000),
      })
      const text = await response.text()
      if (response.ok) return JSON.parse(text)
      if (response.status < 500) throw new Refused(`${method} ${path} answered ${response.status}: ${text}`)
    } catch (error) {
      if (error instanceof Refused) throw error
    }
    await sleep(100)
  }
}

function say(line: string): void {
  console.log(`${((performance.now() - began) / 1_000).toFixed(1).padStart(5)} s  ${line}`)
}
