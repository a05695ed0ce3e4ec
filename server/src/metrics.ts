/** `GET /metrics`, for whoever watches: on a loopback port of its own, never on the one that customers reach. */
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { FastifyInstance } from 'fastify'
import { collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'
import type { Kernel } from './kernel/kernel.ts'

const SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]

/** Counts from now on, and answers on `port`. Returns the way to stop. */
export async function serveMetrics(app: FastifyInstance, kernel: Kernel, port: number): Promise<() => void> {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  measureRequests(app, registry)
  measureKernel(kernel, registry)

  const server = createServer(async (request, response) => {
    if (request.url !== '/metrics' || request.method !== 'GET') return void response.writeHead(404).end()
    response.writeHead(200, { 'content-type': registry.contentType }).end(await registry.metrics())
  })
  await once(server.listen({ host: '127.0.0.1', port }), 'listening')
  return () => {
    server.close()
    server.closeAllConnections()
  }
}

// By the route's pattern: a path would be a series for every id.
function measureRequests(app: FastifyInstance, registry: Registry): void {
  const duration = new Histogram({
    name: 'antiphon_http_request_duration_seconds',
    help: 'How long requests took, by route and status.',
    labelNames: ['route', 'status'],
    buckets: SECONDS,
    registers: [registry],
  })
  app.addHook('onResponse', async (request, reply) => {
    const route = `${request.method} ${request.routeOptions.url ?? '*'}`
    duration.observe({ route, status: reply.statusCode }, reply.elapsedTime / 1_000)
  })
}

function measureKernel({ database, sockets, outbox }: Kernel, registry: Registry): void {
  const registers = [registry]
  new Gauge({
    name: 'antiphon_sockets',
    help: 'Live sockets that are open.',
    registers,
    collect() {
      this.set(sockets.count())
    },
  })
  new Gauge({
    name: 'antiphon_database_connections',
    help: 'Connections of the pool, and requests that wait for one.',
    labelNames: ['state'],
    registers,
    collect() {
      const { totalCount, idleCount, waitingCount } = database.pool
      this.set({ state: 'busy' }, totalCount - idleCount)
      this.set({ state: 'idle' }, idleCount)
      this.set({ state: 'awaited' }, waitingCount)
    },
  })
  new Gauge({
    name: 'antiphon_log_stands_still',
    help: '1 while events do not get their place in the log.',
    registers,
    collect() {
      this.set(outbox.trouble() === null ? 0 : 1)
    },
  })
}
