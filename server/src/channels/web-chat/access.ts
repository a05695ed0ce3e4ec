/** Who calls from a web page: somebody looking, or a visitor with a token. Both only from the inbox's own domains. */
import { openCache } from '../../kernel/cache.ts'
import type { Ctx } from '../../kernel/context.ts'
import { credentialInvalid, credentialMissing, notFound, originNotAllowed } from '../../kernel/errors.ts'
import type { Access, Caller, Incoming } from '../../kernel/http.ts'
import type { Kernel } from '../../kernel/kernel.ts'
import type { Bucket } from '../../kernel/rate-limit.ts'
import type { WebChatInbox } from '../../modules/inboxes/schema.ts'
import * as inboxes from '../../modules/inboxes/service.ts'
import * as queries from './queries.ts'
import { readToken } from './token.ts'

const LOOKS_A_MINUTE = 240
const VISITS_A_MINUTE = 30
const ACTS_A_MINUTE = 120
const FILES_A_MINUTE = 20

const workspaces = openCache<string | undefined>()
const sessions = openCache<queries.Session | undefined>()

/** Anyone who looks at a page with the widget on it; limited by address. */
export const looker: Access = {
  scheme: 'none',
  authenticate: async (incoming) => {
    const inbox = await requireInbox(incoming)
    return someone(incoming, inbox.workspace_id, { policy: 'web_chat', limit: LOOKS_A_MINUTE })
  },
}

/** Anyone who begins to write or says who they are: rarer, and limited so. */
export const newcomer: Access = {
  scheme: 'none',
  authenticate: async (incoming) => {
    const inbox = await requireInbox(incoming)
    const text = bearer(incoming)
    if (text !== null) await recogniseIn(inbox, text, incoming)
    return someone(incoming, inbox.workspace_id, { policy: 'web_chat_visitors', limit: VISITS_A_MINUTE })
  },
}

/** A visitor, by their token. */
export const visitor: Access = {
  scheme: 'visitor',
  authenticate: async (incoming) => {
    const inbox = await requireInbox(incoming)
    const text = bearer(incoming)
    if (text === null) throw credentialMissing()
    const caller = await recogniseIn(inbox, text, incoming)
    return {
      ...caller,
      buckets: [...caller.buckets, { policy: 'web_chat', key: incoming.network, limit: LOOKS_A_MINUTE }],
    }
  },
}

/** A visitor who sends a file, which costs more than words do. */
export const uploader: Access = {
  scheme: 'visitor',
  authenticate: async (incoming) => {
    const caller = await visitor.authenticate(incoming)
    const files = { policy: 'web_chat_files', key: incoming.network, limit: FILES_A_MINUTE }
    return { ...caller, buckets: [...caller.buckets, files] }
  },
}

/**
 * Whose request it is. Remembered and not asked again: a route may run inside a transaction, and one that waits there for
 * a second connection can wait for others that do the same.
 */
const recognised = new WeakMap<Incoming['raw'], queries.Session>()

/** The session of a request that came with a token, or null. */
export function sessionOf(incoming: Incoming): queries.Session | null {
  return recognised.get(incoming.raw) ?? null
}

async function recogniseIn(inbox: WebChatInbox, text: string, incoming: Incoming): ReturnType<typeof recognise> {
  const caller = await recognise(incoming.kernel, text, incoming.now)
  if (caller.session.inbox_id !== inbox.id) throw credentialInvalid()
  recognised.set(incoming.raw, caller.session)
  return caller
}

/** The visitor a token names. Refuses one that is forged, has ended or has expired. */
export async function recognise(
  kernel: Kernel,
  text: string,
  now: () => Date,
): Promise<Caller & { workspace_id: string; session: queries.Session }> {
  const token = readToken(kernel, text, now())
  if (!token) throw credentialInvalid()
  const { workspace_id, session_id } = token
  const session = await sessions.get(kernel, session_id, () =>
    queries.findSession({ db: kernel.database.kysely, workspace_id, now }, session_id),
  )
  if (!session) throw credentialInvalid()
  return {
    workspace_id,
    session,
    actor: { type: 'contact', id: session.contact_id, name: null },
    user_id: null,
    scopes: new Set(),
    buckets: [{ policy: 'visitor', key: session.id, limit: ACTS_A_MINUTE }],
    credential: `visitor:${session.id}`,
  }
}

/** What is cached of a session is no longer true. */
export function forgetSession(kernel: Kernel, id: string): void {
  sessions.forget(kernel, id)
}

const signOuts = new WeakMap<Kernel['database'], Map<string, Set<() => void>>>()

/** Calls when a session is signed out in this process. Returns the way to stop. */
export function onSignOut(kernel: Kernel, session_id: string, listen: () => void): () => void {
  const all = signOuts.get(kernel.database) ?? new Map<string, Set<() => void>>()
  const own = all.get(session_id) ?? new Set()
  signOuts.set(kernel.database, all.set(session_id, own.add(listen)))
  return () => {
    own.delete(listen)
    if (own.size === 0 && all.get(session_id) === own) all.delete(session_id)
  }
}

export function tellSignOut(kernel: Kernel, session_id: string): void {
  for (const listen of signOuts.get(kernel.database)?.get(session_id) ?? []) listen()
}

export function bearer(incoming: Incoming): string | null {
  return /^Bearer (\S+)$/i.exec(incoming.headers.authorization ?? '')?.[1] ?? null
}

/** The web chat with this id, whosever it is. */
export async function findInbox(kernel: Kernel, id: string, now: () => Date): Promise<WebChatInbox | null> {
  if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(id)) return null
  const workspace_id = await workspaces.get(kernel, id, () => queries.findWorkspace(kernel.database, id))
  return workspace_id === undefined ? null : inboxes.getWebChat(contextOf(kernel, { workspace_id, ...nobody }, now), id)
}

async function requireInbox(incoming: Incoming): Promise<WebChatInbox> {
  const inbox = await findInbox(incoming.kernel, incoming.params['inbox_id'] ?? '', incoming.now)
  if (!inbox) throw notFound()
  const { origin } = incoming.headers
  const isOwn = origin === undefined || origin === incoming.origin || origin === incoming.kernel.url()
  if (!isOwn && !inboxes.isOriginAllowed(inbox, origin)) throw originNotAllowed()
  return inbox
}

function someone(incoming: Incoming, workspace_id: string, limit: Omit<Bucket, 'key'>): Caller {
  const { kernel, address, network } = incoming
  return {
    workspace_id,
    actor: { type: 'contact', id: null, name: null },
    user_id: null,
    scopes: new Set(),
    buckets: [{ ...limit, key: network }],
    // The log tells one address from another, and names none.
    credential: `page:${kernel.secrets.sign('page', address).slice(0, 16)}`,
  }
}

const nobody = { actor: { type: 'contact', id: null, name: null }, user_id: null, scopes: new Set<string>() } as const

/** A context for what is asked before or outside of a request. */
export function contextOf(
  kernel: Kernel,
  caller: Pick<Caller, 'actor' | 'user_id' | 'scopes'> & { workspace_id: string },
  now: () => Date,
): Ctx {
  const { workspace_id, actor, user_id, scopes } = caller
  return { db: kernel.database.kysely, kernel, workspace_id, actor, user_id, scopes, if_match: null, now }
}
