/** `GET /metrics`, for whoever watches: on a loopback port of its own, never on the one that customers reach. */
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { FastifyInstance } from 'fastify'
import { type RawBuilder, sql } from 'kysely'
import { collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'
import { global } from './kernel/db.ts'
import type { Kernel } from './kernel/kernel.ts'

/** Reads what only the database knows. */
type Meter = () => Promise<void>

const SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]

/** Counts from now on, and answers on `port`. Returns the way to stop. */
export async function serveMetrics(app: FastifyInstance, kernel: Kernel, port: number): Promise<() => void> {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  measureRequests(app, registry)
  measureKernel(kernel, registry)
  const meters = [logMeter(kernel, registry), jobsMeter(kernel, registry)]

  const server = createServer(async (request, response) => {
    if (request.url !== '/metrics' || request.method !== 'GET') return void response.writeHead(404).end()
    await Promise.all(meters.map((read) => read()))
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

function measureKernel({ database, sockets, outbox, limits }: Kernel, registry: Registry): void {
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
  new Gauge({
    name: 'antiphon_limits_alone',
    help: '1 while this process counts limits by itself because Redis does not answer.',
    registers,
    collect() {
      this.set(limits.trouble() === null ? 0 : 1)
    },
  })
}

function logMeter({ database }: Kernel, registry: Registry): Meter {
  const registers = [registry]
  const position = new Gauge({
    name: 'antiphon_log_position',
    help: 'The newest place in the log of events.',
    registers,
  })
  const waiting = new Gauge({ name: 'antiphon_log_waiting', help: 'Events that have no place yet.', registers })
  const lag = new Gauge({
    name: 'antiphon_log_lag_seconds',
    help: 'How long the oldest event without a place has waited.',
    registers,
  })
  return async () => {
    const row = await one<{ position: number; waiting: number; lag: number }>(
      database,
      sql`select (select position from event_head) as position, count(*)::integer as waiting,
        coalesce(extract(epoch from now() - min(created_at)), 0)::float as lag
        from outbox ${global('metrics.log')}`,
    )
    position.set(row?.position ?? Number.NaN)
    waiting.set(row?.waiting ?? Number.NaN)
    lag.set(row?.lag ?? Number.NaN)
  }
}

function jobsMeter({ database }: Kernel, registry: Registry): Meter {
  const jobs = new Gauge({
    name: 'antiphon_jobs',
    help: 'Jobs that are planned, that failed and will be tried again, that were given up.',
    labelNames: ['state'],
    registers: [registry],
  })
  return async () => {
    const row = await one<{ planned: number; retried: number; failed: number }>(
      database,
      sql`select count(*) filter (where last_error is null)::integer as planned,
        count(*) filter (where last_error is not null and attempts < max_attempts)::integer as retried,
        count(*) filter (where attempts >= max_attempts)::integer as failed
        from graphile_worker.jobs ${global('metrics.jobs')}`,
    )
    for (const state of ['planned', 'retried', 'failed'] as const) jobs.set({ state }, row?.[state] ?? Number.NaN)
  }
}

/** One row, or nothing while the database does not answer: then the rest is told all the same. */
async function one<T>({ kysely }: Kernel['database'], query: RawBuilder<T>): Promise<T | undefined> {
  return query.execute(kysely).then(
    ({ rows }) => rows[0],
    () => undefined,
  )
}
