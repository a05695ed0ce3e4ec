/** Refusals on the wire, as RFC 9457 has them; and what other software's errors mean in those terms. */

import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import type { FastifyReply } from 'fastify'
import {
  bodyMalformed,
  bodyTooLarge,
  databaseUnavailable,
  headersTooLarge,
  internal,
  mediaTypeUnsupported,
  Refusal,
  refusal,
} from './errors.ts'
import { newId } from './ids.ts'
import { SECOND } from './time.ts'

export const requestMalformed = refusal('request_malformed', 400, 'That is not HTTP.')
export const urlMalformed = refusal('url_malformed', 400, 'The URL could not be read.')
export const requestTimeout = refusal('request_timeout', 408, 'The request did not arrive in time.')

const DATABASE_GONE = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE', // no server behind the socket
  '57P01',
  '57P02',
  '57P03',
  '53300',
  '08006',
  '08003',
  '08001', // shutting down, starting up, full, cut off
  '55P03',
  '57014', // a lock or a statement took too long
])
const POOL_MESSAGES = [
  'timeout exceeded when trying to connect',
  'Connection terminated',
  'Client has encountered a connection error',
]

const FRAMEWORK: Readonly<Record<string, (detail?: { detail: string }) => Refusal>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: bodyTooLarge,
  FST_ERR_CTP_INVALID_MEDIA_TYPE: mediaTypeUnsupported,
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: bodyMalformed,
  FST_ERR_CTP_EMPTY_JSON_BODY: bodyMalformed,
  FST_ERR_BAD_URL: urlMalformed,
}

export interface Problem {
  type: string
  title: string
  status: number
  detail?: string
  code: string
  request_id: string
  errors?: readonly { pointer: string; code: string; detail: string }[]
}

/** What an error means to the caller. Anything unknown is a 500 that says nothing but the request's id. */
export function toRefusal(error: unknown): Refusal {
  if (error instanceof Refusal) return error
  const code = error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : ''
  const known = FRAMEWORK[code]
  if (known) return known()
  if (isDatabaseGone(error, code)) return databaseUnavailable({ headers: { 'retry-after': '1' } })
  return internal()
}

export function toProblem(refused: Refusal, about: { origin: string; request_id: string }): Problem {
  return {
    type: `${about.origin}/errors/${refused.code}`,
    title: refused.title,
    status: refused.status,
    ...(refused.detail === undefined ? {} : { detail: refused.detail }),
    code: refused.code,
    request_id: about.request_id,
    ...(refused.errors === undefined ? {} : { errors: refused.errors }),
  }
}

export function sendProblem(
  reply: FastifyReply,
  refused: Refusal,
  about: { origin: string; request_id: string },
): FastifyReply {
  reply.code(refused.status).headers(refused.headers).header('x-request-id', about.request_id)
  if (refused.status === 413 || refused.status === 414 || refused.status === 431) reply.header('connection', 'close')
  return reply.type('application/problem+json').send(JSON.stringify(toProblem(refused, about)))
}

/** How long somebody has who was refused to read it and to hang up. */
const LINGER = 1 * SECOND

/** What Node could not even parse as HTTP is answered on the bare socket. */
export function answerBrokenRequest(error: Error & { code?: string }, socket: Socket): void {
  if (!socket.writable) return void socket.destroy()
  const kinds: Record<string, () => Refusal> = {
    HPE_HEADER_OVERFLOW: headersTooLarge,
    ERR_HTTP_REQUEST_TIMEOUT: requestTimeout,
  }
  refuseBare(socket, (kinds[error.code ?? ''] ?? requestMalformed)())
}

/** A refusal where there is no reply to send it by: before HTTP could be read, and in place of an upgrade. */
export function refuseBare(socket: Duplex, refused: Refusal): void {
  const request_id = newId()
  const body = JSON.stringify(toProblem(refused, { origin: '', request_id }))
  const head = [
    `HTTP/1.1 ${refused.status} Refused`,
    'Content-Type: application/problem+json',
    `Content-Length: ${Buffer.byteLength(body)}`,
    `X-Request-Id: ${request_id}`,
    ...Object.entries(refused.headers).map(([name, value]) => `${name}: ${value}`),
    'Connection: close',
  ]
  // Whoever does not hang up in turn would otherwise hold the socket for as long as they like.
  setTimeout(() => socket.destroy(), LINGER).unref()
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`)
}

function isDatabaseGone(error: unknown, code: string): boolean {
  if (DATABASE_GONE.has(code)) return true
  // What it says before it hangs up, whatever the reason.
  if (error instanceof Error && 'severity' in error && error.severity === 'FATAL') return true
  // No such socket; of a file it would mean something else.
  if (code === 'ENOENT') return error instanceof Error && 'syscall' in error && error.syscall === 'connect'
  return error instanceof Error && POOL_MESSAGES.some((message) => error.message.includes(message))
}
