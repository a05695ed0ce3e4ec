/**
 * Deliveries to four endpoints of one sink, beside a bare loop that posts the same bodies to the same sink over as many
 * connections; and how long after its commit an event arrives, at 200 events a second.
 *
 *   node bench/deliveries.ts [--rounds 3] [--events 4000] [--seconds 20] [--port 4740]
 */
import { type ChildProcess, fork } from 'node:child_process'
import { createServer } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import pg from 'pg'
import { Agent } from 'undici'
import { makeKey, type Product } from '../test/product.ts'
import { median, onProduct, percentile, row } from './measuring.ts'

const ENDPOINTS = 4
/** What one endpoint has under way at once. */
const AT_ONCE = 32
const CONVERSATIONS = 500
const RATE = 200
const PROMISED_SHARE = 0.2
const PROMISED_MS = 250
const PATIENCE_MS = 180_000

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '3' },
    events: { type: 'string', default: '4000' },
    seconds: { type: 'string', default: '20' },
    port: { type: 'string', default: '4740' },
    sink: { type: 'boolean', default: false },
  },
})
const EVENTS = Number(values.events)

interface Seen {
  readonly count: number
  /** Milliseconds from the first request to the last. */
  readonly took: number
  /** From the time of each event to its arrival. */
  readonly delays: readonly number[]
  readonly body: string
}

if (values.sink) serve()
else {
  process.env['ANTIPHON_OUTBOUND_ALLOW'] = '127.0.0.1/32'
  await onProduct('deliveries', Number(values.port), compare)
}

async function compare(product: Product): Promise<boolean> {
  const sink = await openSink()
  try {
    const { workspace, bearer } = await makeKey(product, 'Deliveries')
    const ask = askerOf(product, bearer)
    const { id: conversation } = await ask('POST', '/v1/conversations', { contact: { external_id: 'one' } })
    const note = {
      type: 'note',
      body: 'A note as long as notes are: the customer called, and would like to be called back.',
    }
    await ask('POST', `/v1/conversations/${conversation}/messages`, note)
    const hooks: string[] = []
    for (let n = 0; n < ENDPOINTS; n++) {
      hooks.push((await ask('POST', '/v1/webhooks', { url: sink.url, events: ['message.noted'] })).id)
    }
    const delays = await measureDelay(sink, ask, conversation, hooks)
    const shares = await measureRate(product, sink, workspace)
    return delays <= PROMISED_MS && shares >= PROMISED_SHARE
  } finally {
    sink.process.kill()
  }
}

/** One endpoint hears of 200 notes a second. */
async function measureDelay(sink: Sink, ask: Ask, conversation: string, hooks: readonly string[]): Promise<number> {
  for (const id of hooks.slice(1)) await ask('PATCH', `/v1/webhooks/${id}`, { enabled: false })
  const conversations = [conversation]
  for (let n = 1; n < 50; n++) {
    conversations.push((await ask('POST', '/v1/conversations', { contact: { external_id: `customer ${n}` } })).id)
  }
  const total = Number(values.seconds) * RATE
  await sink.reset()
  const began = performance.now()
  const answers: Promise<unknown>[] = []
  for (let n = 0; n < total; n++) {
    const path = `/v1/conversations/${conversations[n % conversations.length]}/messages`
    answers.push(ask('POST', path, { type: 'note', body: `note ${n}` }))
    await sleep(Math.max(0, began + ((n + 1) * 1_000) / RATE - performance.now()))
  }
  await Promise.all(answers)
  const { delays } = await sink.until(total)
  const of = (share: number) => `${percentile(delays, share)} ms`
  console.log(`${total} events at ${Math.round(total / ((performance.now() - began) / 1_000))}/s`)
  console.log(`from the event to its arrival: p50 ${of(0.5)}, p95 ${of(0.95)}, p99 ${of(0.99)}, most ${of(1)}`)
  for (const id of hooks.slice(1)) await ask('PATCH', `/v1/webhooks/${id}`, { enabled: true })
  await sleep(2_000)
  return percentile(delays, 0.99)
}

/** The product and the bare loop in turns. */
async function measureRate(product: Product, sink: Sink, workspace: string): Promise<number> {
  const database = new pg.Client({ host: `${product.data}/socket`, user: 'antiphon', database: 'antiphon' })
  await database.connect()
  const count = EVENTS * ENDPOINTS
  const [product_, bare]: number[][] = [[], []]
  for (let round = 0; round < Number(values.rounds); round++) {
    await sink.reset()
    await happen(database, workspace)
    const delivered = await sink.until(count)
    product_?.push((count / delivered.took) * 1_000)
    await sink.reset()
    await postBare(sink.url, delivered.body, count)
    bare?.push((count / (await sink.until(count)).took) * 1_000)
  }
  await database.end()
  const share = median(product_ ?? []) / median(bare ?? [])
  const line = (name: string, rates: readonly number[] = []) =>
    console.log(row([name, `${median(rates).toFixed(0)}/s`, rates.map((rate) => rate.toFixed(0)).join(', ')]))
  line(`${count} deliveries`, product_)
  line(`bare loop, ${ENDPOINTS * AT_ONCE} connections`, bare)
  console.log(`deliveries, of the bare loop: ${share.toFixed(2)}`)
  return share
}

