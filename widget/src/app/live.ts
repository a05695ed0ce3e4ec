/**
 * The live socket, held for as long as there is a visitor.
 *
 * Closed ──wake──▶ connecting ──open: we authenticate──▶ ready ──▶ events … ──▶ caught up
 *    ▲                 │                                             │
 *    └── wait 0.5 s, 1 s, … 15 s (± 50 %) ◀──── closed, or silent for 60 s
 *
 * It resumes after the last cursor it saw. Where there is none, or the log does not reach back to it, `restart` says that
 * the list is to be read. 4401 ends it: the token is no more. 4403 too: this page may not connect.
 */
import type { Author, LiveEvent, LiveFrame } from './wire.ts'

export interface Live {
  /** Connects now if it waits to. */
  wake(): void
  typing(on: boolean): void
  stop(): void
}

interface Heard {
  event(event: LiveEvent): void
  typing(author: Author, on: boolean): void
  /** Connected, but nothing says what happened before: read the list. */
  restart(): void
  up(isUp: boolean): void
  /** The token ended. */
  ended(): void
}

const FIRST_WAIT = 500
const LAST_WAIT = 15_000
const CROWDED_WAIT = 15_000
const SILENCE = 60_000

export function openLive(token: () => string | null, heard: Heard): Live {
  let socket: WebSocket | null = null
  let cursor: string | null = null
  let used: string | null = null
  /** What happened before the server began to tell is in no event: it is read from the list, once the server has begun. */
  let isBehind = true
  let attempt = 0
  let stopped = false
  let retry: ReturnType<typeof setTimeout>
  let silence: ReturnType<typeof setTimeout>

  function connect() {
    clearTimeout(retry)
    if (stopped || socket) return
    const opened = new WebSocket(`${location.origin.replace(/^http/, 'ws')}/v1/live`)
    socket = opened
    listen()
    opened.onopen = () => {
      used = token()
      send({ type: 'auth', token: used, ...(cursor && { after: cursor }) })
    }
    opened.onmessage = ({ data }: MessageEvent<string>) => {
      listen()
      if (socket === opened) hear(JSON.parse(data))
    }
    opened.onclose = ({ code }) => {
      if (socket === opened) closed(code)
    }
  }

  function hear(frame: LiveFrame) {
    if (frame.type === 'ping') send({ type: 'pong' })
    if (frame.type === 'typing') heard.typing(frame.author, frame.on)
    if (frame.type === 'caught_up') {
      cursor = frame.cursor ?? cursor
      if (isBehind) heard.restart()
      isBehind = false
    }
    if (frame.type === 'event') {
      cursor = frame.event.cursor
      heard.event(frame.event)
    }
    if (frame.type === 'ready') {
      attempt = 0
      heard.up(true)
    }
    if (frame.type === 'resync_required') {
      cursor = null
      isBehind = true
    }
  }

  function closed(code: number) {
    socket = null
    clearTimeout(silence)
    if (stopped) return
    if (code === 4429) {
      // The visitor's other tabs have all the sockets there are: this one reads the list instead.
      heard.restart()
      retry = setTimeout(connect, CROWDED_WAIT)
      return
    }
    heard.up(false)
    // A token replaced meanwhile ends its sockets, not the session.
    if (code === 4401 && used === token()) return heard.ended()
    if (code === 4403) return
    const wait = Math.min(FIRST_WAIT * 2 ** attempt, LAST_WAIT) * (0.5 + Math.random())
    attempt += 1
    retry = setTimeout(connect, wait)
  }

  /** A connection that died without a word is found by its silence: the server pings every 25 s. */
  function listen() {
    clearTimeout(silence)
    silence = setTimeout(drop, SILENCE)
  }

  function drop() {
    const dropped = socket
    if (!dropped) return
    closed(1006)
    dropped.close()
  }

  function send(frame: object) {
    if (socket?.readyState === WebSocket.OPEN) socket.send(JSON.stringify(frame))
  }

  connect()
  return {
    wake() {
      attempt = 0
      connect()
    },
    typing: (on) => send({ type: 'typing', on }),
    stop() {
      stopped = true
      clearTimeout(retry)
      drop()
    },
  }
}
