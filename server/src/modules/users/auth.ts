/** `/auth/*`: signing in, staying signed in, signing out. Passwords are the library's; what it may hear is decided here. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { type Static, type TSchema, Type } from 'typebox'
import type { Ctx } from '../../kernel/context.ts'
import { originNotAllowed, refusal } from '../../kernel/errors.ts'
import { count } from '../../kernel/gate.ts'
import type { Incoming } from '../../kernel/http.ts'
import { NIL_ID } from '../../kernel/ids.ts'
import { readerFor } from '../../kernel/input.ts'
import type { Kernel } from '../../kernel/kernel.ts'
import { urlMalformed } from '../../kernel/problems.ts'
import { Body } from '../../kernel/schema.ts'
import { openAttempts } from './attempts.ts'
import type { Library } from './library.ts'
import { redeemLink } from './people.ts'
import { ping } from './queries.ts'
import {
  closeSession,
  cookieFor,
  forgetSessions,
  isOwnOrigin,
  libraryCookie,
  openSession,
  reachedAt,
  refuseForeign,
  sessionOf,
} from './sessions.ts'

export const linkInvalid = refusal('link_invalid', 401, 'This sign-in link is unknown, used or expired.')

const REQUESTS_A_MINUTE = 120

const Password = Type.String({ minLength: 1, maxLength: 128 })
const SignIn = Body({ email: Type.String({ minLength: 1, maxLength: 254 }), password: Password })
const ChangePassword = Body({ currentPassword: Password, newPassword: Password })
const Link = Body({ token: Type.String({ minLength: 1, maxLength: 100 }) })

type Run<B> = (incoming: Incoming, body: B, reply: FastifyReply) => Promise<FastifyReply>

/** Mounts what a browser needs to sign in, stay signed in and sign out. */
export function mountAuth(app: FastifyInstance, { kernel, now }: { kernel: Kernel; now: () => Date }): void {
  const ctx = nobody(kernel, now)
  const attempts = openAttempts()
  const library = libraries(kernel)

  post(app, '/auth/sign-in/email', SignIn, async (incoming, body, reply) => {
    const succeeded = await attempts.begin(incoming.network, body.email.trim().toLowerCase())
    const response = await ask(await library(incoming), incoming, body)
    if (response.ok) await succeeded()
    return pass(response, reply)
  })

  post(app, '/auth/change-password', ChangePassword, async (incoming, body, reply) => {
    const session = await sessionOf(incoming)
    const succeeded = await attempts.begin(incoming.network, session?.id ?? null)
    const response = await ask(await library(incoming), incoming, { ...body, revokeOtherSessions: true })
    if (response.ok) await succeeded()
    forgetSessions(kernel)
    return pass(response, reply)
  })

  post(app, '/auth/link', Link, async (incoming, { token }, reply) => {
    const succeeded = await attempts.begin(incoming.network, null)
    const person_id = await redeemLink(ctx, token)
    if (person_id === null) throw linkInvalid()
    await succeeded()
    const { address } = incoming
    const agent = incoming.headers['user-agent'] ?? null
    const { set_cookie } = await openSession(ctx, person_id, { origin: reachedAt(incoming), address, agent })
    return reply.header('set-cookie', set_cookie).send({ success: true })
  })

  post(app, '/auth/sign-out', Body({}), async (incoming, _body, reply) => {
    return reply.header('set-cookie', await closeSession(ctx, incoming)).send({ success: true })
  })

  app.get('/auth/get-session', { onRequest: arrive }, async ({ state: { incoming } }, reply) => {
    return pass(await ask(await library(incoming), incoming), reply)
  })
}

function post<B extends TSchema>(app: FastifyInstance, path: string, body: B, run: Run<Static<B>>): void {
  const read = readerFor(body)
  app.post(path, { onRequest: arrive }, async (request, reply) =>
    run(request.state.incoming, read(request.body ?? {}), reply),
  )
}

/** Before the body is read: how often this address knocks, and whether the page that sends it is ours. */
async function arrive(request: FastifyRequest, reply: FastifyReply): Promise<void> {
  const { incoming } = request.state
  if (!URL.canParse(incoming.origin)) throw urlMalformed({ detail: 'The Host header is no host.' })
  reply.header('cache-control', 'no-store')
  await count([{ policy: 'sign-in', key: incoming.network, limit: REQUESTS_A_MINUTE }], incoming, reply)
  const hasCookie = incoming.headers.cookie?.includes(`${cookieFor(reachedAt(incoming)).name}=`)
  if (hasCookie) refuseForeign(incoming)
  else if (incoming.headers.origin !== undefined && !isOwnOrigin(incoming)) throw originNotAllowed()
}

/** The library, imported at the first need, once for each way of naming the cookie. */
function libraries(kernel: Kernel): (incoming: Incoming) => Promise<Library> {
  const opened = new Map<string, Library>()
  return async (incoming) => {
    const { openLibrary } = await import('./library.ts')
    const origin = reachedAt(incoming)
    const { name } = cookieFor(origin)
    const library = opened.get(name) ?? openLibrary(kernel, origin)
    opened.set(name, library)
    return library
  }
}

/** Asks the library. Of the request it hears the body, the cookie, the agent, and the address and origin as we see them. */
async function ask(library: Library, incoming: Incoming, body?: object): Promise<Response> {
  const origin = reachedAt(incoming)
  const headers = new Headers({ origin, 'content-type': 'application/json', 'x-antiphon-address': incoming.address })
  const cookie = libraryCookie(incoming)
  if (cookie) headers.set('cookie', cookie)
  const agent = incoming.headers['user-agent']
  if (agent) headers.set('user-agent', agent)
  const path = incoming.raw.url?.split('?')[0] ?? ''
  const request = body === undefined ? { headers } : { method: 'POST', headers, body: JSON.stringify(body) }
  const response = await library.handler(new Request(`${origin}${path}`, request))
  // It takes a database that is away for a person who is not there.
  if (response.status === 401 || response.status >= 500) await ping({ db: incoming.kernel.database.kysely })
  if (response.status >= 500) throw new Error(`The sign-in library answered ${response.status}.`)
  return response
}

async function pass(response: Response, reply: FastifyReply): Promise<FastifyReply> {
  const cookies = response.headers.getSetCookie()
  if (cookies.length > 0) reply.header('set-cookie', cookies)
  return reply
    .code(response.status)
    .type('application/json; charset=utf-8')
    .send((await response.text()) || 'null')
}

function nobody(kernel: Kernel, now: () => Date): Ctx {
  return {
    db: kernel.database.kysely,
    kernel,
    workspace_id: NIL_ID,
    actor: { type: 'system', id: null, name: null },
    user_id: null,
    scopes: new Set(),
    if_match: null,
    now,
  }
}
