/**
 * Who a visitor says they are, proven: the customer's server signs the identity with a secret of the inbox, and the page
 * passes the signature on. Two secrets may live at once, so that one can be exchanged without a moment in which neither
 * side knows the other's.
 */
import { createHmac } from 'node:crypto'
import { type Ctx, transact } from '../../kernel/context.ts'
import { notFound, refusal } from '../../kernel/errors.ts'
import { newId, randomBase62 } from '../../kernel/ids.ts'
import { equal } from '../../kernel/secrets.ts'
import { iso } from '../../kernel/time.ts'
import * as rows from './rows.ts'
import type { IdentitySecret, Row, WebChatInbox } from './schema.ts'

export const identitySecretsFull = refusal('identity_secrets_full', 409, 'Two secrets are live: delete one first.')

export const inboxChannel = refusal('inbox_channel', 422, 'This is not for inboxes of that channel.')

const AT_MOST = 2
const PURPOSE = 'identity-verification'

export interface Claim {
  readonly external_id?: string | null | undefined
  readonly email?: string | null | undefined
  readonly user_hash?: string | null | undefined
}

/**
 * Whether `user_hash` is the lower-case hexadecimal HMAC-SHA256 of the external id, or of the e-mail address where there is
 * no external id, under one of the inbox's secrets. Nothing claimed is nothing proven.
 */
export function verifyIdentity(ctx: Ctx, inbox: Row, claim: Claim): boolean {
  const identity = claim.external_id ?? claim.email
  if (!identity || !claim.user_hash) return false
  const given = Buffer.from(claim.user_hash)
  const matches = inbox.identity_secrets.map(({ sealed }) => {
    const secret = ctx.kernel.secrets.decrypt(PURPOSE, sealed)
    return secret !== null && equal(Buffer.from(createHmac('sha256', secret).update(identity).digest('hex')), given)
  })
  return matches.includes(true)
}

/** Makes a secret and shows it, this once. Refuses a third. */
export function createSecret(ctx: Ctx, inbox_id: string): Promise<IdentitySecret> {
  return transact(ctx, async (tx) => {
    const before = webChat(await rows.lock(tx, inbox_id))
    if (before.identity_secrets.length >= AT_MOST) throw identitySecretsFull()
    const id = newId()
    const secret = randomBase62(43)
    const created_at = iso(tx.now())
    const sealed = tx.kernel.secrets.encrypt(PURPOSE, secret)
    const identity_secrets = [...before.identity_secrets, { id, sealed, created_at }]
    await rows.write(tx, before, { ...before, identity_secrets })
    return { id, object: 'identity_secret', inbox_id, secret, created_at }
  })
}

/** Ends a secret: what was signed with it proves nothing from now on. */
export function removeSecret(ctx: Ctx, inbox_id: string, secret_id: string): Promise<void> {
  return transact(ctx, async (tx) => {
    const before = webChat(await rows.lock(tx, inbox_id))
    const identity_secrets = before.identity_secrets.filter(({ id }) => id !== secret_id)
    if (identity_secrets.length === before.identity_secrets.length) throw notFound()
    await rows.write(tx, before, { ...before, identity_secrets })
  })
}

function webChat(inbox: Row): WebChatInbox {
  if (inbox.channel !== 'web_chat') throw inboxChannel({ detail: 'Visitors are verified in web chat only.' })
  return inbox
}
