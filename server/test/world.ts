/**
 * The world of a test: the real server on real PostgreSQL, spoken to over HTTP, with a workspace of its own and a
 * stranger's beside it. One server per worker; nothing is ever truncated.
 */
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { inject } from 'vitest'
import { WebSocket } from 'ws'
import { type App, createApp } from '../src/app.ts'
import { readConfig } from '../src/config.ts'
import { newId, randomBase36 } from '../src/kernel/ids.ts'
import { openLog } from '../src/kernel/log.ts'
import * as apiKeys from '../src/modules/api-keys/service.ts'
import * as users from '../src/modules/users/service.ts'
import * as workspaces from '../src/modules/workspaces/service.ts'

export interface Reply<T = Record<string, unknown>> {
  readonly status: number
  readonly headers: Headers
  readonly body: T
  readonly text: string
}

export interface CallOptions {
  readonly as?: string | null
  readonly body?: unknown
  readonly headers?: Record<string, string>
}

/** One tenant: its keys, and its users by role. */
export interface Tenant {
  readonly id: string
  readonly sandbox_id: string
  /** A key with every scope. */
  readonly key: string
  readonly testKey: string
  readonly users: Readonly<Record<'agent' | 'admin', { id: string; email: string }>>
  keyWith(...scopes: string[]): Promise<string>
}

export interface Server {
  readonly connection: pg.PoolConfig
  readonly app: App
  readonly url: string
  /** Every line the server has logged. */
  readonly log: string[]
  readonly sql: (text: string, values?: unknown[]) => Promise<Record<string, unknown>[]>
}

let running: Promise<Server> | undefined
export const PASSWORD = 'correct horse battery staple'

/** The worker's server, started when it is first needed. */
export function server(): Promise<Server> {
  running ??= startServer({ isKept: true })
  return running
}

export interface ServerOptions {
  /** Settings beside the data directory and the port. */
  readonly env?: Readonly<Record<string, string>>
  readonly now?: () => Date
  /** The one that signs first. */
  readonly secrets?: readonly [string, ...string[]]
  /** Another server's database instead of one of its own. */
  readonly connection?: pg.PoolConfig
  /** It stays until the worker ends; others go with the file of tests that started them, and with them their connections. */
  readonly isKept?: boolean
  /** Where pages lie that were built. */
  readonly assets?: string
}

/** What the servers of this worker have logged, all of them: silence.ts looks through it. */
export const logs: string[][] = []

const started = new Set<() => Promise<void>>()

/** Stops the servers that this file of tests started. */
export async function stopServers(): Promise<void> {
  await Promise.all([...started].map((stop) => stop()))
  started.clear()
}

/** A server on a database of its own. */
export async function startServer(options: ServerOptions = {}): Promise<Server> {
  const template: pg.PoolConfig = JSON.parse(inject('database'))
  const connection = options.connection ?? (await copyOf(template))
  const log: string[] = []
  logs.push(log)
  const env = { ...options.env, ANTIPHON_DATA: mkdtempSync(join(tmpdir(), 'antiphon-world-')) }
  const app = await createApp({
    config: { ...readConfig(env), port: 0 },
    connection,
    secrets: options.secrets ?? ['a secret of the test world, long enough to be one'],
    assets: options.assets ?? null,
    log: openLog('info', { write: (line) => void log.push(line) }),
    isGuarded: true,
    ...(options.now ? { now: options.now } : {}),
  })
  const { port } = await app.listen()
  const pool = new pg.Pool({ ...connection, max: 2, allowExitOnIdle: true })
  const stop = async () => void (await Promise.allSettled([app.drain(), pool.end()]))
  if (!options.isKept) started.add(stop)
  return {
    app,
    url: `http://127.0.0.1:${port}`,
    log,
    connection,
    sql: async (text, values) => (await pool.query(text, values)).rows,
  }
}

export interface WorldOptions {
  /** Another server than the worker's. */
  readonly on?: Promise<Server>
  readonly requests_per_minute?: number
  /** Whether the users can sign in with PASSWORD, which takes its time. */
  readonly withPasswords?: boolean
}

/** A workspace with a stranger's beside it. */
export async function world(options: WorldOptions = {}) {
  const { app, url, log, sql } = await (options.on ?? server())
  const [own, stranger] = [await makeTenant(app, options), await makeTenant(app, options)]

  const call = async <T = Record<string, unknown>>(
    method: string,
    path: string,
    options: CallOptions = {},
  ): Promise<Reply<T>> => {
    const credential = options.as === undefined ? own.key : options.as
    const isForm = options.body instanceof FormData
    const response = await fetch(url + path, {
      method,
      headers: {
        ...(credential === null ? {} : { authorization: `Bearer ${credential}` }),
        ...(options.body === undefined || isForm ? {} : { 'content-type': 'application/json' }),
        ...options.headers,
      },
      ...(options.body === undefined
        ? {}
        : { body: isBody(options.body) ? options.body : JSON.stringify(options.body) }),
    })
    const text = await response.text()
    const isJson = response.headers.get('content-type')?.includes('json') ?? false
    return { status: response.status, headers: response.headers, body: isJson && text ? JSON.parse(text) : {}, text }
  }

  return {
    ...own,
    own,
    stranger,
    url,
    log,
    sql,
    app,
    call,
    get: <T = Record<string, unknown>>(path: string, options?: CallOptions) => call<T>('GET', path, options),
    post: <T = Record<string, unknown>>(path: string, body?: unknown, options?: CallOptions) =>
      call<T>('POST', path, { ...options, body }),
    patch: <T = Record<string, unknown>>(path: string, body?: unknown, options?: CallOptions) =>
      call<T>('PATCH', path, { ...options, body }),
    delete: <T = Record<string, unknown>>(path: string, options?: CallOptions) => call<T>('DELETE', path, options),
    /** The types of everything that happened in the workspace so far, in order. */
    events: async (as?: string): Promise<string[]> => (await allEvents(call, as)).map((event) => event.type),
    /** The events themselves. */
    log_of_events: (as?: string) => allEvents(call, as),
    live: (as: string = own.key, query = '') => openLive(url, as, query),
    /** An id that is nobody's. */
    newId,
  }
}
export type World = Awaited<ReturnType<typeof world>>

