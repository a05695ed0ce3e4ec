/** Everything that is decided by the headers alone, in this order: who, how often, may they. */
import type { FastifyReply, FastifyRequest } from 'fastify'
import {
  credentialMissing,
  headersTooLarge,
  Refusal,
  rateLimited,
  refusal,
  scopeMissing,
  urlTooLong,
} from './errors.ts'
import type { Access, Caller, Incoming, Route } from './http.ts'
import { urlMalformed } from './problems.ts'
import { type Bucket, classBucket, limitHeaders, type Standing } from './rate-limit.ts'

export const workspaceRequired = refusal('workspace_required', 400, 'Name the workspace: you belong to several.')

const URL_BYTES = 8 * 1024
const HEADER_BYTES = 16 * 1024
const FAILURES_A_MINUTE = 60
const STRAYS_A_MINUTE = 240

/** Refuses what no route would read: a URL beyond 8 KiB or of no text, headers beyond 16 KiB. */
export function measureHead(request: FastifyRequest): void {
  const url = request.raw.url ?? ''
  if (url.length > URL_BYTES) throw urlTooLong()
  const bytes = request.raw.rawHeaders.reduce((sum, text) => sum + text.length, 0)
  if (bytes > HEADER_BYTES) throw headersTooLarge()
  if (!isDecodable(url)) throw urlMalformed({ detail: 'What follows a % must be UTF-8 in hexadecimal.' })
}

function isDecodable(url: string): boolean {
  if (!url.includes('%')) return true
  try {
    decodeURIComponent(url)
    return true
  } catch {
    return false
  }
}

/** Recognises the caller, counts the request, checks workspace and scope; sets the limit headers whatever comes of it. */
export async function admit(route: Route, access: Access, incoming: Incoming, reply: FastifyReply): Promise<Caller> {
  const caller = await recognise(() => access.authenticate(incoming), incoming, reply)
  await countFor(caller, route, { incoming, reply, isMachine: access.scheme === 'credential' })
  if (route.workspace !== 'anywhere' && caller.workspace_id === null) throw workspaceRequired()
  if (route.scope !== null && !allows(caller.scopes, route.scope)) {
    throw scopeMissing({ detail: `This needs the scope ${route.scope}.` })
  }
  return caller
}

/** Counts a request of a caller, and its class where the route has one; what comes by key or session is noted as use. */
async function countFor(
  caller: Caller,
  route: Route,
  { incoming, reply, isMachine }: { incoming: Incoming; reply: FastifyReply; isMachine: boolean },
): Promise<void> {
  const { workspace_id, actor, buckets } = caller
  const note = (outcome: 'taken' | 'refused') => {
    if (!isMachine || workspace_id === null) return
    incoming.kernel.usage.note(
      { workspace_id, key_id: actor.type === 'api' ? actor.id : null },
      outcome,
      incoming.now(),
    )
  }
  try {
    const all = route.class && workspace_id ? [...buckets, classBucket(route.class, workspace_id)] : buckets
    await count(all, incoming, reply)
    note('taken')
  } catch (error) {
    note('refused')
    throw error
  }
}

/** Counts a request in its buckets and shows how they stand, where there is a reply to show it on; refuses it when one is full. */
export async function count(
  buckets: readonly Bucket[],
  { kernel, now }: Pick<Incoming, 'kernel' | 'now'>,
  reply: FastifyReply | null,
): Promise<void> {
  const { refused, standing } = await kernel.limits.consume(buckets)
  if (standing) show(reply, standing, now())
  if (refused && standing) throw tooMany(standing)
}

/**
 * A failed credential counts against its address, and so does asking for what is not there; a good credential from the
 * same address is not refused for that.
 */
export async function recognise<T>(
  authenticate: () => Promise<T>,
  incoming: Incoming,
  reply: FastifyReply | null,
): Promise<T> {
  try {
    return await authenticate()
  } catch (error) {
    if (!(error instanceof Refusal) || error.status >= 500) throw error
    const bucket = error.status === 401 ? failures(incoming.network) : strays(incoming.network)
    const { refused, standing } =
      error.code === credentialMissing.code
        ? { refused: false, standing: await incoming.kernel.limits.look(bucket) }
        : await incoming.kernel.limits.consume([bucket])
    if (standing) show(reply, standing, incoming.now())
    if (refused && standing) throw tooMany(standing)
    throw error
  }
}

/** The limit headers of an answer to nobody in particular: how the address stands with failed credentials. */
export async function showAddressStanding(
  reply: FastifyReply,
  caller: Pick<Incoming, 'network' | 'kernel' | 'now'>,
): Promise<void> {
  show(reply, await caller.kernel.limits.look(failures(caller.network)), caller.now())
}

/** Whether a set of scopes holds one, spelled out, as `resource:*` or as `*`. */
export function allows(scopes: ReadonlySet<string>, scope: string): boolean {
  return scopes.has(scope) || scopes.has('*') || scopes.has(`${scope.split(':')[0]}:*`)
}

function failures(network: string): Bucket {
  return { policy: 'address', key: network, limit: FAILURES_A_MINUTE }
}

function strays(network: string): Bucket {
  return { policy: 'strays', key: network, limit: STRAYS_A_MINUTE }
}

function show(reply: FastifyReply | null, standing: Standing, now: Date): void {
  reply?.headers(limitHeaders(standing, now))
}

function tooMany(standing: Standing): Refusal {
  const seconds = Math.max(1, Math.ceil(standing.resetIn / 1_000))
  return rateLimited({
    detail: `The limit "${standing.policy}" is ${standing.limit} requests a minute. Try again in ${seconds} s.`,
    headers: { 'retry-after': String(seconds) },
  })
}
