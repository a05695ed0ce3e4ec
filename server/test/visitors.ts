/** Visitors of a web chat, for tests: each at an address of their own, in a world behind a reverse proxy. */
import { randomInt } from 'node:crypto'
import { expect } from 'vitest'
import { openLive, type Reply, type Server, startServer, type World, world } from './world.ts'

export interface Seen {
  readonly token: string
  readonly contact: {
    readonly id: string
    readonly name: string | null
    readonly email: string | null
    verified: boolean
  }
  readonly conversation: { readonly id: string; readonly unread_count: number } | null
}
export interface Said {
  readonly id: string
  readonly conversation_id: string
  readonly position: number
  readonly type: string
  readonly body: string
}
interface Thread {
  readonly data: Said[]
  readonly conversation: { readonly id: string } | null
}
type Claim = Readonly<Record<string, string>>

let proxied: Promise<Server> | undefined

/** A world whose server believes its proxy, so that visitors have addresses. */
export async function chatWorld(on?: Promise<Server>) {
  proxied ??= on ? undefined : startServer({ env: { ANTIPHON_TRUSTED_PROXIES: '127.0.0.1' }, isKept: true })
  const own = on ?? proxied
  const w = await world(own ? { on: own } : {})
  const chat = await inboxOf(w, 'web_chat')
  const path = (rest: string, inbox = chat) => `/v1/web-chat/${inbox}${rest}`
  const set = async (settings: object, more: object = {}) => {
    expect((await w.patch(`/v1/inboxes/${chat}`, { settings, ...more })).status).toBe(200)
  }
  const knock = (claim: Claim = {}, token: string | null = null, from = address()) =>
    w.post<Seen>(path('/visitors'), claim, { as: token, headers: { 'x-forwarded-for': from } })

  /** Somebody on the customer's page. */
  const visit = async (claim: Claim = {}, token: string | null = null) => {
    const reply = await knock(claim, token)
    expect([200, 201], reply.text).toContain(reply.status)
    return visitorOf(w, path, reply.body)
  }
  return { w, chat, path, set, knock, visit, answer: (id: string, body: string) => answer(w, id, body) }
}

function visitorOf(w: World, path: (rest: string) => string, seen: Seen) {
  const headers = { 'x-forwarded-for': address() }
  const options = { as: seen.token, headers }
  return {
    ...seen,
    options,
    me: () => w.get<Seen>(path('/visitor'), options),
    say: (body: string, more: object = {}): Promise<Reply<Said>> =>
      w.post<Said>(path('/messages'), { body, client_message_id: w.newId(), ...more }, options),
    thread: async (query = '') => (await w.get<Thread>(path(`/messages${query}`), options)).body,
    reach: (position: number, delivered?: boolean) =>
      w.post(path('/read'), { position, ...(delivered === undefined ? {} : { delivered }) }, options),
    leave: () => w.delete(path('/visitor'), options),
    live: async (after?: string) => {
      const socket = await openLive(w.url, null)
      socket.send({ type: 'auth', token: seen.token, ...(after === undefined ? {} : { after }) })
      return socket
    },
  }
}

/** A socket that has come as far as the log has. */
export async function level<
  S extends { until: (wanted: (frame: Record<string, unknown>) => boolean) => Promise<unknown> },
>(socket: S): Promise<S> {
  await socket.until((frame) => frame['type'] === 'caught_up')
  return socket
}

async function answer(w: World, conversation_id: string, body: string): Promise<Said> {
  const reply = await w.post<Said>(`/v1/conversations/${conversation_id}/messages`, { type: 'outgoing', body })
  expect(reply.status, reply.text).toBe(201)
  return reply.body
}

export async function inboxOf(w: World, channel: 'api' | 'web_chat', as: string = w.key): Promise<string> {
  const { data } = (await w.get<{ data: { id: string; channel: string }[] }>('/v1/inboxes', { as })).body
  return data.find((one) => one.channel === channel)?.id ?? ''
}

/** An address nobody has come from yet. */
export function address(): string {
  return `203.${randomInt(256)}.${randomInt(256)}.${randomInt(1, 255)}`
}
