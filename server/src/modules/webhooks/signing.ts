/**
 * Secrets and signatures, as Standard Webhooks 1.0.0 has them: `whsec_` and base64, of which the bytes are the key of an
 * HMAC-SHA256 over id, time and body. While a rotation overlaps, each live secret signs, and the receiver accepts any.
 */
import { createHmac, createSecretKey, type KeyObject, randomBytes } from 'node:crypto'
import type { Ctx } from '../../kernel/context.ts'
import { iso } from '../../kernel/time.ts'
import type { StoredSecret } from './schema.ts'

const PURPOSE = 'webhook-secret'
const HEADER_PURPOSE = 'webhook-header'
const PREFIX = 'whsec_'
const BYTES = 32

/** A new secret. */
export function makeSecret(): string {
  return `${PREFIX}${randomBytes(BYTES).toString('base64')}`
}

export function sealSecret(ctx: Ctx, secret: string): StoredSecret {
  return { sealed: ctx.kernel.secrets.encrypt(PURPOSE, secret), created_at: iso(ctx.now()), expires_at: null }
}

/** The keys of the secrets that are live now. */
export function keysOf(ctx: Pick<Ctx, 'kernel'>, secrets: readonly StoredSecret[], now: Date): KeyObject[] {
  return living(secrets, now).map((secret) => keyOf(ctx, secret))
}

// Decrypting costs more than signing: a row that is kept keeps its keys.
const keys = new WeakMap<StoredSecret, KeyObject>()

function keyOf(ctx: Pick<Ctx, 'kernel'>, secret: StoredSecret): KeyObject {
  const known = keys.get(secret)
  if (known) return known
  const text = ctx.kernel.secrets.decrypt(PURPOSE, secret.sealed)
  if (text === null) throw new Error('A secret of an endpoint cannot be read with the secrets of this server.')
  const key = createSecretKey(Buffer.from(text.slice(PREFIX.length), 'base64'))
  keys.set(secret, key)
  return key
}

export function living(secrets: readonly StoredSecret[], now: Date): StoredSecret[] {
  return secrets.filter(({ expires_at }) => expires_at === null || new Date(expires_at) > now)
}

/** The three headers that prove where a body comes from. */
export function sign(
  keys: readonly (Buffer | KeyObject)[],
  message: { readonly id: string; readonly at: Date; readonly body: string },
): Record<string, string> {
  const timestamp = String(Math.floor(message.at.getTime() / 1_000))
  const text = `${message.id}.${timestamp}.${message.body}`
  const signatures = keys.map((key) => `v1,${createHmac('sha256', key).update(text).digest('base64')}`)
  return { 'webhook-id': message.id, 'webhook-timestamp': timestamp, 'webhook-signature': signatures.join(' ') }
}

export function sealHeader(ctx: Ctx, value: string): string {
  return ctx.kernel.secrets.encrypt(HEADER_PURPOSE, value)
}

const opened = new WeakMap<object, Record<string, string>>()

/** The values of an endpoint's own headers. */
export function openHeaders(
  ctx: Pick<Ctx, 'kernel'>,
  headers: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  const known = opened.get(headers)
  if (known) return known
  const values = Object.fromEntries(
    Object.entries(headers).map(([name, sealed]) => [name, ctx.kernel.secrets.decrypt(HEADER_PURPOSE, sealed) ?? '']),
  )
  opened.set(headers, values)
  return values
}
