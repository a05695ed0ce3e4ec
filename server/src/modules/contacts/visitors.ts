/**
 * Contacts who come by themselves, through a widget on a page.
 *
 * What a visitor types about themselves is a claim. It is kept as an identity only while nobody else holds it, marked as
 * claimed; when the real one proves who they are, the claim gives way, so that nobody can lie in wait under another's
 * address. An address that somebody holds already is kept as a word in `custom_data`, for people to read.
 */
import { type Ctx, type Tx, transact } from '../../kernel/context.ts'
import { notFound } from '../../kernel/errors.ts'
import { emit } from '../../kernel/events.ts'
import { iso, MINUTE } from '../../kernel/time.ts'
import { contactIdentified, contactUpdated } from './events.ts'
import { read, type Said } from './fields.ts'
import { has, type Identity, identitiesOf, identityRequired } from './identities.ts'
import * as queries from './queries.ts'
import * as rows from './rows.ts'
import type { ContactWrite, IdentityKind, Row } from './schema.ts'

const ATTEMPTS = 5
const SEEN_EVERY = 5 * MINUTE
const COLUMNS = {
  email: ['email'],
  external_id: ['external_id'],
  phone: ['phone', 'phone_raw'],
} as const satisfies Record<IdentityKind, readonly string[]>

/** A new contact for a visitor nobody vouched for. An identity somebody holds is not theirs: it is only noted. */
export async function createAnonymous(tx: Tx, input: ContactWrite): Promise<Row> {
  const said = await read(tx, input, '')
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const row = await rows.tryCreate(tx, { said: await withoutTaken(tx, null, said), tags: null, claimed: true })
    if (row) return row
  }
  throw new Error('The identities changed hands as often as they were claimed.')
}

/** The contact an unproven claim names, as they are; or a new one by these identities, which remain claims. */
export async function findOrClaim(tx: Tx, input: ContactWrite): Promise<{ row: Row; created: boolean }> {
  const said = await read(tx, input, '')
  for (const identity of identitiesOf(said.columns)) {
    const owner = await queries.findOwner(tx, identity)
    const row = owner && (await queries.find(tx, owner.contact_id))
    if (row) return { row, created: false }
  }
  return { row: await createAnonymous(tx, input), created: true }
}

/**
 * Takes a visitor's own word for who they are; an identity that somebody else holds is only noted. Of a contact who is
 * more than a visitor nothing is changed: whoever claims to be them could otherwise have their mail sent elsewhere.
 */
export async function describe(tx: Tx, id: string, input: ContactWrite): Promise<Row> {
  const said = await read(tx, input, '')
  const before = await lock(tx, id)
  if (await queries.isVouchedFor(tx, id)) return before
  return rows.change(tx, before, { said: await withoutTaken(tx, id, said), tags: null, claimed: true })
}

/**
 * A signature proves who a visitor is: by the external id, or by the e-mail where there is none. Answers whom they are:
 * the contact who holds that identity; otherwise the one they were so far, `id`, if no identity of that one has been
 * vouched for; otherwise a new one. Somebody who only claimed the identity loses it.
 */
export async function identify(tx: Tx, id: string | null, input: ContactWrite): Promise<Row> {
  const said = await read(tx, input, '')
  const [proven] = identitiesOf(said.columns)
  if (!proven) throw identityRequired()
  const holder = await queries.findOwner(tx, proven)
  const isOwn = holder !== undefined && holder.contact_id === id
  if (holder?.claimed && !isOwn) await takeBack(tx, holder.contact_id, proven)
  if (holder && (isOwn || !holder.claimed)) return vouch(tx, holder.contact_id, { said, proven })
  if (id !== null && !(await queries.isVouchedFor(tx, id))) return vouch(tx, id, { said, proven })
  return createProven(tx, { said, proven })
}

interface Proof {
  readonly said: Said
  readonly proven: Identity
}

async function vouch(tx: Tx, id: string, { said, proven }: Proof): Promise<Row> {
  const before = await lock(tx, id)
  const mine = await withoutTaken(tx, id, said)
  const columns = { ...mine.columns, verified: true }
  const after = await rows.change(tx, before, { said: { ...mine, columns }, tags: null, event: contactIdentified })
  await queries.vouch(tx, id, [proven])
  return after
}

async function createProven(tx: Tx, { said, proven }: Proof): Promise<Row> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const mine = await withoutTaken(tx, null, said)
    const columns = { ...mine.columns, verified: true }
    const row = await rows.tryCreate(tx, { said: { ...mine, columns }, tags: null })
    if (row && has(identitiesOf(row), proven)) return row
    const owner = await queries.findOwner(tx, proven)
    if (owner) return vouch(tx, owner.contact_id, { said, proven })
  }
  throw new Error('The identities changed hands as often as they were looked up.')
}

/** Whether more is known of the contact than what visitors typed. */
export const isVouchedFor = queries.isVouchedFor

/** Notes that the contact is here, at most every five minutes. */
export async function seen(ctx: Ctx, contact: Pick<Row, 'id' | 'last_seen_at'>): Promise<void> {
  const before = new Date(ctx.now().getTime() - SEEN_EVERY)
  if (contact.last_seen_at && contact.last_seen_at >= before) return
  await transact(ctx, async (tx) => {
    const row = await queries.seen(tx, contact.id, before)
    if (!row) return
    const { old, ...after } = row
    await emit(tx, contactUpdated, { data: { contact: rows.present(after) }, previous: { last_seen_at: iso(old) } })
  })
}

/** Takes a claimed identity from a visitor and leaves them a note of it. */
async function takeBack(tx: Tx, id: string, identity: Identity): Promise<void> {
  const row = await queries.lock(tx, id)
  if (!row) return
  const columns = Object.fromEntries(COLUMNS[identity.kind].map((column) => [column, null]))
  await rows.change(tx, row, { said: { columns, custom_data: noteOf(identity) }, tags: null })
}

/** What was said, but for the identities that others hold: those are only noted. */
async function withoutTaken(tx: Tx, id: string | null, said: Said): Promise<Said> {
  let mine = said
  for (const identity of identitiesOf(said.columns)) {
    const owner = await queries.findOwner(tx, identity)
    if (!owner || owner.contact_id === id) continue
    const others: readonly string[] = COLUMNS[identity.kind]
    const columns = Object.entries(mine.columns).filter(([column]) => !others.includes(column))
    mine = { columns: Object.fromEntries(columns), custom_data: { ...mine.custom_data, ...noteOf(identity) } }
  }
  return mine
}

function noteOf({ kind, value }: Identity): Said['custom_data'] {
  return { [`claimed_${kind}`]: value }
}

async function lock(tx: Tx, id: string): Promise<Row> {
  const row = await queries.lock(tx, id)
  if (!row) throw notFound()
  return row
}
