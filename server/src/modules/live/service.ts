/** Live: everybody hears what they may, as soon as it has been committed; who was away gets exactly what they missed. */
import type { IncomingMessage } from 'node:http'
import type { AddressBook } from '../../kernel/address.ts'
import type { Ctx } from '../../kernel/context.ts'
import { Refusal } from '../../kernel/errors.ts'
import * as gate from '../../kernel/gate.ts'
import type { Caller, Incoming } from '../../kernel/http.ts'
import { isId } from '../../kernel/ids.ts'
import type { Kernel } from '../../kernel/kernel.ts'
import type { LoggedEvent } from '../../kernel/outbox.ts'
import { CLOSE, type Connection } from '../../kernel/sockets.ts'
import { SECOND } from '../../kernel/time.ts'
import { endedAmong, recognise } from '../api-keys/service.ts'
import { onCredentialEnded } from '../users/service.ts'
import { follow, type View } from './connection.ts'
import { cursorExpired, mayRead, newestPosition, positionOf, present } from './feed.ts'
import { type Hub, openHub } from './hub.ts'
import { openRoster } from './roster.ts'

export type { View } from './connection.ts'
export { cursorAt } from './feed.ts'
export type { Ephemeral } from './schema.ts'

/** Somebody who is not of the team: recognised by the first frame, sees only what their channel shows them. */
export interface Guest {
  readonly caller: Caller & { readonly workspace_id: string }
  readonly view: View
  /** What they may pass on to the team, out of a frame of theirs. */
  readonly speak: (frame: Readonly<Record<string, unknown>>) => Parameters<Hub['pass']>[1] | null
  /** Whether this event ends their session. */
  readonly isEndedBy: (event: LoggedEvent) => boolean
  /** Calls when they sign out. Returns the way to stop. */
  readonly onSignOut: (listen: () => void) => () => void
}
export type Door = (kernel: Kernel, token: string, now: () => Date) => Promise<Guest>

export interface LiveOptions {
  readonly kernel: Kernel
  readonly door: Door
  readonly addresses: AddressBook
  readonly now: () => Date
}

const AUTH_WITHIN = 5 * SECOND
const MOST_OF_A_USER = 20
const MOST_OF_A_KEY = 10_000
const MOST_OF_A_GUEST = 5
const GUESTS_A_MINUTE = 240
const WHOLE_LOG = Number.POSITIVE_INFINITY

/** Opens `/v1/live`. Returns the way to stop. */
export function startLive(options: LiveOptions): () => void {
  const { kernel, now } = options
  const hub = openHub()
  const roster = openRoster({
    endedAmong: (credentials) => endedAmong(kernel, credentials, now()),
    onEnded: (listen) => onCredentialEnded(kernel, listen),
  })
  const unsubscribe = kernel.outbox.subscribe((events) =>
    hub.tell(events, (event) => frameOf(contextOf(kernel, now, systemOf(event.workspace_id)), event)),
  )

  kernel.sockets.serve('/v1/live', async (request) => {
    const query = new URL(request.url ?? '/', 'http://localhost').searchParams
    const incoming = incomingOf(request, options)
    const after = query.get('after') ?? undefined
    if (!namesCaller(incoming, query)) {
      await gate.count([{ policy: 'guests', key: incoming.network, limit: GUESTS_A_MINUTE }], incoming, null)
      return (connection) => awaitGuest(connection, options, hub, roster)
    }
    const workspace = query.get('workspace') ?? undefined
    const { caller, credential } = await gate.recognise(() => recognise(incoming, workspace), incoming, null)
    await gate.count(caller.buckets, incoming, null)
    const { workspace_id } = caller
    if (workspace_id === null) throw gate.workspaceRequired()
    return (connection) => {
      const most = caller.actor.type === 'user' ? MOST_OF_A_USER : MOST_OF_A_KEY
      const leave = roster.admit({ connection, who: `${workspace_id} ${caller.credential}`, most, credential })
      if (!leave) return
      const ctx = contextOf(kernel, now, { ...caller, workspace_id })
      const view: View = {
        show: (event, frame) => (mayRead(caller.scopes, event.type) ? frame() : null),
        showEphemeral: (_message, frame) => (gate.allows(caller.scopes, 'conversations:read') ? frame() : null),
        mostBehind: WHOLE_LOG,
      }
      const reader = attend(ctx, connection, { view, hub, after, leave })
      connection.onFrame = (frame) => {
        const message = gate.allows(caller.scopes, 'messages:write') ? teamMessage(ctx, frame) : null
        if (message) hub.pass(ctx.workspace_id, message, reader)
      }
    }
  })

  return () => {
    unsubscribe()
    roster.stop()
  }
}

