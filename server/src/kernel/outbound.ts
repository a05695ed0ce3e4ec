/**
 * Every request this server sends to somebody else's: webhooks, look-ups, whatever fetches what a customer names.
 *
 * An address is checked when it is dialled, and only what was checked is connected to: a name is resolved for each new
 * connection, its forbidden addresses are left out, and the connection is made to one of the others without asking again.
 * Redirects are never followed. Connections are kept for each origin and closed when nobody used them for a while.
 */
import { isIP, type LookupFunction } from 'node:net'
import type { Agent, buildConnector } from 'undici'
import { openReach, type Reach } from './reachable.ts'
import { openResolver, type Resolve } from './resolving.ts'
import { SECOND } from './time.ts'

export interface OutboundRequest {
  readonly url: string
  readonly method: 'GET' | 'POST'
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string | Buffer
  /** Milliseconds until the last byte of the answer must have come. */
  readonly timeout: number
  /** Bytes of the answer's body that are kept. */
  readonly most: number
  /** What becomes of an answer that is longer: `cut` to what is kept, or a failure. */
  readonly longer: 'cut' | 'fail'
  readonly signal?: AbortSignal
}

export interface OutboundAnswer {
  readonly status: number
  /** By lower-case name; of several, joined by commas. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: Buffer
  readonly truncated: boolean
  readonly ms: number
}

const FAILURES = {
  url_refused: 'The URL is not one that may be called.',
  dns_failed: 'The name could not be resolved.',
  address_refused: 'The name or address leads into a network that may not be called, or is called without TLS.',
  connection_refused: 'Nothing listens at that address and port.',
  unreachable: 'There is no way to that address.',
  connection_lost: 'The connection broke before the answer was complete.',
  tls_failed: 'No TLS connection could be made: the certificate or the protocol is not right.',
  timeout: 'The answer did not come in time.',
  answer_malformed: 'What came back is not HTTP.',
  answer_too_large: 'The answer is larger than what is read.',
  aborted: 'The request was called off.',
} as const
export type FailureCode = keyof typeof FAILURES

/** Why there is no answer. `ms` is how long it took to know. */
export class OutboundFailure extends Error {
  override readonly name = 'OutboundFailure'
  readonly code: FailureCode
  readonly ms: number

