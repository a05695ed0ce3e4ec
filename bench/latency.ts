/**
 * From one side's request to the other side's socket, at 200 messages a second: half from visitors of a web page to the
 * team, half from the team to visitors.
 *
 *   node bench/latency.ts [--seconds 30] [--rate 200] [--port 4720]
 */
import { Agent, request } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { WebSocket } from 'ws'
import { makeKey, type Product } from '../test/product.ts'
import { onProduct, percentile } from './measuring.ts'

const VISITORS = 100
const WARM_SECONDS = 5
const PROMISED_MS = 100

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '30' },
    rate: { type: 'string', default: '200' },
    port: { type: 'string', default: '4720' },
  },
})

interface Visitor {
  readonly token: string
  readonly conversation_id: string
  /** Visitors are limited by address, so that each comes from one of its own. */
  readonly agent: Agent
}

await onProduct('latency', Number(values.port), async (product) => {
  const { bearer } = await makeKey(product, 'Latency')
  const team = new Agent({ keepAlive: true })
  const inboxes = await call(product, team, bearer, { method: 'GET', path: '/v1/inboxes' })
  const inbox_id: string = inboxes.data.find((one: { channel: string }) => one.channel === 'web_chat').id
  const visitors = await arrive(product, inbox_id)

  const sent = new Map<string, number>()
  const took: number[] = []
  const hear = (text: string) => {
    const frame = JSON.parse(text)
    const body: string = frame.event?.data?.message?.body ?? ''
    const at = sent.get(body)
    if (at !== undefined && sent.delete(body)) took.push(performance.now() - at)
  }
  await listen(product, { headers: { authorization: `Bearer ${bearer}` } }, hear)
  for (const { token, agent } of visitors) {
    const socket = await listen(product, { agent }, hear)
    socket.send(JSON.stringify({ type: 'auth', token }))
  }
  await sleep(1_000)

  const say = (n: number, visitor: Visitor) => {
    const body = `message ${n}`
    sent.set(body, performance.now())
    if (n % 2 === 0) {
      const path = `/v1/web-chat/${inbox_id}/messages`
      return call(product, visitor.agent, visitor.token, { path, body: { body, client_message_id: `m-${n}` } })
    }
    const path = `/v1/conversations/${visitor.conversation_id}/messages`
    return call(product, team, bearer, { path, body: { type: 'outgoing', body } })
  }
  const [every, total] = [1_000 / Number(values.rate), (Number(values.seconds) + WARM_SECONDS) * Number(values.rate)]
  const began = performance.now()
  const answers: Promise<unknown>[] = []
  for (let n = 0; n < total; n++) {
    const visitor = visitors[(n >> 1) % visitors.length]
    if (visitor) answers.push(say(n, visitor))
    if (n === WARM_SECONDS * Number(values.rate)) took.length = 0
    await sleep(Math.max(0, began + (n + 1) * every - performance.now()))
  }
  await Promise.all(answers)
  await sleep(2_000)

  const milliseconds = (share: number) => `${percentile(took, share).toFixed(1)} ms`
  console.log(`${took.length} messages arrived, ${sent.size} did not; ${values.rate}/s, ${VISITORS} visitors`)
  console.log(`p50 ${milliseconds(0.5)}, p95 ${milliseconds(0.95)}, p99 ${milliseconds(0.99)}, most ${milliseconds(1)}`)
  return sent.size === 0 && percentile(took, 0.99) < PROMISED_MS
})

/** Visitors who have written once, so that each has a conversation. */
async function arrive(product: Product, inbox_id: string): Promise<Visitor[]> {
  const visitors: Visitor[] = []
  for (let n = 1; n <= VISITORS; n++) {
    const agent = new Agent({ keepAlive: true, localAddress: `127.0.1.${n}` })
    const path = `/v1/web-chat/${inbox_id}`
    const { token } = await call(product, agent, null, { path: `${path}/visitors`, body: { name: `Visitor ${n}` } })
    const hello = { body: 'Hello', client_message_id: `hello-${n}` }
    const { conversation_id } = await call(product, agent, token, { path: `${path}/messages`, body: hello })
    visitors.push({ token, conversation_id, agent })
  }
  return visitors
}

function listen(
  { url }: Product,
  options: { agent?: Agent; headers?: Record<string, string> },
  hear: (text: string) => void,
): Promise<WebSocket> {
  const socket = new WebSocket(`${url.replace('http', 'ws')}/v1/live`, options)
  socket.on('message', (data) => hear(String(data)))
  return new Promise((resolve, reject) => socket.once('open', () => resolve(socket)).once('error', reject))
}

// biome-ignore lint/suspicious/noExplicitAny: answers of many routes, read once each.
type Reply = any

function call(
  { url }: Product,
  agent: Agent,
  bearer: string | null,
  what: { method?: string; path: string; body?: object },
): Promise<Reply> {
  const headers = { 'content-type': 'application/json', ...(bearer ? { authorization: `Bearer ${bearer}` } : {}) }
  return new Promise((resolve, reject) => {
    const sent = request(url + what.path, { method: what.method ?? 'POST', headers, agent }, (response) => {
      const parts: Buffer[] = []
      response.on('data', (part: Buffer) => parts.push(part))
      response.on('end', () => {
        const text = Buffer.concat(parts).toString()
        if ((response.statusCode ?? 0) < 300) resolve(JSON.parse(text))
        else reject(new Error(`${what.path} answered ${response.statusCode}: ${text}`))
      })
    })
    sent.on('error', reject)
    sent.end(what.body && JSON.stringify(what.body))
  })
}
