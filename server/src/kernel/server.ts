/** The HTTP server: one instance, one way in for every route. */
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'
import type { AddressBook } from './address.ts'
import type { Ctx } from './context.ts'
import { mediaTypeUnsupported, methodNotAllowed, routeNotFound } from './errors.ts'
import { admit, measureHead, showAddressStanding } from './gate.ts'
import type { Access, Caller, Incoming, Input, Route } from './http.ts'
import { NIL_ID, newId } from './ids.ts'
import { checkerFor, parseJson } from './input.ts'
import type { Kernel } from './kernel.ts'
import { answerBrokenRequest, sendProblem, toRefusal } from './problems.ts'
import { respond } from './respond.ts'
import { sha256 } from './secrets.ts'
import { DAY, MINUTE, SECOND } from './time.ts'
import { readUpload } from './uploads.ts'
import { readVersions } from './versions.ts'

export interface ServerOptions {
  readonly kernel: Kernel
  readonly routes: readonly Route[]
  /** How callers of routes that name no access of their own are recognised. */
  readonly access: Access
  readonly addresses: AddressBook
  readonly now: () => Date
  /** Bytes of one uploaded file. */
  readonly maxUpload: number
}

interface State {
  readonly incoming: Incoming
  readonly began: number
  caller: Caller | null
  digest: string
}

declare module 'fastify' {
  interface FastifyRequest {
    state: State
  }
}

const JSON_BYTES = 1024 * 1024
/** For whoever did not wait for an answer; the number nginx gave it. */
const HUNG_UP = 499
const EXPOSED =
  'X-Request-Id, X-RateLimit-Limit, X-RateLimit-Remaining, X-RateLimit-Reset, RateLimit, RateLimit-Policy, Retry-After, ETag, Idempotent-Replayed'

export function buildServer(options: ServerOptions): FastifyInstance {
  const { kernel, addresses } = options
  const app = Fastify({
    logger: false,
    bodyLimit: JSON_BYTES,
    requestTimeout: 1 * MINUTE,
    keepAliveTimeout: 75 * SECOND,
    forceCloseConnections: 'idle',
    genReqId: newId,
    http: {
      headersTimeout: 10 * SECOND,
      maxHeaderSize: 40 * 1024,
      connectionsCheckingInterval: 2 * SECOND,
      // A client that would rather speak HTTP/2 (h2c) is answered as if it had not asked.
      shouldUpgradeCallback: (request) => request.headers.upgrade?.toLowerCase() === 'websocket',
    },
    clientErrorHandler: answerBrokenRequest,
    // Fastify could not read the URL and runs no hook for it.
    frameworkErrors: async (error, request, reply) => {
      reply.raw.once('close', () => logRequest(kernel, request, reply))
      await refuse(error, request, reply)
    },
    routerOptions: { ignoreTrailingSlash: false, maxParamLength: 8 * 1024 }, // the whole URL is measured first
  })
  // No route answers to it, and Fastify would ask for a media type before it said so.
  app.addHttpMethod('QUERY', { hasBody: false, overrideExisting: true })
  app.decorateRequest('state')

  const refuse = async (error: unknown, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const refused = toRefusal(error)
    if (refused.status === 500) logFailure(kernel, request, error)
    await showStanding(request, reply)
    const origin = kernel.url() || addresses.originOf(request.raw)
    return sendProblem(reply, refused, { origin, request_id: request.id })
  }
  app.setErrorHandler(refuse)
  readBodies(app)

  app.addHook('onRequest', async (request, reply) => begin(request, reply, options))
  app.addHook('onRequest', async (request, reply) => {
    reply.raw.once('close', () => logRequest(kernel, request, reply))
  })

  for (const route of options.routes) mount(app, route, options)
  closeWords(app, options.routes)
  answerTheRest(app, options)
  return app
}

/** What every request has from its first moment on, and every answer says. */
function begin(request: FastifyRequest, reply: FastifyReply, { kernel, addresses, now }: ServerOptions): void {
  request.state = {
    began: performance.now(),
    caller: null,
    digest: '',
    incoming: {
      raw: request.raw,
      headers: request.headers,
      method: request.method,
      ...addresses.callerOf(request.raw),
      origin: addresses.originOf(request.raw),
      params: readParams(request.params),
      kernel,
      now,
    },
  }
  reply
    .header('x-request-id', request.id)
    .header('x-content-type-options', 'nosniff')
    .header('referrer-policy', 'same-origin')
  if ((kernel.url() || request.state.incoming.origin).startsWith('https:'))
    reply.header('strict-transport-security', 'max-age=31536000')
  if (request.url.startsWith('/v1')) {
    reply
      .header('access-control-allow-origin', '*')
      .header('access-control-expose-headers', EXPOSED)
      .header('cache-control', 'no-store')
  }
  measureHead(request)
}

