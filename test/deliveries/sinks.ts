/** Endpoints of every temper, which keep what they were sent in the order in which it came. */
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface Arrival {
  readonly id: string
  readonly body: string
  readonly conversation: string
  readonly position: number
  /** What it was answered with. */
  readonly status: number
}

export interface Sink {
  readonly name: string
  readonly url: string
  readonly arrivals: Arrival[]
  close(): void
}

type Temper = () => { readonly status: number; readonly after: number }

/** One that takes everything at once, one that takes its time, one that fails half the time. */
export async function openSinks(): Promise<Sink[]> {
  return [
    await open('healthy', () => ({ status: 204, after: 0 })),
    await open('slow', () => ({ status: 204, after: 40 + Math.random() * 40 })),
    await open('fails half the time', () => ({ status: Math.random() < 0.5 ? 500 : 204, after: 0 })),
  ]
}

/** Nothing listens there. */
export const NOWHERE = 'http://127.0.0.1:1/'

async function open(name: string, temper: Temper): Promise<Sink> {
  const arrivals: Arrival[] = []
  const server: Server = createServer(async (request, response) => {
    const parts: Buffer[] = []
    // A request that was cut off has not arrived.
    request.on('error', () => {})
    try {
      for await (const part of request) parts.push(part)
    } catch {
      return
    }
    const body = Buffer.concat(parts).toString()
    const { data } = JSON.parse(body)
    const { status, after } = temper()
    const id = String(request.headers['webhook-id'])
    arrivals.push({ id, body, conversation: data.conversation.id, position: data.message.position, status })
    setTimeout(() => response.writeHead(status).end(), after)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    name,
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    arrivals,
    close: () => {
      server.closeAllConnections()
      server.close()
    },
  }
}
