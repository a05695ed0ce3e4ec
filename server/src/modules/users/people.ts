/** People: the ones who sign in, whatever workspaces they belong to. */
import { type Ctx, transact } from '../../kernel/context.ts'
import { invalidField, notFound } from '../../kernel/errors.ts'
import { newId, randomBase62 } from '../../kernel/ids.ts'
import { sha256 } from '../../kernel/secrets.ts'
import { MINUTE } from '../../kernel/time.ts'
import * as queries from './queries.ts'
import { forgetSessions } from './sessions.ts'

const LINK_LIVES = 15 * MINUTE
const EMAIL = /^[^\s\p{Cc}@"(),:;<>[\\\]]+@[^\s\p{Cc}@"(),:;<>[\\\]]+$/u

export interface SignInLink {
  readonly token: string
  /** Append it to where people reach this server. */
  readonly path: string
  readonly expires_at: Date
}

/** Makes a link that signs a person in once, within 15 minutes. Only its hash is kept. */
export function signInLink(ctx: Ctx, email: string): Promise<SignInLink> {
  return transact(ctx, async (tx) => {
    const person = await queries.findPerson(tx, readEmail(email))
    if (!person) throw notFound({ detail: 'Nobody has this e-mail address.' })
    const token = randomBase62(43)
    const expires_at = new Date(tx.now().getTime() + LINK_LIVES)
    await queries.insertLink(tx, { token_hash: sha256(token), person_id: person.id, expires_at })
    return { token, path: `/sign-in#link=${token}`, expires_at }
  })
}

/** Whom a start offers a link: the first owner, while nobody has signed in. */
export async function firstToSignIn(ctx: Ctx): Promise<string | undefined> {
  return (await queries.findFirstOwner(ctx))?.email
}

/** Uses a link up: whom it signs in, or null when it is unknown, used or expired. */
export async function redeemLink(ctx: Ctx, token: string): Promise<string | null> {
  return (await transact(ctx, (tx) => queries.takeLink(tx, sha256(token)))) ?? null
}

/** Sets a person's password and ends every session they have. */
export async function setPassword(ctx: Ctx, email: string, password: string): Promise<void> {
  const hash = await hashPassword(checkPassword(password))
  await transact(ctx, async (tx) => {
    const person = await queries.findPerson(tx, readEmail(email))
    if (!person) throw notFound({ detail: 'Nobody has this e-mail address.' })
    await queries.putPassword(tx, { id: newId(), person_id: person.id, hash })
    await queries.deleteSessions(tx, person.id)
    tx.afterCommit(() => forgetSessions(tx.kernel))
  })
}

/** The sign-in library's own hash (scrypt, on a thread of its own), imported when one is first needed. */
export async function hashPassword(password: string): Promise<string> {
  const library = await import('better-auth/crypto')
  return library.hashPassword(password)
}

export function checkPassword(password: string): string {
  if (password.length >= 8 && password.length <= 128) return password
  throw invalidField('/password', 'length', 'A password has 8 to 128 characters.')
}

export function readEmail(text: string): string {
  const email = text.trim().toLowerCase()
  if (email.length <= 254 && EMAIL.test(email) && email.isWellFormed()) return email
  throw invalidField('/email', 'format', 'That is not an e-mail address.')
}

export function readName(text: string): string {
  const name = text.trim()
  if (name.length >= 1 && name.length <= 200) return name
  throw invalidField('/name', 'length', 'A name has 1 to 200 characters.')
}