function mount(app: FastifyInstance, route: Route, options: ServerOptions): void {
  const { kernel, now } = options
  const check = checkerFor(route)
  const access = route.access ?? options.access
  app.route({
    method: route.method,
    url: route.path.replaceAll(/\{(\w+)\}/g, ':$1'),
    schema: { response: jsonReplies(route) },
    onRequest: async (request, reply) => {
      request.state.caller = await admit(route, access, request.state.incoming, reply)
    },
    preParsing: async (request) => {
      const isMultipart = request.headers['content-type']?.startsWith('multipart/form-data') ?? false
      if (isMultipart !== (route.upload === 'file') && (isMultipart || route.upload)) throw mediaTypeUnsupported()
    },
    handler: async (request, reply) => {
      const { caller, incoming } = request.state
      if (!caller) throw new Error('A handler ran for nobody.')
      check({ params: request.params, query: request.query, body: request.body })
      const ctx: Ctx = {
        db: kernel.database.kysely,
        kernel,
        workspace_id: caller.workspace_id ?? NIL_ID,
        actor: caller.actor,
        user_id: caller.user_id,
        scopes: caller.scopes,
        if_match: readVersions(request.headers['if-match']),
        now,
      }
      const upload = route.upload ? await readUpload(request.raw, kernel.files, options.maxUpload) : null
      // The schemas have been checked just above; this is where their types become true.
      const input = {
        params: request.params,
        query: request.query,
        body: request.body ?? {},
        upload,
        incoming,
      } as unknown as Input<never, never, never>
      const digest = upload ? `${upload.digest}\n${upload.name}` : request.state.digest
      try {
        return await respond(route, { ctx, input, caller, digest }, request, reply)
      } finally {
        if (upload) await kernel.files.discard(upload.path)
      }
    },
  })
}

function readBodies(app: FastifyInstance): void {
  app.removeAllContentTypeParsers()
  const json = ['application/json', 'application/merge-patch+json']
  app.addContentTypeParser(json, { parseAs: 'buffer' }, async (request: FastifyRequest, bytes: Buffer) => {
    request.state.digest = sha256(bytes).toString('base64url')
    return parseJson(bytes)
  })
  app.addContentTypeParser('multipart/form-data', async () => undefined)
}

/** Unknown routes, wrong methods, preflights. */
function answerTheRest(app: FastifyInstance, { routes }: ServerOptions): void {
  const patterns = routes.map((route) => ({ method: route.method, path: patternOf(route) }))
  app.setNotFoundHandler(async (request, reply) => {
    const path = request.url.split('?')[0] ?? ''
    const methods = patterns.filter((pattern) => pattern.path.test(path)).map((pattern) => pattern.method)
    if (request.method === 'OPTIONS' && path.startsWith('/v1')) return preflight(reply, methods)
    if (methods.length === 0) throw routeNotFound()
    throw methodNotAllowed({ headers: { allow: [...new Set(methods), 'OPTIONS'].join(', ') } })
  })
}

/** A word where others have an id, such as `counts` beside `{id}`: by a method it does not take it is no id all the same. */
function closeWords(app: FastifyInstance, routes: readonly Route[]): void {
  const words = new Set(routes.map(({ path }) => path).filter((path) => !path.includes('{')))
  for (const path of words) {
    const own = new Set(routes.filter((route) => route.path === path).map(({ method }) => method))
    const others = new Set(routes.filter((route) => patternOf(route).test(path)).map(({ method }) => method))
    const refuse = async () => {
      throw methodNotAllowed({ headers: { allow: [...own, 'OPTIONS'].join(', ') } })
    }
    for (const method of [...others].filter((one) => !own.has(one)))
      app.route({ method, url: path, onRequest: refuse, handler: refuse })
  }
}

function patternOf({ path }: Route): RegExp {
  return new RegExp(`^${path.replaceAll(/\{\w+\}/g, '[^/]+')}$`)
}

/** Whoever was refused before they were counted is told how their address stands. */
async function showStanding(request: FastifyRequest, reply: FastifyReply): Promise<void> {
  const state: State | undefined = request.state
  if (state && state.caller === null && !reply.hasHeader('ratelimit')) await showAddressStanding(reply, state.incoming)
}

function preflight(reply: FastifyReply, methods: readonly string[]): FastifyReply {
  return reply
    .code(204)
    .header('access-control-allow-methods', [...new Set(methods)].join(', '))
    .header(
      'access-control-allow-headers',
      'Authorization, Content-Type, Idempotency-Key, If-Match, Public-Key, Private-Key, Antiphon-Workspace',
    )
    .header('access-control-max-age', String(DAY / SECOND))
    .send()
}

function jsonReplies(route: Route): Record<string, unknown> {
  const bodies = Object.entries(route.replies).filter(
    ([, schema]) => !('format' in schema && schema.format === 'binary'),
  )
  return Object.fromEntries(bodies.filter(([status]) => status !== '204'))
}

function readParams(params: unknown): Record<string, string> {
  if (typeof params !== 'object' || params === null) return {}
  return Object.fromEntries(
    Object.entries(params).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  )
}

function logRequest(kernel: Kernel, request: FastifyRequest, reply: FastifyReply): void {
  const state: State | undefined = request.state
  const { workspace_id = null, credential = null } = state?.caller ?? {}
  kernel.log.info(
    {
      id: request.id,
      workspace: workspace_id,
      key: credential,
      route: `${request.method} ${request.routeOptions.url ?? '*'}`,
      status: reply.raw.writableFinished ? reply.statusCode : HUNG_UP,
      ms: state ? Math.round((performance.now() - state.began) * 10) / 10 : 0,
    },
    'request',
  )
}

function logFailure(kernel: Kernel, request: FastifyRequest, error: unknown): void {
  const stack = error instanceof Error ? error.stack : String(error)
  kernel.log.error(
    { id: request.id, route: `${request.method} ${request.routeOptions.url ?? '*'}`, err: stack },
    'a request failed',
  )
}