/** Many events at once, as one that happened, each of one of many conversations. */
async function happen(database: pg.Client, workspace: string): Promise<void> {
  await database.query(
    `insert into outbox (id, workspace_id, type, actor_type, actor_id, actor_name, data, previous, created_at)
     select (substr(id::text, 1, 14) || substr(gen_random_uuid()::text, 15))::uuid, workspace_id, type, actor_type, actor_id, actor_name,
       jsonb_set(data::jsonb, '{conversation,id}', to_jsonb(md5((n % $3)::text)::uuid::text))::json, previous, now()
     from (select * from events where workspace_id = $1 and type = 'message.noted' order by position limit 1) e,
       generate_series(1, $2) n`,
    [workspace, EVENTS, CONVERSATIONS],
  )
}

async function postBare(url: string, body: string, count: number): Promise<void> {
  const { origin, pathname: path } = new URL(url)
  const agent = new Agent({ connections: ENDPOINTS * AT_ONCE, pipelining: 1 })
  const headers = { 'content-type': 'application/json' }
  let left = count
  const loop = async () => {
    while (left-- > 0) {
      const { body: answer } = await agent.request({ origin, path, method: 'POST', headers, body })
      await answer.dump()
    }
  }
  await Promise.all(Array.from({ length: ENDPOINTS * AT_ONCE }, loop))
  await agent.close()
}

interface Sink {
  readonly url: string
  readonly process: ChildProcess
  reset(): Promise<void>
  until(count: number): Promise<Seen>
}

/** A sink in a process of its own. */
async function openSink(): Promise<Sink> {
  const child = fork(import.meta.filename, ['--sink'])
  const hear = <T>() => new Promise<T>((resolve) => child.once('message', (message) => resolve(message as T))) // what serve() sends
  const port = await hear<number>()
  const ask = <T>(what: string) => {
    const answer = hear<T>()
    child.send(what)
    return answer
  }
  return {
    url: `http://127.0.0.1:${port}/`,
    process: child,
    reset: () => ask('reset'),
    until: async (count) => {
      for (const end = performance.now() + PATIENCE_MS; performance.now() < end; await sleep(100)) {
        const seen = await ask<Seen>('seen')
        if (seen.count >= count) return seen
      }
      throw new Error('Not all of it arrived.')
    },
  }
}

/** The sink itself. */
function serve(): void {
  let [count, first, last, sample] = [0, 0, 0, '']
  let delays: number[] = []
  const server = createServer(async (request, response) => {
    const parts: Buffer[] = []
    for await (const part of request) parts.push(part)
    response.writeHead(204).end()
    const now = performance.timeOrigin + performance.now()
    if (count++ === 0) [first, sample] = [now, Buffer.concat(parts).toString()]
    last = now
    // The time stands near the beginning of the body.
    const [, time] = /"timestamp":"([^"]+)"/.exec(parts[0]?.subarray(0, 200).toString() ?? '') ?? []
    if (time) delays.push(Math.round(now - Date.parse(time)))
  })
  server.keepAliveTimeout = 60_000
  server.listen(0, '127.0.0.1', () => {
    const address = server.address()
    process.send?.(typeof address === 'object' ? address?.port : null)
  })
  process.on('message', (what) => {
    if (what === 'reset') [count, first, last, sample, delays] = [0, 0, 0, '', []]
    process.send?.({ count, took: last - first, delays: what === 'seen' && count < 20_000 ? delays : [], body: sample })
  })
  process.on('disconnect', () => process.exit())
}

// biome-ignore lint/suspicious/noExplicitAny: answers of a few routes, read once each.
type Ask = (method: string, path: string, body?: object) => Promise<any>

function askerOf({ url }: Product, bearer: string): Ask {
  const headers = { authorization: `Bearer ${bearer}`, 'content-type': 'application/json' }
  return async (method, path, body) => {
    const response = await fetch(url + path, { method, headers, ...(body ? { body: JSON.stringify(body) } : {}) })
    if (!response.ok) throw new Error(`${method} ${path} answered ${response.status}: ${await response.text()}`)
    return response.json()
  }
}
