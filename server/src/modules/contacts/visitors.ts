/**
 * Contacts who come by themselves, through a widget on a page.
 *
 * What a visitor types about themselves is a claim. It is kept as an identity only while nobody else holds it, marked as
 * claimed; when the real one proves who they are, the claim gives way, so that nobody can lie in wait under another's
 * address. An address that somebody holds already is kept as a word in `custom_data`, for people to read.
 */
import type { Tx } from '../../kernel/context.ts'
import { notFound } from '../../kernel/errors.ts'
import { emit } from '../../kernel/events.ts'
import { iso, MINUTE } from '../../kernel/time.ts'
import { contactIdentified, contactUpdated } from './events.ts'
import { read, type Said } from './fields.ts'
import { type Identity, identitiesOf } from './identities.ts'
import * as queries from './queries.ts'
import * as rows from './rows.ts'
import type { ContactWrite, IdentityKind, Row } from './schema.ts'

const ATTEMPTS = 5
const SEEN_EVERY = 5 * MINUTE
const CLAIMED: Readonly<Record<IdentityKind, string>> = {
  email: 'claimed_email',
  external_id: 'claimed_external_id',
  phone: 'claimed_phone',
}

/** A new contact for a visitor nobody vouched for. An identity somebody holds is not theirs: it is only noted. */
export async function createAnonymous(tx: Tx, input: ContactWrite): Promise<Row> {
  const said = await read(tx, input, '')
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const row = await rows.tryCreate(tx, { said: await withoutTaken(tx, null, said), tags: null, claimed: true })
    if (row) return row
  }
  throw new Error('The identities changed hands as often as they were claimed.')
}

export interface Claim extends Pick<ContactWrite, 'external_id' | 'email' | 'phone' | 'name'> {
  /** Whether a signature proves the identity: the external id, or the e-mail where there is none. */
  readonly verified: boolean
}

/**
 * A visitor, known so far as `id`, says who they are. Answers who that is: the same contact, now known; or the one who
 * holds the identity already, whose the visitor's conversations then are. Whether an unproven claim may be believed at
 * all is the caller's to decide: where not, call `createAnonymous`.
 */
export async function identify(tx: Tx, id: string, { verified, ...input }: Claim): Promise<Row> {
  const said = await read(tx, input, '')
  const [proven] = identitiesOf(said.columns)
  const before = await queries.lock(tx, id)
  if (!before) throw notFound()
  const owner = proven && (await queries.findOwner(tx, proven))
  if (proven && owner && owner.contact_id !== id) {
    if (!verified || !owner.claimed) return recognise(tx, owner.contact_id, verified)
    await takeBack(tx, owner.contact_id, proven)
  }
  const mine = await withoutTaken(tx, id, said)
  const columns = { ...mine.columns, verified: before.verified || verified }
  const after = await rows.change(tx, before, {
    said: { ...mine, columns },
    tags: null,
    claimed: !verified,
    event: contactIdentified,
  })
  if (proven && verified) await queries.vouch(tx, id, proven)
  return after
}

/** Notes that the contact is here, at most every five minutes. */
export async function seen(tx: Tx, id: string): Promise<void> {
  const row = await queries.seen(tx, id, new Date(tx.now().getTime() - SEEN_EVERY))
  if (!row) return
  const { old, ...contact } = row
  await emit(tx, contactUpdated, { data: { contact: rows.present(contact) }, previous: { last_seen_at: iso(old) } })
}

async function recognise(tx: Tx, id: string, verified: boolean): Promise<Row> {
  const row = await queries.lock(tx, id)
  if (!row) throw notFound()
  if (!verified) return row
  const said = { columns: { verified }, custom_data: {} }
  return rows.change(tx, row, { said, tags: null, event: contactIdentified })
}

/** Takes a claimed identity from a visitor and leaves them a note of it. */
async function takeBack(tx: Tx, id: string, identity: Identity): Promise<void> {
  const row = await queries.lock(tx, id)
  if (row) await rows.change(tx, row, { said: disowned({ columns: {}, custom_data: {} }, identity), tags: null })
}

/** What was said, without the identities that others hold. */
async function withoutTaken(tx: Tx, id: string | null, said: Said): Promise<Said> {
  let mine = said
  for (const identity of identitiesOf(said.columns)) {
    const owner = await queries.findOwner(tx, identity)
    if (owner && owner.contact_id !== id) mine = disowned(mine, identity)
  }
  return mine
}

function disowned(said: Said, { kind, value }: Identity): Said {
  const nobody = kind === 'phone' ? { phone: null, phone_raw: null } : { [kind]: null }
  return { columns: { ...said.columns, ...nobody }, custom_data: { ...said.custom_data, [CLAIMED[kind]]: value } }
}
