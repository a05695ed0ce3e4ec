/**
 * Sessions: how a person's cookie is made and recognised.
 *
 * The cookie and the row are those of the sign-in library (`<token>.<HMAC-SHA256 of it, base64>`), so that either may
 * open a session and the other end it. Recognising one needs no more than the signature and one statement, and is done
 * here: the library, which is large, is only imported when somebody signs in with a password.
 */
import { createHmac } from 'node:crypto'
import { openCache } from '../../kernel/cache.ts'
import { type Ctx, transact } from '../../kernel/context.ts'
import { credentialInvalid, originNotAllowed, refusal } from '../../kernel/errors.ts'
import type { Caller, Incoming } from '../../kernel/http.ts'
import { newId, randomBase62 } from '../../kernel/ids.ts'
import type { Kernel } from '../../kernel/kernel.ts'
import { equal } from '../../kernel/secrets.ts'
import { DAY, SECOND } from '../../kernel/time.ts'
import * as workspaces from '../workspaces/service.ts'
import * as queries from './queries.ts'
import { ROLE_SCOPES } from './roles.ts'

export const workspaceNotYours = refusal(
  'workspace_not_yours',
  403,
  'The workspace that Antiphon-Workspace names is not one of the caller’s.',
)

export const SESSION_LIVES = 30 * DAY
const NOBODYS_LIMIT = 100

export type Session = queries.SessionRow

/** The cookie's name, and whether it is only sent over https; both follow from how people reach this server. */
export function cookieFor(origin: string): { name: string; isSecure: boolean } {
  const isSecure = origin.startsWith('https:')
  return { name: isSecure ? '__Host-antiphon_session' : 'antiphon_session', isSecure }
}

/** Opens a session for a person: the header that sets its cookie. */
export async function openSession(
  ctx: Ctx,
  person_id: string,
  request: { origin: string; address: string | null; agent: string | null },
): Promise<{ set_cookie: string; cookie: string }> {
  const token = randomBase62(32)
  const expires_at = new Date(ctx.now().getTime() + SESSION_LIVES)
  const { address, agent } = request
  await transact(ctx, (tx) =>
    queries.insertSession(tx, { id: newId(), person_id, token, expires_at, ip_address: address, user_agent: agent }),
  )
  return setCookie(request.origin, `${token}.${sign(ctx.kernel, token)}`, SESSION_LIVES / SECOND)
}

/** Ends the session of a request, if it has one: the header that takes its cookie away. */
export async function closeSession(ctx: Ctx, incoming: Incoming): Promise<string> {
  const origin = reachedAt(incoming)
  const cookie = readCookie(incoming.headers.cookie, cookieFor(origin).name)
  const token = cookie === undefined ? null : readToken(ctx.kernel, cookie)
  if (token !== null) {
    refuseForeign(incoming)
    await transact(ctx, (tx) => queries.deleteSession(tx, token))
    forgetSessions(ctx.kernel)
  }
  return setCookie(origin, '', 0).set_cookie
}

/** The session cookie of a request as the library reads it: signed with the newest secret, whichever signed it. */
export function libraryCookie(incoming: Incoming): string | undefined {
  const { name } = cookieFor(reachedAt(incoming))
  const token = readToken(incoming.kernel, readCookie(incoming.headers.cookie, name) ?? '')
  return token === null ? undefined : `${name}=${encodeURIComponent(`${token}.${sign(incoming.kernel, token)}`)}`
}

const kept = openCache<Session | null>()

/** The session whose cookie a request carries; null without a cookie. One that is not ours or has ended is a 401. */
export async function sessionOf(incoming: Incoming): Promise<Session | null> {
  const { kernel } = incoming
  const cookie = readCookie(incoming.headers.cookie, cookieFor(reachedAt(incoming)).name)
  if (cookie === undefined) return null
  const token = readToken(kernel, cookie)
  if (token === null) throw credentialInvalid()
  const load = () => queries.findSession({ db: kernel.database.kysely }, token)
  const session = await kept.get(kernel, token, async () => (await load()) ?? null)
  if (!session || session.expires_at <= incoming.now()) throw credentialInvalid()
  refuseForeign(incoming)
  return session
}

