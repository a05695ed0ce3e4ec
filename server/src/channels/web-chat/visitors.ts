/**
 * Visitors: who they say they are, and what of that is believed.
 *
 * A claim with a good signature is proven: the session is its contact's, and shows the contact's latest conversation.
 * A claim without one is only a claim. Where the inbox requires proof it makes an anonymous contact; elsewhere it leads
 * the team to the contact it names. Either way such a session sees only the conversation that it began itself, and
 * neither sees nor changes what is known of a contact who was there before it.
 */
import { type Ctx, type Tx, transact } from '../../kernel/context.ts'
import { credentialInvalid } from '../../kernel/errors.ts'
import { newId } from '../../kernel/ids.ts'
import * as contacts from '../../modules/contacts/service.ts'
import * as conversations from '../../modules/conversations/service.ts'
import type { WebChatInbox } from '../../modules/inboxes/schema.ts'
import * as inboxes from '../../modules/inboxes/service.ts'
import { forgetSession, tellSignOut } from './access.ts'
import { presentConversation } from './present.ts'
import * as queries from './queries.ts'
import type { Visitor } from './schema.ts'
import { LIFE, makeToken } from './token.ts'

export interface Claim {
  readonly name?: string
  readonly email?: string
  readonly external_id?: string
  readonly user_hash?: string
}

/** Begins a session, or makes an existing one's visitor known. `isNew` says whether a session began. */
export function arrive(
  ctx: Ctx,
  inbox: WebChatInbox,
  visit: { claim: Claim; session: queries.Session | null },
): Promise<{ visitor: Visitor; isNew: boolean }> {
  const { claim, session: known } = visit
  return transact(ctx, async (tx) => {
    const session = known && (await hold(tx, known))
    const isProven = inboxes.verifyIdentity(tx, inbox, claim)
    const who = isProven ? await proven(tx, claim, session) : await claimed(tx, inbox, { claim, session })
    if (session && session.contact_id === who.id) {
      if (isProven && !session.verified) await change(tx, session, { verified: true })
      return { visitor: await show(tx, { ...session, verified: session.verified || isProven }), isNew: false }
    }
    const begun = await queries.insertSession(tx, {
      id: newId(),
      inbox_id: inbox.id,
      contact_id: who.id,
      verified: isProven,
      borrowed: who.borrowed,
      expires_at: new Date(tx.now().getTime() + LIFE),
    })
    return { visitor: await show(tx, begun), isNew: true }
  })
}

/** The visitor of a session as it stands; with a new token, as good as 90 days from now. */
export async function show(ctx: Ctx, session: queries.Session): Promise<Visitor> {
  const contact = await contacts.get(ctx, session.contact_id)
  const current = await currentConversation(ctx, session)
  const token = {
    workspace_id: ctx.workspace_id,
    inbox_id: session.inbox_id,
    session_id: session.id,
    issued_at: ctx.now(),
  }
  return {
    object: 'visitor',
    token: makeToken(ctx.kernel, token),
    contact: (await isOpenTo(ctx, session))
      ? { id: contact.id, name: contact.name, email: contact.email, verified: contact.verified }
      : { id: contact.id, name: null, email: null, verified: false },
    conversation: current ? await presentConversation(ctx, current) : null,
  }
}

/** Lets a session last 90 days from now. */
export async function renew(ctx: Ctx, session: queries.Session): Promise<void> {
  await queries.updateSession(ctx, session.id, { expires_at: new Date(ctx.now().getTime() + LIFE) })
}

/** Ends a session: its token is worthless from now on, its sockets close. */
export function leave(ctx: Ctx, session: queries.Session): Promise<void> {
  return transact(ctx, async (tx) => {
    await change(tx, session, { ended_at: tx.now() })
    tx.afterCommit(() => tellSignOut(tx.kernel, session.id))
  })
}

/** Takes a visitor's own word for their name and e-mail, where that is nobody else's. */
export function correct(ctx: Ctx, session: queries.Session, claim: Pick<Claim, 'name' | 'email'>): Promise<Visitor> {
  return transact(ctx, async (tx) => {
    await describe(tx, session, claim)
    return show(tx, session)
  })
}

/** The conversation a session sees: its contact's latest when it has proven who it is, otherwise its own. */
export async function currentConversation(ctx: Ctx, session: queries.Session): Promise<conversations.Row | undefined> {
  const id = session.verified ? await queries.findProven(ctx, session) : session.conversation_id
  return id ? conversations.get(ctx, id) : undefined
}

/** Remembers which conversation a session is in. */
export async function remember(tx: Tx, session: queries.Session, conversation_id: string): Promise<void> {
  if (session.conversation_id !== conversation_id) await change(tx, session, { conversation_id })
}

/** The session as it is now: of two who say at once that it was theirs, the second finds it the first one's. */
export async function hold(tx: Tx, session: queries.Session): Promise<queries.Session> {
  const held = await queries.lockSession(tx, session.id)
  if (!held || held.ended_at) throw credentialInvalid()
  return held
}

interface Who {
  readonly id: string
  /** Claimed without proof, and there before. */
  readonly borrowed: boolean
}

/**
 * A proven claim is its contact. An anonymous visitor who proves to be somebody new stays the same contact, known; one who
 * only claimed to be theirs leaves it, or a proof of one identity would open what belongs to another.
 */
async function proven(tx: Tx, claim: Claim, session: queries.Session | null): Promise<Who> {
  const { user_hash: _, ...identity } = claim
  const own = session && (session.verified || !session.borrowed) ? session.contact_id : null
  const { id } = await contacts.identify(tx, own, identity)
  return { id, borrowed: false }
}

async function claimed(
  tx: Tx,
  inbox: WebChatInbox,
  { claim, session }: { claim: Claim; session: queries.Session | null },
): Promise<Who> {
  const { user_hash: _, ...identity } = claim
  if (session) {
    await describe(tx, session, identity)
    return { id: session.contact_id, borrowed: session.borrowed }
  }
  if (inbox.settings.require_identity) {
    const { id } = await contacts.createAnonymous(tx, identity)
    return { id, borrowed: false }
  }
  const { row, created } = await contacts.findOrClaim(tx, identity)
  return { id: row.id, borrowed: !created }
}

/** Takes a visitor's own word, unless the contact is somebody they only claim to be. */
async function describe(tx: Tx, session: queries.Session, said: Omit<Claim, 'user_hash'>): Promise<void> {
  if (session.verified || !session.borrowed) await contacts.describe(tx, session.contact_id, said)
}

/** Whether a session may see what is known of its contact: it has proven to be them, or all of it is its own word. */
async function isOpenTo(ctx: Ctx, session: queries.Session): Promise<boolean> {
  if (session.verified) return true
  return !session.borrowed && !(await contacts.isVouchedFor(ctx, session.contact_id))
}

async function change(
  tx: Tx,
  session: queries.Session,
  changes: Parameters<typeof queries.updateSession>[2],
): Promise<void> {
  await queries.updateSession(tx, session.id, changes)
  tx.afterCommit(() => forgetSession(tx.kernel, session.id))
}
