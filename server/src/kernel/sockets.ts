/** Websockets: kept alive, kept bounded, closed well. What travels on them is decided above. */
import type { IncomingMessage, Server } from 'node:http'
import type { Duplex } from 'node:stream'
import { type WebSocket, WebSocketServer } from 'ws'
import { draining, routeNotFound } from './errors.ts'
import { refuseBare, toRefusal } from './problems.ts'
import { MINUTE, SECOND } from './time.ts'

export const CLOSE = {
  restart: 1012,
  tooLarge: 1009,
  credentialEnded: 4401,
  foreignOrigin: 4403,
  tooSlow: 4408,
  tooMany: 4429,
} as const

const PING_EVERY = 25 * SECOND
const SILENT_AFTER = 1 * MINUTE
const UNSENT_BYTES = 1024 * 1024
const FRAME_BYTES = 64 * 1024
const FRAMES_A_WINDOW = 100
const WINDOW = 10 * SECOND

export interface Connection {
  /** Sends one frame of text. A connection that does not read is closed with 4408; it resumes by cursor. */
  send(frame: string): void
  /** Waits while much is unsent. False when the connection has ended. */
  ready(): Promise<boolean>
  close(code: number): void
  /** Hears at most 100 frames in 10 s; the rest go unheard. */
  onFrame: (frame: unknown) => void
  onClose: () => void
}

export interface Sockets {
  /** Answers upgrades of one path. `greet` refuses by throwing a Refusal before the connection exists. */
  serve(path: string, greet: (request: IncomingMessage) => Promise<(connection: Connection) => void>): void
  attach(server: Server): void
  count(): number
  /** Tells everyone to come back elsewhere (1012), and ends. */
  close(): void
}

/** The sockets that are open, and when each was last heard of. */
type Live = Map<WebSocket, { heard: number }>

export function openSockets(): Sockets {
  const server = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    perMessageDeflate: false,
    maxPayload: FRAME_BYTES,
  })
  const greeters = new Map<string, (request: IncomingMessage) => Promise<(connection: Connection) => void>>()
  const live: Live = new Map()
  let isClosing = false

  const beat = setInterval(() => {
    const now = Date.now()
    for (const [socket, { heard }] of live) {
      if (now - heard > SILENT_AFTER) {
        socket.terminate()
        continue
      }
      socket.ping()
      // A page does not see the ping of the protocol, and takes a socket that says nothing for a dead one.
      if (socket.bufferedAmount <= UNSENT_BYTES) socket.send('{"type":"ping"}')
    }
  }, PING_EVERY).unref()

  const upgrade = async (request: IncomingMessage, raw: Duplex, head: Buffer) => {
    raw.on('error', () => raw.destroy())
    const greet = greeters.get(request.url?.split('?')[0] ?? '')
    if (!greet) return refuseBare(raw, routeNotFound())
    const refuseLate = () => refuseBare(raw, draining({ headers: { 'retry-after': '1' } }))
    if (isClosing) return refuseLate()
    try {
      const welcome = await greet(request)
      // Whoever was being recognised when the others were told to leave would stay for ever.
      if (isClosing) return refuseLate()
      server.handleUpgrade(request, raw, head, (socket) => welcome(connect(socket, live)))
    } catch (error) {
      refuseBare(raw, toRefusal(error))
    }
  }

  return {
    serve: (path, greet) => void greeters.set(path, greet),
    attach: (http) => void http.on('upgrade', (request, raw, head) => void upgrade(request, raw, head)),
    count: () => live.size,
    close: () => {
      isClosing = true
      clearInterval(beat)
      for (const socket of live.keys()) {
        socket.close(CLOSE.restart)
        setTimeout(() => socket.terminate(), 500).unref()
      }
    },
  }
}

/** A socket as those above see it, for as long as it is open. */
function connect(socket: WebSocket, live: Live): Connection {
  const health = { heard: Date.now() }
  const window = { began: 0, frames: 0 }
  const isTooMuch = () => {
    if (health.heard - window.began > WINDOW) Object.assign(window, { began: health.heard, frames: 0 })
    return ++window.frames > FRAMES_A_WINDOW
  }
  live.set(socket, health)
  const connection: Connection = {
    send: (frame) => {
      if (socket.bufferedAmount > UNSENT_BYTES) return socket.close(CLOSE.tooSlow)
      socket.send(frame)
    },
    ready: async () => {
      if (socket.bufferedAmount < UNSENT_BYTES / 4) return socket.readyState === socket.OPEN
      return new Promise((resolve) => socket.ping(undefined, undefined, (error) => resolve(!error)))
    },
    close: (code) => socket.close(code),
    onFrame: () => {},
    onClose: () => {},
  }
  socket.on('pong', () => {
    health.heard = Date.now()
  })
  socket.on('message', (data, isBinary) => {
    health.heard = Date.now()
    const frame = isBinary || isTooMuch() ? undefined : parse(String(data))
    if (frame !== undefined) connection.onFrame(frame)
  })
  socket.on('close', () => {
    live.delete(socket)
    connection.onClose()
  })
  socket.on('error', () => socket.terminate())
  return connection
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