/** Who a session's cookie stands for, in the workspace they name or the only one they have; null without a cookie. */
export async function authenticateSession(
  incoming: Incoming,
  named?: string,
): Promise<{ caller: Caller; session: Session; role: queries.Membership['role'] | null } | null> {
  const session = await sessionOf(incoming)
  if (!session) return null
  const place = placeOf(session, named)
  if (!place) {
    const buckets = [{ policy: 'person', key: session.id, limit: NOBODYS_LIMIT }]
    const actor = { type: 'user', id: null, name: session.name } as const
    const caller = {
      workspace_id: null,
      actor,
      user_id: null,
      scopes: new Set<string>(),
      buckets,
      credential: session.id,
    }
    return { caller, session, role: null }
  }
  const { workspace_id, user_id, role } = place
  const { limit } = await workspaces.settings(incoming.kernel, workspace_id)
  const caller = {
    workspace_id,
    actor: { type: 'user', id: user_id, name: session.name },
    user_id,
    scopes: new Set<string>(ROLE_SCOPES[role]),
    buckets: limit === null ? [] : [{ policy: 'plan', key: workspace_id, limit }],
    credential: user_id,
  } as const
  return { caller, session, role }
}

/** Of these sessions in these workspaces, the ones that have not ended, each with the role it has there. */
export function livingSessions(
  kernel: Kernel,
  asked: readonly { session_id: string; workspace_id: string }[],
  now: Date,
): Promise<{ session_id: string; workspace_id: string; role: string }[]> {
  const sessions = asked.map(({ session_id }) => session_id)
  const places = asked.map(({ workspace_id }) => workspace_id)
  return queries.listLiving({ db: kernel.database.kysely }, { sessions, workspaces: places, now })
}

/** Whether `Origin` is this server's own: the configured one, or the host that was called while none is configured. */
export function isOwnOrigin(incoming: Incoming): boolean {
  const { origin } = incoming.headers
  if (origin === undefined || !URL.canParse(origin)) return false
  const configured = incoming.kernel.url()
  if (configured) return origin === configured
  return URL.canParse(incoming.origin) && new URL(origin).host === new URL(incoming.origin).host
}

/** Where people reach this server, as far as this request tells. */
export function reachedAt(incoming: Incoming): string {
  return incoming.kernel.url() || incoming.origin
}

const listeners = new WeakMap<Kernel['database'], Set<() => void>>()

/** Calls `listen` when this process ends some credential: a good moment to ask which. Returns the way to stop. */
export function onCredentialEnded(kernel: Kernel, listen: () => void): () => void {
  const set = listeners.get(kernel.database) ?? new Set()
  listeners.set(kernel.database, set.add(listen))
  return () => set.delete(listen)
}

export function tellCredentialEnded(kernel: Kernel): void {
  for (const listen of listeners.get(kernel.database) ?? []) listen()
}

export function forgetSessions(kernel: Kernel): void {
  kept.forget(kernel)
  tellCredentialEnded(kernel)
}

/** Cookies are never accepted from another origin, and what changes something must name its own. */
export function refuseForeign(incoming: Incoming): void {
  const isSafe = ['GET', 'HEAD'].includes(incoming.method) && incoming.headers.upgrade === undefined
  if (isSafe && incoming.headers.origin === undefined) return
  if (!isOwnOrigin(incoming)) throw originNotAllowed()
}

/** One cookie of a Cookie header, decoded; undefined when it is not there. */
export function readCookie(header: string | undefined, name: string): string | undefined {
  for (const part of header?.split(';') ?? []) {
    const [key, value] = part.split('=', 2)
    if (key?.trim() === name && value !== undefined) return decode(value.trim())
  }
  return undefined
}

function setCookie(origin: string, value: string, seconds: number): { set_cookie: string; cookie: string } {
  const { name, isSecure } = cookieFor(origin)
  const cookie = `${name}=${encodeURIComponent(value)}`
  const attributes = `Max-Age=${seconds}; Path=/; HttpOnly; SameSite=Lax${isSecure ? '; Secure' : ''}`
  return { set_cookie: `${cookie}; ${attributes}`, cookie }
}

function placeOf(session: Session, named: string | undefined): queries.Membership | undefined {
  const { memberships } = session
  if (named !== undefined) {
    const place = memberships.find(({ workspace_id }) => workspace_id === named.toLowerCase())
    if (!place) throw workspaceNotYours()
    return place
  }
  const live = memberships.filter(({ sandbox_of }) => sandbox_of === null)
  return live.length === 1 ? live[0] : undefined
}

function readToken(kernel: Kernel, cookie: string): string | null {
  const dot = cookie.lastIndexOf('.')
  if (dot < 1) return null
  const token = cookie.slice(0, dot)
  const signature = Buffer.from(cookie.slice(dot + 1))
  const isOurs = keys(kernel).some((key) => equal(Buffer.from(signed(key, token)), signature))
  return isOurs ? token : null
}

const keys = (kernel: Kernel) => kernel.secrets.derive('better-auth')
const sign = (kernel: Kernel, token: string) => signed(keys(kernel)[0], token)

function signed(key: string, token: string): string {
  return createHmac('sha256', key).update(token).digest('base64')
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return ''
  }
}