export interface LoggedEvent {
  readonly id: string
  readonly type: string
  readonly cursor: string
  readonly data: Record<string, Record<string, unknown>>
  readonly previous: Record<string, unknown> | null
}

async function allEvents(
  call: <T>(method: string, path: string, options?: CallOptions) => Promise<Reply<T>>,
  as?: string,
): Promise<LoggedEvent[]> {
  const events: LoggedEvent[] = []
  for (let after = ''; ; ) {
    const query = after ? `?limit=200&after=${encodeURIComponent(after)}` : '?limit=200'
    const reply = await call<{ data: LoggedEvent[]; has_more: boolean; next_cursor: string }>(
      'GET',
      `/v1/events${query}`,
      as === undefined ? {} : { as },
    )
    if (reply.status !== 200) throw new Error(`The feed answered ${reply.status}: ${reply.text}`)
    events.push(...reply.body.data)
    if (!reply.body.has_more) return events
    after = reply.body.next_cursor
  }
}

/** A live socket that keeps every frame. `until` waits for one that satisfies. */
export async function openLive(url: string, as: string | null, query = '') {
  const socket = new WebSocket(`${url.replace('http', 'ws')}/v1/live${query}`, {
    headers: as === null ? {} : { authorization: `Bearer ${as}` },
  })
  const frames: Record<string, unknown>[] = []
  const events: LoggedEvent[] = []
  const waiting = new Set<() => void>()
  let closed: number | undefined
  socket.on('message', (data) => {
    const frame: Record<string, unknown> & { event?: LoggedEvent } = JSON.parse(String(data))
    frames.push(frame)
    if (frame['type'] === 'event' && frame.event) events.push(frame.event)
    for (const look of waiting) look()
  })
  socket.on('close', (code) => {
    closed = code
    for (const look of waiting) look()
  })
  await new Promise((resolve, reject) => {
    socket.once('open', resolve)
    socket.once('error', reject)
  })
  const until = <T>(find: () => T | undefined, milliseconds = 20_000): Promise<T> =>
    new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        waiting.delete(look)
        reject(new Error(`Nothing like it came; there were ${JSON.stringify(frames.map((frame) => frame['type']))}.`))
      }, milliseconds)
      const look = () => {
        const found = find()
        if (found === undefined) return
        clearTimeout(timer)
        waiting.delete(look)
        resolve(found)
      }
      waiting.add(look)
      look()
    })
  return {
    frames,
    /** What the frames of type `event` held. */
    events,
    send: (frame: unknown) => socket.send(JSON.stringify(frame)),
    until: (wanted: (frame: Record<string, unknown>) => boolean) => until(() => frames.find(wanted)),
    event: (type: string) => until(() => frames.find((frame) => isEvent(frame, type))),
    told: (wanted: (event: LoggedEvent) => boolean) => until(() => events.find(wanted)),
    closed: () => until(() => closed, 10_000),
    close: () => socket.close(),
    /** Goes away without a word, as a phone in a tunnel. */
    break: () => socket.terminate(),
  }
}

function isEvent(frame: Record<string, unknown>, type: string): boolean {
  const event = frame['event']
  return typeof event === 'object' && event !== null && 'type' in event && event.type === type
}

async function makeTenant(app: App, options: WorldOptions): Promise<Tenant> {
  const system = app.system(null)
  const name = `World ${randomBase36(6)}`
  const workspace = await workspaces.create(system, { name, requests_per_minute: options.requests_per_minute ?? 0 })
  const ctx = app.system(workspace.id)
  const person = async (role: 'agent' | 'admin') => {
    const email = `${role}-${randomBase36(8)}@example.com`
    const user = await users.create(ctx, {
      email,
      name: `${role} of ${name}`,
      role,
      ...(options.withPasswords ? { password: PASSWORD } : {}),
    })
    return { id: user.id, email }
  }
  const people = { agent: await person('agent'), admin: await person('admin') }
  const key = async (workspace_id: string, scopes: string[]) =>
    (await apiKeys.create(app.system(workspace_id), { name: 'test', scopes })).bearer
  const { sandbox_id } = workspace
  if (sandbox_id === null) throw new Error('A workspace came without its twin.')
  return {
    id: workspace.id,
    sandbox_id,
    key: await key(workspace.id, ['*']),
    testKey: await key(sandbox_id, ['*']),
    users: people,
    keyWith: (...scopes) => key(workspace.id, scopes),
  }
}

async function copyOf(template: pg.PoolConfig): Promise<pg.PoolConfig> {
  const name = `antiphon_test_${randomBase36(10)}`
  const client = new pg.Client(withDatabase(template, 'postgres'))
  await client.connect()
  await client.query(`create database ${name} template antiphon_test_template`)
  await client.end()
  return withDatabase(template, name)
}

function withDatabase(config: pg.PoolConfig, database: string): pg.PoolConfig {
  if (!config.connectionString) return { ...config, database }
  const url = new URL(config.connectionString)
  url.pathname = `/${database}`
  return { connectionString: url.href }
}

function isBody(body: unknown): body is string | FormData | Uint8Array<ArrayBuffer> {
  return typeof body === 'string' || body instanceof FormData || body instanceof Uint8Array
}