  constructor(code: FailureCode, ms: number, more = '') {
    super(more === '' ? FAILURES[code] : `${FAILURES[code]} (${more})`)
    this.code = code
    this.ms = ms
  }
}

/** What is wrong with a URL that somebody wants called. */
export interface UrlFault {
  readonly code: string
  readonly detail: string
}

export interface Outbound {
  /** Sends one request. Throws an OutboundFailure when there is no whole answer. */
  send(request: OutboundRequest): Promise<OutboundAnswer>
  /** Null for a URL that may be called, as far as one can say without resolving its name. */
  check(url: string): UrlFault | null
  close(): Promise<void>
}

export interface OutboundOptions {
  /** Addresses or CIDRs that may be reached although they are private. */
  readonly allow: readonly string[]
  readonly resolve?: Resolve
}

const LONGEST_URL = 2_000
const CONNECT_WITHIN = 10 * SECOND
const KEPT = 10 * SECOND
const HEADERS_AT_MOST = 32 * 1_024

export function openOutbound({ allow, resolve = openResolver() }: OutboundOptions): Outbound {
  const reach = openReach(allow)
  let opening: Promise<Agent> | null = null
  const agent = () => {
    opening ??= openAgent(reach, resolve)
    return opening
  }
  return {
    check: (url) => faultOf(url, reach),
    send: async (request) => {
      const began = performance.now()
      const fault = faultOf(request.url, reach)
      if (fault)
        throw new OutboundFailure(fault.code === 'address' ? 'address_refused' : 'url_refused', 0, fault.detail)
      return exchange(await agent(), request, began)
    },
    close: async () => {
      if (opening) await (await opening).destroy()
    },
  }
}

function faultOf(text: string, reach: Reach): UrlFault | null {
  if (text.length > LONGEST_URL) return { code: 'maxLength', detail: `A URL has at most ${LONGEST_URL} characters.` }
  // The parser drops line breaks and blanks at the ends without a word.
  const isClean = !/[\s\p{Cc}]/u.test(text)
  const url = isClean && URL.canParse(text) ? new URL(text) : null
  if (url === null) return { code: 'url', detail: 'That is not a URL.' }
  if (url.protocol !== 'https:' && url.protocol !== 'http:')
    return { code: 'scheme', detail: 'A URL begins with https.' }
  if (url.username || url.password)
    return { code: 'credentials', detail: 'A URL holds no name and password: send a header.' }
  if (text.includes('#')) return { code: 'fragment', detail: 'A URL ends before its fragment: servers never see it.' }
  const address = literalOf(url.hostname)
  if (address !== null && !reach.permits(address, 'https:') && !reach.permits(address, 'http:')) {
    return { code: 'address', detail: 'This address lies in a private or special network.' }
  }
  const mayBePlain = address === null ? reach.isOpened : reach.permits(address, 'http:')
  if (url.protocol === 'http:' && !mayBePlain) return { code: 'scheme', detail: 'Only https is accepted.' }
  return null
}

/** The address that a host is, in whatever spelling: the URL parser has made one of decimal, octal, hex and short forms. */
function literalOf(hostname: string): string | null {
  const bare = hostname.replace(/^\[(.*)\]$/, '$1')
  if (isIP(bare) !== 0) return bare
  return /^(.+\.)?localhost\.?$/.test(bare) ? '127.0.0.1' : null
}

async function openAgent(reach: Reach, resolve: Resolve): Promise<Agent> {
  const undici = await import('undici')
  const options = { timeout: CONNECT_WITHIN, allowH2: false }
  const connect = {
    'https:': undici.buildConnector({ ...options, lookup: checked(reach, resolve, 'https:') }),
    'http:': undici.buildConnector({ ...options, lookup: checked(reach, resolve, 'http:') }),
  }
  return new undici.Agent({
    connect: guarded(reach, connect),
    allowH2: false,
    pipelining: 1,
    keepAliveTimeout: KEPT,
    keepAliveMaxTimeout: KEPT,
    maxHeaderSize: HEADERS_AT_MOST,
    // The whole exchange has its own end.
    headersTimeout: 0,
    bodyTimeout: 0,
  })
}

/** Addresses in the URL itself are never looked up, so they are checked here; and whatever was connected to, once more. */
function guarded(
  reach: Reach,
  connect: Readonly<Record<'https:' | 'http:', buildConnector.connector>>,
): buildConnector.connector {
  return (options, callback) => {
    const protocol = options.protocol === 'https:' ? 'https:' : 'http:'
    if (isIP(options.hostname) !== 0 && !reach.permits(options.hostname, protocol)) {
      return callback(new Forbidden(), null)
    }
    connect[protocol](options, (...result) => {
      const [error, socket] = result
      if (error === null && !reach.permits(socket.remoteAddress ?? '', protocol)) {
        socket.destroy()
        return callback(new Forbidden(), null)
      }
      callback(...result)
    })
  }
}

/** Resolves a name and passes on only what may be reached. */
function checked(reach: Reach, resolve: Resolve, protocol: string): LookupFunction {
  return (hostname, options, callback) => {
    resolve(hostname).then(
      (addresses) => {
        const allowed = addresses.filter((address) => reach.permits(address, protocol))
        const [first] = allowed
        if (addresses.length === 0) return callback(new Unresolved(), [])
        if (first === undefined) return callback(new Forbidden(), [])
        if (options.all)
          return callback(
            null,
            allowed.map((address) => ({ address, family: isIP(address) })),
          )
        callback(null, first, isIP(first))
      },
      () => callback(new Unresolved(), []),
    )
  }
}

class Forbidden extends Error {
  readonly code = 'ADDRESS_REFUSED'
}
class Unresolved extends Error {
  readonly code = 'ENOTFOUND'
}

async function exchange(agent: Agent, request: OutboundRequest, began: number): Promise<OutboundAnswer> {
  const url = new URL(request.url)
  const call = new AbortController()
  let why: FailureCode | null = null
  const stop = (code: FailureCode) => {
    why ??= code
    call.abort()
  }
  const since = () => Math.round(performance.now() - began)
  const timer = setTimeout(() => stop('timeout'), request.timeout - since())
  const onAbort = () => stop('aborted')
  request.signal?.addEventListener('abort', onAbort, { once: true })
  if (request.signal?.aborted) onAbort()
  try {
    const { statusCode, headers, body } = await agent.request({
      origin: url.origin,
      path: `${url.pathname}${url.search}`,
      method: request.method,
      headers: { ...request.headers },
      body: request.body ?? null,
      signal: call.signal,
    })
    const parts: Buffer[] = []
    let size = 0
    for await (const part of body) {
      parts.push(part)
      size += part.length
      if (size > request.most) break // which destroys the stream, and so the connection
    }
    if (size > request.most && request.longer === 'fail') throw new OutboundFailure('answer_too_large', since())
    const whole = Buffer.concat(parts)
    return {
      status: statusCode,
      headers: flat(headers),
      body: whole.subarray(0, request.most),
      truncated: size > request.most,
      ms: since(),
    }
  } catch (error) {
    throw error instanceof OutboundFailure ? error : new OutboundFailure(why ?? codeOf(error), since(), nameOf(error))
  } finally {
    clearTimeout(timer)
    request.signal?.removeEventListener('abort', onAbort)
  }
}

function flat(headers: Readonly<Record<string, string | string[] | undefined>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value ?? '')]))
}

const CODES: Readonly<Record<string, FailureCode>> = {
  ADDRESS_REFUSED: 'address_refused',
  ENOTFOUND: 'dns_failed',
  ECONNREFUSED: 'connection_refused',
  EHOSTUNREACH: 'unreachable',
  ENETUNREACH: 'unreachable',
  EADDRNOTAVAIL: 'unreachable',
  EACCES: 'unreachable',
  ETIMEDOUT: 'timeout',
  UND_ERR_CONNECT_TIMEOUT: 'timeout',
  UND_ERR_HEADERS_OVERFLOW: 'answer_too_large',
  EPROTO: 'tls_failed',
  EPIPE: 'connection_lost',
  ECONNRESET: 'connection_lost',
  UND_ERR_SOCKET: 'connection_lost',
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: 'answer_malformed',
}

function codeOf(error: unknown): FailureCode {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  const known = CODES[code]
  if (known) return known
  if (error instanceof Error && error.name === 'HTTPParserError') return 'answer_malformed'
  // Of TLS: ERR_TLS_…, ERR_SSL_…, and what OpenSSL says of a certificate (CERT_HAS_EXPIRED, DEPTH_ZERO_SELF_SIGNED_CERT).
  return /TLS|SSL|CERT|SIGNED|ISSUER|VERIFY/.test(code) ? 'tls_failed' : 'connection_lost'
}

/** What the system calls it: never its message, which may hold what was sent. */
function nameOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' && /^[A-Z_\d]+$/.test(error.code)
    ? error.code
    : ''
}
