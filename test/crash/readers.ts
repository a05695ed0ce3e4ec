/** Clients that read the event log while the server dies: one by socket, one by pages. Both go on from their last cursor. */
import { setTimeout as sleep } from 'node:timers/promises'
import { WebSocket } from 'ws'
import { field } from './writers.ts'

export interface Event {
  readonly id: string
  readonly type: string
  readonly cursor: string
  readonly data: unknown
}

export interface Reader {
  /** Everything read so far, in the order in which it came. */
  readonly events: Event[]
  readonly violations: string[]
  /** How often the server was lost: connections, pages. */
  readonly losses: () => number
  stop(): void
}

interface Caller {
  readonly url: string
  readonly bearer: string
}

const ANSWER_MS = 5_000

/** Follows the log by socket, from a cursor. */
export function followLive({ url, bearer }: Caller, from: string): Reader {
  const events: Event[] = []
  const violations: string[] = []
  let cursor = from
  let connections = 0
  let socket: WebSocket | null = null
  let isStopped = false

  const hear = (text: string) => {
    const frame: unknown = JSON.parse(text)
    if (field(frame, 'type') === 'resync_required') violations.push(`The socket was told to read afresh: ${text}`)
    const event = readEvent(field(frame, 'event'))
    if (!event) return
    events.push(event)
    cursor = event.cursor
  }
  const connect = () => {
    if (isStopped) return
    const address = `${url.replace('http', 'ws')}/v1/live?after=${encodeURIComponent(cursor)}`
    socket = new WebSocket(address, { headers: { authorization: `Bearer ${bearer}` }, handshakeTimeout: 5_000 })
    socket.on('message', (data) => hear(String(data)))
    socket.on('error', () => {}) // the close that follows is what counts
    socket.on('close', () => setTimeout(connect, 50))
    socket.on('open', () => connections++)
  }
  connect()
  return {
    events,
    violations,
    losses: () => connections - 1,
    stop: () => {
      isStopped = true
      socket?.terminate()
    },
  }
}

/** Reads the log by pages, from a cursor, again and again. */
export function followFeed(caller: Caller, from: string): Reader {
  const events: Event[] = []
  const violations: string[] = []
  let losses = 0
  let isStopped = false
  const run = async () => {
    for (let cursor = from; !isStopped; ) {
      const page = await readPage(caller, cursor)
      if (page.status === 0 || page.status >= 500) losses++
      else if (page.status !== 200) violations.push(`The feed answered ${page.status}.`)
      events.push(...page.events)
      cursor = page.next ?? cursor
      await sleep(page.events.length > 100 ? 0 : 100)
    }
  }
  void run()
  return {
    events,
    violations,
    losses: () => losses,
    stop: () => {
      isStopped = true
    },
  }
}

/** The page of the log after a cursor; its status is 0 when no answer came. */
export async function readPage(
  { url, bearer }: Caller,
  cursor: string | null,
): Promise<{ status: number; events: Event[]; next: string | null }> {
  const after = cursor === null ? '' : `&after=${encodeURIComponent(cursor)}`
  try {
    const response = await fetch(`${url}/v1/events?limit=200${after}`, {
      headers: { authorization: `Bearer ${bearer}` },
      signal: AbortSignal.timeout(ANSWER_MS),
    })
    if (response.status !== 200) return { status: response.status, events: [], next: null }
    const page: unknown = await response.json()
    const [data, next] = [field(page, 'data'), field(page, 'next_cursor')]
    const events = Array.isArray(data) ? data.map(readEvent).filter((event) => event !== null) : []
    return { status: 200, events, next: typeof next === 'string' ? next : null }
  } catch {
    return { status: 0, events: [], next: null }
  }
}

function readEvent(value: unknown): Event | null {
  const [id, type, cursor] = [field(value, 'id'), field(value, 'type'), field(value, 'cursor')]
  if (typeof id !== 'string' || typeof type !== 'string' || typeof cursor !== 'string') return null
  return { id, type, cursor, data: field(value, 'data') }
}
