/**
 * The socket that keeps a workspace's cache true.
 *
 * It opens, hears `caught_up`, and from then on every event is applied to the cache in order. When it falls it comes
 * back with a growing pause and asks for what it missed by the last cursor. Where no cursor is known (the very start,
 * or a log that no longer reaches back) whatever was fetched before `caught_up` is fetched once more.
 *
 * A fetch that was under way while events arrived may be older than they are: the events heard since it began are
 * applied to its answer again. Counts are sums, so they are fetched anew a little after they moved.
 */
import type { Query, QueryClient } from '@tanstack/react-query'
import { applyEvent } from './apply-event.ts'
import type { LogEvent } from './cache.ts'
import { Ephemera, type EphemeralFrame } from './ephemera.ts'
import { readCache, writeCache } from './query-cache.ts'

type Frame =
  | EphemeralFrame
  | { type: 'event'; event: LogEvent }
  | { type: 'caught_up'; cursor: string }
  | { type: 'resync_required' }
  | { type: 'ping' }

export type LiveState = 'connecting' | 'online' | 'offline'

type LiveOptions = { workspaceId: string; userId: string; client: QueryClient; onEnded: () => void }

const silentMs = 70_000
const viewingAgainMs = 45_000
const keptEvents = 2000

export class Live {
  readonly ephemera = new Ephemera()
  state: LiveState = 'connecting'

  readonly #options: LiveOptions
  #socket: WebSocket | undefined
  #cursor: string | undefined
  #attempt = 0
  #stopped = false
  #retry: ReturnType<typeof setTimeout> | undefined
  #watch: ReturnType<typeof setTimeout> | undefined
  #heal: ReturnType<typeof setTimeout> | undefined
  #viewing: string | null = null
  #repeat: ReturnType<typeof setInterval> | undefined
  #heard: LogEvent[] = []
  #heardCount = 0
  #begun = new Map<string, number>()
  #doubted = new Set<string>()
  #listeners = new Set<() => void>()
  #hearers = new Set<(event: LogEvent) => void>()
  #unsubscribe: () => void = () => {}

  constructor(options: LiveOptions) {
    this.#options = options
  }