/** Follows the log from a cursor, or from now. */
function attend(
  ctx: Ctx,
  connection: Connection,
  how: { view: View; hub: Hub; after: string | undefined; leave: () => void },
): ReturnType<typeof follow> {
  const reader = follow(ctx, connection, how.view, (event) => frameOf(ctx, event))
  const part = how.hub.join(reader)
  connection.onClose = () => {
    part()
    how.leave()
  }
  const begin = async () =>
    reader.begin(how.after === undefined ? await newestPosition(ctx) : await positionOf(ctx, how.after))
  begin().catch((error: unknown) => {
    if (!(error instanceof Refusal)) return connection.close(CLOSE.restart)
    connection.send(JSON.stringify({ type: 'resync_required', code: error.code }))
    if (error.code === cursorExpired.code || error.status === 422) {
      newestPosition(ctx)
        .then((position) => reader.begin(position))
        .catch(() => connection.close(CLOSE.restart))
    }
  })
  return reader
}

function awaitGuest(
  connection: Connection,
  options: LiveOptions,
  hub: Hub,
  roster: ReturnType<typeof openRoster>,
): void {
  const { kernel, door, now } = options
  let hasLeft = false
  const timer = setTimeout(() => connection.close(CLOSE.credentialEnded), AUTH_WITHIN)
  connection.onClose = () => {
    clearTimeout(timer)
    hasLeft = true
  }
  connection.onFrame = async (frame) => {
    const { type, token, after } = fields(frame)
    if (type !== 'auth' || typeof token !== 'string') return
    connection.onFrame = () => {}
    try {
      const guest = await door(kernel, token, now)
      clearTimeout(timer)
      if (hasLeft) return
      const who = `${guest.caller.workspace_id} ${guest.caller.credential}`
      const leave = roster.admit({ connection, who, most: MOST_OF_A_GUEST, credential: null })
      if (leave)
        welcome(guest, connection, { options, hub, leave, after: typeof after === 'string' ? after : undefined })
    } catch (error) {
      clearTimeout(timer)
      connection.close(error instanceof Refusal ? CLOSE.credentialEnded : CLOSE.restart)
    }
  }
}

function welcome(
  guest: Guest,
  connection: Connection,
  how: { options: LiveOptions; hub: Hub; leave: () => void; after: string | undefined },
): void {
  const ctx = contextOf(how.options.kernel, how.options.now, guest.caller)
  const view: View = {
    ...guest.view,
    show: (event, frame) => {
      if (guest.isEndedBy(event)) connection.close(CLOSE.credentialEnded)
      return guest.view.show(event, frame)
    },
  }
  const deafen = guest.onSignOut(() => connection.close(CLOSE.credentialEnded))
  const leave = () => {
    deafen()
    how.leave()
  }
  connection.send('{"type":"ready"}')
  const reader = attend(ctx, connection, { view, hub: how.hub, after: how.after, leave })
  connection.onFrame = (frame) => {
    const message = guest.speak(fields(frame))
    if (message) how.hub.pass(ctx.workspace_id, message, reader)
  }
}

function teamMessage(ctx: Ctx, frame: unknown): Parameters<Hub['pass']>[1] | null {
  const { type, conversation_id, on } = fields(frame)
  if (conversation_id !== null && !(typeof conversation_id === 'string' && isId(conversation_id))) return null
  if (type === 'typing' && conversation_id !== null) {
    const author = { type: ctx.actor.type, id: ctx.actor.id, name: ctx.actor.name }
    return { type, conversation_id, author, on: on === true }
  }
  if (type !== 'viewing') return null
  return {
    type,
    ...(conversation_id === null ? {} : { conversation_id }),
    user: { id: ctx.user_id, name: ctx.actor.name },
    on: conversation_id !== null,
  }
}

function frameOf(ctx: Ctx, event: LoggedEvent): string {
  return JSON.stringify({ type: 'event', event: present(ctx, event) })
}

/** A browser's cookie counts only where the dashboard says which workspace it means; everyone else says who they are. */
function namesCaller(incoming: Incoming, query: URLSearchParams): boolean {
  const { authorization, cookie } = incoming.headers
  return (
    authorization !== undefined ||
    incoming.headers['private-key'] !== undefined ||
    (cookie !== undefined && query.has('workspace'))
  )
}

function incomingOf(request: IncomingMessage, { kernel, addresses, now }: LiveOptions): Incoming {
  return {
    raw: request,
    headers: request.headers,
    method: 'GET',
    ...addresses.callerOf(request),
    origin: addresses.originOf(request),
    params: {},
    kernel,
    now,
  }
}

function contextOf(
  kernel: Kernel,
  now: () => Date,
  caller: Omit<Caller, 'buckets' | 'credential'> & { workspace_id: string },
): Ctx {
  return {
    db: kernel.database.kysely,
    kernel,
    now,
    workspace_id: caller.workspace_id,
    actor: caller.actor,
    user_id: caller.user_id,
    scopes: caller.scopes,
    if_match: null,
  }
}

function systemOf(workspace_id: string) {
  return {
    workspace_id,
    actor: { type: 'system', id: null, name: null },
    user_id: null,
    scopes: new Set<string>(),
  } as const
}

function fields(frame: unknown): Readonly<Record<string, unknown>> {
  return typeof frame === 'object' && frame !== null ? { ...frame } : {}
}
