/** Puts the kernel, the modules and the channels together. Knows no rules. */
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import type { FastifyInstance } from 'fastify'
import type pg from 'pg'
import { serveAssets } from './assets.ts'
import { channels, frameAncestors, startSandbox, visitorDoor } from './channels/index.ts'
import type { Config } from './config.ts'
import { contractOf } from './docs/contract.ts'
import { serveDocs } from './docs/serving.ts'
import { watchRequests } from './draining.ts'
import { healthRoutes } from './health.ts'
import { addressBook } from './kernel/address.ts'
import type { Ctx } from './kernel/context.ts'
import { type Database, openDatabase } from './kernel/db.ts'
import { openFileStore } from './kernel/files.ts'
import { forbidUnscoped } from './kernel/guard.ts'
import type { Route } from './kernel/http.ts'
import { NIL_ID } from './kernel/ids.ts'
import { type Chore, migrateJobs, openJobs } from './kernel/jobs.ts'
import type { Kernel } from './kernel/kernel.ts'
import { type Log, openLog } from './kernel/log.ts'
import type { Module } from './kernel/module.ts'
import { openOutbound } from './kernel/outbound.ts'
import { openOutbox } from './kernel/outbox.ts'
import { keepPartitions } from './kernel/partitions.ts'
import { openRateLimits, type RateLimits } from './kernel/rate-limit.ts'
import { makeSecrets } from './kernel/secrets.ts'
import { buildServer } from './kernel/server.ts'
import { openSockets } from './kernel/sockets.ts'
import { SECOND } from './kernel/time.ts'
import { openUsageCounts } from './kernel/usage.ts'
import { credential } from './modules/api-keys/service.ts'
import { startBots } from './modules/bots/service.ts'
import { modules } from './modules/index.ts'
import { startLive } from './modules/live/service.ts'
import { startUsage } from './modules/usage/service.ts'
import { mountAuth } from './modules/users/auth.ts'
import { startDeliveries } from './modules/webhooks/service.ts'

export interface AppOptions {
  readonly config: Config
  readonly connection: pg.PoolConfig
  readonly secrets: readonly [string, ...string[]]
  /** The directory of the built pages, with `dashboard/` and `widget/`; null serves the API alone. */
  readonly assets: string | null
  readonly log?: Log
  readonly now?: () => Date
  /** In tests and development: refuses statements that name no workspace. */
  readonly isGuarded?: boolean
}

export interface App {
  readonly kernel: Kernel
  /** Everything this server answers to. */
  readonly routes: readonly Route[]
  /** A context that acts for the system itself. */
  readonly system: (workspace_id: string | null) => Ctx
  listen(): Promise<{ port: number }>
  /** Stops taking requests, lets those under way finish within 10 s, and lets go of everything. */
  drain(): Promise<void>
}

export const parts: readonly Module[] = [...modules, ...channels]

export async function createApp(options: AppOptions): Promise<App> {
  const { config } = options
  const now = options.now ?? (() => new Date())
  const log = options.log ?? openLog('info')
  const database = openDatabase({
    connection: options.connection,
    onIdleError: (error) => log.warn({ err: error.message }, 'a database connection broke'),
    ...(options.isGuarded ? { guard: forbidUnscoped(parts.flatMap((part) => part.globals ?? [])) } : {}),
  })
  const jobsDatabase = openDatabase({ connection: options.connection, connections: 10, statementTimeout: 60 * SECOND })
  const jobs = openJobs(jobsDatabase.pool, log)
  const kernel = makeKernel(options, { database, log, limits: await openLimits(config, log) })
  const system = (workspace_id: string | null) => systemContext(kernel, now, workspace_id)
  const behind = (workspace_id: string | null) => ({ ...system(workspace_id), db: jobsDatabase.kysely })
  const state = { isDraining: false }
  const routes = [...healthRoutes(state), ...parts.flatMap((part) => part.routes ?? [])]
  const addresses = addressBook(config.trustedProxies)
  const server = buildServer({ kernel, routes, access: credential, addresses, now, maxUpload: config.maxUpload })
  const closeDoors = watchRequests(server, state)
  const stopMetrics = await offerMetrics(server, kernel, config)
  mountAuth(server, { kernel, now })
  if (options.assets) {
    await serveAssets(server, { directory: options.assets, ancestorsOf: (id) => frameAncestors(kernel, id, now) })
  }
  publishContract(server, routes)
  await serveDocs(server, options.assets && join(options.assets, 'docs'))
  kernel.sockets.attach(server.server)

  await keepPartitions(database.kysely, now())
  await kernel.outbox.start()
  await jobs.start({
    jobs: parts.flatMap((part) => part.jobs ?? []),
    chores: [keepRoom, ...parts.flatMap((part) => part.chores ?? [])],
    contextFor: behind,
  })
  const stopDeliveries = await startDeliveries({ contextFor: behind, factor: config.webhookRetryFactor })
  const stopSandbox = startSandbox(behind)
  const stopBots = startBots(behind)
  const stopUsage = startUsage(kernel)
  const stopLive = startLive({ kernel, door: visitorDoor, addresses, now })

  return {
    kernel,
    routes,
    system,
    listen: async () => {
      await server.listen({ host: config.host, port: config.port })
      return { port: (server.server.address() as AddressInfo).port } // a TCP server's address is never a path
    },
    drain: async () => {
      kernel.sockets.close()
      stopLive()
      await closeDoors()
      await stopUsage()
      stopMetrics()
      await Promise.all([jobs.stop(), stopDeliveries(), stopSandbox(), stopBots()])
      await kernel.outbox.stop()
      await kernel.outbound.close()
      kernel.limits.close()
      await Promise.all([database.close(), jobsDatabase.close()])
    },
  }
}

