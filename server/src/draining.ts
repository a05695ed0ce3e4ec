/**
 * Stopping well. Idle connections end at once, requests under way have ten seconds, and whoever comes meanwhile is told to
 * try elsewhere; `/ready` and `/health` go on answering until the last of the others is done.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { draining } from './kernel/errors.ts'
import { SECOND } from './kernel/time.ts'

const GRACE = 10 * SECOND
/** Milliseconds in which an answer that was just given leaves the machine. */
const FLUSH = 50
const ASKED_TO_THE_END = new Set(['/ready', '/health'])

/** Watches who is being answered. What it returns closes the server; it resolves when no connection is open any more. */
export function watchRequests(server: FastifyInstance, state: { isDraining: boolean }): () => Promise<void> {
  const underWay = new Set<FastifyRequest>()
  let lastIsDone = () => {}

  server.addHook('onRequest', async (request, reply) => {
    underWay.add(request)
    // Also of those who hang up before they are answered.
    reply.raw.once('close', () => {
      underWay.delete(request)
      if (underWay.size === 0) lastIsDone()
    })
    if (!state.isDraining) return
    reply.header('connection', 'close')
    if (!ASKED_TO_THE_END.has(request.routeOptions.url ?? '')) throw draining({ headers: { 'retry-after': '1' } })
  })

  return async () => {
    state.isDraining = true
    server.server.closeIdleConnections()
    if (underWay.size > 0) {
      const done = Promise.withResolvers<void>()
      lastIsDone = done.resolve
      const patience = new AbortController()
      await Promise.race([done.promise, sleep(GRACE, undefined, patience)])
      patience.abort()
    }
    const closed = server.close()
    await sleep(FLUSH)
    // Also those that were opened and never asked for anything.
    server.server.closeAllConnections()
    await closed
  }
}
