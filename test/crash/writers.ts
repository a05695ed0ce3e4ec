/**
 * Clients that post until they are told to stop. Each message is posted until it is acknowledged, however often the
 * server dies meanwhile; some are posted twice at once, and some again after they were acknowledged.
 */
import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'

export interface Place {
  readonly url: string
  readonly bearer: string
  readonly inbox_id: string
  /** Conversations of the inbox, each with the name its contact has outside. */
  readonly conversations: readonly { readonly id: string; readonly external_id: string }[]
}

/** A message that the server has said it keeps. */
export interface Acknowledged {
  /** Its text, which no other message has. */
  readonly body: string
  readonly id: string
  readonly conversation_id: string
  readonly position: number
  readonly type: string
}

export interface Ledger {
  readonly acknowledged: Acknowledged[]
  /** Every text that was ever posted. */
  readonly posted: Set<string>
  /** Answers that no client should get. */
  readonly violations: string[]
  /** How often each answer, or none, was met. */
  readonly answers: Map<string, number>
}

interface Post {
  readonly method: 'POST' | 'PATCH'
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly json: string
}

const ANSWER_MS = 5_000

export function openLedger(): Ledger {
  return { acknowledged: [], posted: new Set(), violations: [], answers: new Map() }
}

/** Posts until `isOver`; resolves when everything posted has been acknowledged. */
export async function write(client: number, place: Place, ledger: Ledger, isOver: () => boolean): Promise<void> {
  for (let n = 1; !isOver(); n++) {
    const body = `message ${n} of client ${client}`
    ledger.posted.add(body)
    const post = compose(client, n, body, place)
    const first = n % 10 === 3 ? await twice(place, post, ledger) : await insist(place, post, ledger)
    const message = readMessage(first)
    if (message?.body !== body) ledger.violations.push(`${body}: answered with ${JSON.stringify(first)}`)
    else ledger.acknowledged.push(message)
    if (n % 5 === 0) {
      const again = readMessage(await insist(place, post, ledger))
      if (again?.id !== message?.id) ledger.violations.push(`${body}: a repeat answered with another message`)
    }
    if (n % 25 === 0) await insist(place, resolve(place, client, n), ledger)
    await sleep(Math.random() * 20)
  }
}

/** Even clients name their messages, odd ones their requests; all take turns at sending, noting and receiving. */
function compose(client: number, n: number, body: string, place: Place): Post {
  const named = client % 2 === 0
  const { id, external_id } = pick(place, client + n)
  const headers: Record<string, string> = named ? {} : { 'idempotency-key': randomUUID() }
  const client_message_id = `${client}-${n}`
  if (n % 3 === 0) {
    const json = JSON.stringify({ contact: { external_id }, body, client_message_id })
    return { method: 'POST', path: `/v1/inboxes/${place.inbox_id}/messages`, headers, json }
  }
  const type = n % 3 === 1 ? 'outgoing' : 'note'
  const json = JSON.stringify({ type, body, ...(named ? { client_message_id } : {}) })
  return { method: 'POST', path: `/v1/conversations/${id}/messages`, headers, json }
}

/** A resolved conversation is opened again by the next message: then one request writes two messages and two events. */
function resolve(place: Place, client: number, n: number): Post {
  const path = `/v1/conversations/${pick(place, client + n).id}`
  return { method: 'PATCH', path, headers: { 'idempotency-key': randomUUID() }, json: '{"status":"resolved"}' }
}

function pick({ conversations }: Place, n: number): { id: string; external_id: string } {
  const one = conversations[n % conversations.length]
  if (!one) throw new Error('There is no conversation to write in.')
  return one
}

async function twice(place: Place, post: Post, ledger: Ledger): Promise<unknown> {
  const [first, second] = await Promise.all([insist(place, post, ledger), insist(place, post, ledger)])
  if (readMessage(first)?.id !== readMessage(second)?.id) {
    ledger.violations.push(`Posted twice at once, made two: ${JSON.stringify([first, second])}`)
  }
  return first
}

/** Posts until it is acknowledged. Only what says nothing about the request is tried again. */
async function insist(place: Place, post: Post, ledger: Ledger): Promise<unknown> {
  for (;;) {
    const { status, reply } = await attempt(place, post)
    const answer = status === 0 ? 'no answer' : String(status)
    ledger.answers.set(answer, (ledger.answers.get(answer) ?? 0) + 1)
    if (status === 200 || status === 201) return reply
    const isUnderWay = status === 409 && field(reply, 'code') === 'idempotency_in_flight'
    if (status === 500) ledger.violations.push(`${post.method} ${post.path} answered 500: ${JSON.stringify(reply)}`)
    if (status > 0 && status < 500 && !isUnderWay) {
      ledger.violations.push(`${post.method} ${post.path} answered ${status}: ${JSON.stringify(reply)}`)
      return reply
    }
    await sleep(20 + Math.random() * 80)
  }
}

async function attempt(place: Place, post: Post): Promise<{ status: number; reply: unknown }> {
  try {
    const response = await fetch(place.url + post.path, {
      method: post.method,
      headers: { authorization: `Bearer ${place.bearer}`, 'content-type': 'application/json', ...post.headers },
      body: post.json,
      signal: AbortSignal.timeout(ANSWER_MS),
    })
    return { status: response.status, reply: await response.json() }
  } catch {
    return { status: 0, reply: null }
  }
}

/** The message in an answer. */
export function readMessage(reply: unknown): Acknowledged | null {
  const [body, id, type] = [field(reply, 'body'), field(reply, 'id'), field(reply, 'type')]
  const [conversation_id, position] = [field(reply, 'conversation_id'), field(reply, 'position')]
  if (typeof body !== 'string' || typeof id !== 'string' || typeof type !== 'string') return null
  if (typeof conversation_id !== 'string' || typeof position !== 'number') return null
  return { body, id, conversation_id, position, type }
}

export function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined
}