export interface OpenKernel extends Pick<App, 'kernel' | 'system'> {
  close(): Promise<void>
}

/** The kernel for one command: services work in it, but nothing listens and nothing runs by itself. */
export async function openKernel(options: Omit<AppOptions, 'assets'>): Promise<OpenKernel> {
  const now = options.now ?? (() => new Date())
  const log = options.log ?? openLog('info')
  const database = openDatabase({ connection: options.connection, connections: 2 })
  const jobsDatabase = openDatabase({ connection: options.connection, connections: 1, statementTimeout: 60 * SECOND })
  const kernel = makeKernel(options, { database, log, limits: openRateLimits() })
  await keepPartitions(database.kysely, now())
  await migrateJobs(jobsDatabase.pool, log)
  return {
    kernel,
    system: (workspace_id) => systemContext(kernel, now, workspace_id),
    close: async () => void (await Promise.all([kernel.outbound.close(), database.close(), jobsDatabase.close()])),
  }
}

const keepRoom: Chore = {
  name: 'partitions.keep',
  at: '17 * * * *',
  run: (ctx) => keepPartitions(ctx.db, ctx.now()),
}

async function offerMetrics(server: FastifyInstance, kernel: Kernel, { metricsPort }: Config): Promise<() => void> {
  if (metricsPort === null) return () => {}
  const { serveMetrics } = await import('./metrics.ts')
  return serveMetrics(server, kernel, metricsPort)
}

/** What the routes promise, for whoever writes a client. */
function publishContract(server: FastifyInstance, routes: readonly Route[]): void {
  const contract = JSON.stringify(contractOf(routes))
  server.get('/openapi.json', (_request, reply) =>
    reply
      .type('application/json')
      .header('access-control-allow-origin', '*')
      .header('cache-control', 'no-cache')
      .send(contract),
  )
}

/** Counted in this process, or by the Redis that all processes share; its client is loaded only for that. */
async function openLimits({ redisUrl }: Config, log: Log): Promise<RateLimits> {
  if (redisUrl === null) return openRateLimits()
  const { openRedisLimits } = await import('./kernel/redis-limits.ts')
  return openRedisLimits(redisUrl, log)
}

function makeKernel(
  options: Omit<AppOptions, 'assets'>,
  opened: { database: Database; log: Log; limits: RateLimits },
): Kernel {
  const { config } = options
  return {
    database: opened.database,
    secrets: makeSecrets(options.secrets),
    files: openFileStore(join(config.data, 'files')),
    outbox: openOutbox(opened.database.kysely, opened.log),
    outbound: openOutbound({ allow: config.outboundAllow }),
    limits: opened.limits,
    usage: openUsageCounts(),
    sockets: openSockets(),
    log: opened.log,
    url: () => config.url ?? '',
  }
}

function systemContext(kernel: Kernel, now: () => Date, workspace_id: string | null): Ctx {
  return {
    db: kernel.database.kysely,
    kernel,
    workspace_id: workspace_id ?? NIL_ID,
    actor: { type: 'system', id: null, name: null },
    user_id: null,
    scopes: new Set(['*']),
    if_match: null,
    now,
  }
}
