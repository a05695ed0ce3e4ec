/** The other side of webhooks: a server that keeps what it is sent, and answers as it is told. */
import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { onTestFinished } from 'vitest'

export interface Received {
  readonly id: string
  readonly type: string
  readonly body: string
  readonly headers: Readonly<Record<string, string>>
  readonly data: Record<string, Record<string, unknown>>
}

export interface Sink {
  readonly url: string
  readonly received: Received[]
  /** Waits until so many have come that are of this kind. */
  until(count: number, isWanted?: (one: Received) => boolean): Promise<Received[]>
}

const PATIENCE = 20_000

/** @param answer what to do with each request; nothing means 204. */
export async function openSink(answer: (response: ServerResponse, one: Received) => void = taken): Promise<Sink> {
  const received: Received[] = []
  const looking = new Set<() => void>()
  const server = createServer(async (request, response) => {
    const parts: Buffer[] = []
    for await (const part of request) parts.push(part)
    const body = Buffer.concat(parts).toString()
    const { id, type, data } = JSON.parse(body)
    const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)]))
    const one = { id, type, data, body, headers }
    received.push(one)
    for (const look of looking) look()
    answer(response, one)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`,
    received,
    until: (count, isWanted = () => true) =>
      new Promise((resolve, reject) => {
        const timer = setTimeout(() => {
          looking.delete(look)
          reject(new Error(`There came only ${received.map((one) => one.type).join(', ') || 'nothing'}.`))
        }, PATIENCE)
        const look = () => {
          const found = received.filter(isWanted)
          if (found.length < count) return
          clearTimeout(timer)
          looking.delete(look)
          resolve(found)
        }
        looking.add(look)
        look()
      }),
  }
}

function taken(response: ServerResponse): void {
  response.writeHead(204).end()
}