  start(): void {
    this.#stopped = false
    this.#unsubscribe = this.#options.client.getQueryCache().subscribe(({ type, query, ...rest }) => {
      if (type !== 'updated' || !('action' in rest)) return
      if (rest.action.type === 'fetch') this.#begun.set(query.queryHash, this.#heardCount)
      if (rest.action.type === 'success' && !rest.action.manual) this.#answered(query)
    })
    addEventListener('online', this.#connectNow)
    addEventListener('offline', this.#drop)
    this.#connect()
  }

  stop(): void {
    this.#stopped = true
    this.#unsubscribe()
    removeEventListener('online', this.#connectNow)
    removeEventListener('offline', this.#drop)
    clearTimeout(this.#retry)
    clearTimeout(this.#watch)
    clearTimeout(this.#heal)
    clearInterval(this.#repeat)
    this.#socket?.close()
    this.ephemera.clear()
  }

  /** Tells the other side that one writes. Unsaid when the socket is down. */
  typing(conversation_id: string, on: boolean): void {
    this.#tell({ type: 'typing', conversation_id, on })
  }

  /** Tells the others what one looks at, and again for as long as that is so: to whoever comes later, and after a fall. */
  viewing(conversation_id: string | null): void {
    this.#viewing = conversation_id
    this.#tell({ type: 'viewing', conversation_id })
    clearInterval(this.#repeat)
    if (conversation_id)
      this.#repeat = setInterval(() => this.#tell({ type: 'viewing', conversation_id }), viewingAgainMs)
  }

  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** Tells of each event, for what is kept outside the cache of the desk. Returns the way to stop. */
  hear(hearer: (event: LogEvent) => void): () => void {
    this.#hearers.add(hearer)
    return () => this.#hearers.delete(hearer)
  }

  #connectNow = () => {
    this.#attempt = 0
    clearTimeout(this.#retry)
    if (!this.#socket || this.#socket.readyState > WebSocket.OPEN) this.#connect()
  }

  #drop = () => {
    this.#socket?.close()
    this.#setState('offline')
  }

  #connect() {
    const url = new URL('/v1/live', location.href)
    url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:'
    url.searchParams.set('workspace', this.#options.workspaceId)
    if (this.#cursor !== undefined) url.searchParams.set('after', this.#cursor)
    const socket = new WebSocket(url)
    this.#socket = socket
    socket.onmessage = ({ data }) => {
      if (socket === this.#socket) this.#hear(JSON.parse(data))
    }
    socket.onclose = ({ code }) => {
      if (socket === this.#socket) this.#closed(code)
    }
    this.#expectWord()
  }

  #closed(code: number) {
    if (this.#stopped) return
    if (code === 4401) this.#options.onEnded()
    this.#attempt += 1
    // One quick failure is a restart; more than that is being offline.
    this.#setState(this.#attempt > 1 || !navigator.onLine ? 'offline' : 'connecting')
    const pause = Math.min(15_000, 500 * 2 ** (this.#attempt - 1)) * (code === 4429 ? 4 : 1)
    this.#retry = setTimeout(() => this.#connect(), pause * (0.5 + Math.random()))
  }

  #expectWord() {
    clearTimeout(this.#watch)
    this.#watch = setTimeout(() => this.#socket?.close(), silentMs)
  }

  #tell(frame: object) {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(frame))
  }

  #hear(frame: Frame) {
    this.#expectWord()
    if (frame.type === 'event') return this.#apply(frame.event)
    if (frame.type === 'caught_up') return this.#caughtUp(frame.cursor)
    if (frame.type === 'ping') return this.#tell({ type: 'pong' })
    if (frame.type === 'resync_required') {
      this.#cursor = undefined
      return
    }
    if (this.ephemera.hear(frame) && this.#viewing) this.#tell({ type: 'viewing', conversation_id: this.#viewing })
  }

  #caughtUp(cursor: string) {
    const wasBlind = this.#cursor === undefined
    this.#cursor = cursor
    this.#attempt = 0
    this.#setState('online')
    if (this.#viewing) this.#tell({ type: 'viewing', conversation_id: this.#viewing })
    if (wasBlind) this.#fetchAgain()
  }

  #apply(event: LogEvent) {
    this.#cursor = event.cursor
    this.#heard.push(event)
    this.#heardCount += 1
    if (this.#heard.length > keptEvents) this.#heard.shift()

    const { client, userId } = this.#options
    const before = readCache(client, userId)
    writeCache(client, before, applyEvent(before, event))
    this.ephemera.said(event)
    for (const hear of this.#hearers) hear(event)
    if (event.type.startsWith('conversation.')) this.#healCounts()
  }

  /** What is held may be older than the socket; so may be a first answer that is still on its way, once it has come. */
  #fetchAgain() {
    const { client } = this.#options
    for (const query of client.getQueryCache().getAll()) {
      if (query.state.fetchStatus === 'fetching' && query.state.data === undefined) this.#doubted.add(query.queryHash)
    }
    client.invalidateQueries()
  }

  /** Applies to a fresh answer what was heard while it was on its way. */
  #answered({ queryHash, queryKey }: Query) {
    if (this.#doubted.delete(queryHash)) this.#options.client.invalidateQueries({ queryKey, exact: true })
    const missed = this.#heardCount - (this.#begun.get(queryHash) ?? this.#heardCount)
    if (missed <= 0) return
    const { client, userId } = this.#options
    if (missed > this.#heard.length) {
      client.invalidateQueries()
      return
    }
    const before = { ...readCache(client, userId), counts: undefined }
    writeCache(client, before, this.#heard.slice(-missed).reduce(applyEvent, before))
  }

  #healCounts() {
    this.#heal ??= setTimeout(() => {
      this.#heal = undefined
      this.#options.client.invalidateQueries({ queryKey: ['counts'] })
    }, 5000)
  }

  #setState(state: LiveState) {
    if (state === this.state) return
    this.state = state
    for (const listener of this.#listeners) listener()
  }
}
