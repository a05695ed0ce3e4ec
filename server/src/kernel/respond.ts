/** From a route's answer to the wire, once per Idempotency-Key. */

import { Readable } from 'node:stream'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Ctx } from './context.ts'
import type { Answer, Caller, Input, Route } from './http.ts'
import { once, type StoredAnswer } from './idempotency.ts'
import { sha256 } from './secrets.ts'

/** Runs the route and sends what it answers. `digest` is the hash of the body as it came. */
export async function respond(
  route: Route,
  call: { ctx: Ctx; input: Input<never, never, never>; caller: Caller; digest: string },
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const key = request.headers['idempotency-key']
  if (typeof key !== 'string' || request.method === 'GET' || request.method === 'HEAD') {
    return send(reply, await route.run(call.ctx, call.input))
  }
  const attempt = {
    caller: call.caller.credential,
    key,
    fingerprint: sha256(`${request.method}\n${request.url}\n${call.digest}`),
  }
  const stored = await once(call.ctx, attempt, async (tx) => storable(reply, await route.run(tx, call.input)))
  if (stored.replayed) reply.header('idempotent-replayed', 'true')
  reply.code(stored.status).headers(stored.headers)
  if (stored.payload === null) return reply.send()
  return reply.type('application/json; charset=utf-8').send(stored.payload)
}

function send(reply: FastifyReply, answer: Answer<unknown>): FastifyReply {
  reply.code(answer.status).headers(headersOf(answer))
  if (answer.body instanceof Readable) return reply.send(answer.body)
  if (answer.status === 204) return reply.send()
  return reply.type('application/json; charset=utf-8').send(answer.body)
}

function storable(reply: FastifyReply, answer: Answer<unknown>): StoredAnswer {
  const headers = headersOf(answer)
  if (answer.status === 204) return { status: answer.status, headers, payload: null }
  const serialize = reply.getSerializationFunction(String(answer.status))
  const payload: unknown = serialize ? serialize(answer.body as Record<string, unknown>) : JSON.stringify(answer.body)
  return { status: answer.status, headers, payload: String(payload) }
}

function headersOf(answer: Answer<unknown>): Record<string, string> {
  return { ...answer.headers, ...(answer.etag === undefined ? {} : { etag: answer.etag }) }
}
