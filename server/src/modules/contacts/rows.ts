/**
 * Writing contacts, each change with its event.
 *
 * Who may call themselves by an identity is decided by the key of contact_identities alone. A new contact is written in
 * one statement with its claims; when somebody was faster, the claims are given back and the search begins anew, and
 * finds them. A contact that takes another identity claims it while its row is locked.
 */
import type { Tx } from '../../kernel/context.ts'
import { type EventType, emit, oldValues } from '../../kernel/events.ts'
import { newId } from '../../kernel/ids.ts'
import { iso } from '../../kernel/time.ts'
import type { Row as Tag } from '../attributes/schema.ts'
import { contactCreated, contactUpdated } from './events.ts'
import { apply, isSame, NOTHING, type Said, searchWords } from './fields.ts'
import { conflictOf, has, type Identity, identitiesOf, takenBy } from './identities.ts'
import * as queries from './queries.ts'
import type { Contact, Row } from './schema.ts'

export interface Wish {
  readonly said: Said
  /** Null: those it has. */
  readonly tags: readonly Tag[] | null
  /** Whether this is a visitor's word, which gives way to a proven one. */
  readonly claimed?: boolean
  readonly event?: EventType<typeof contactUpdated.data>
}

const ATTEMPTS = 5

/** A new contact, or nothing when one of its identities is taken by now. */
export async function tryCreate(tx: Tx, wish: Wish): Promise<Row | undefined> {
  const id = newId()
  const facts = apply(NOTHING, wish.said)
  const identities = identitiesOf(facts)
  const tags = wish.tags ?? []
  const row = await queries.insert(tx, {
    id,
    facts,
    search: searchWords(facts),
    tags: tags.map((tag) => tag.name),
    identities,
    claimed: wish.claimed ?? false,
  })
  if (!row) {
    await queries.releaseAll(tx, id)
    return undefined
  }
  if (tags.length > 0) await setTags(tx, id, tags)
  await emit(tx, contactCreated, { data: { contact: present(row) } })
  return row
}

/** Lays what was said over a locked contact. What is so already changes nothing. */
export async function change(tx: Tx, before: Row, wish: Wish): Promise<Row> {
  const facts = apply(before, wish.said)
  const tags = wish.tags?.map((tag) => tag.name) ?? before.tags
  const isRetagged = tags.length !== before.tags.length || tags.some((tag) => !before.tags.includes(tag))
  if (isSame(before, facts) && !isRetagged) return before

  const held = identitiesOf(before)
  const wanted = identitiesOf(facts)
  const fresh = wanted.filter((identity) => !has(held, identity))
  const gone = held.filter((identity) => !has(wanted, identity))
  if (fresh.length > 0) await claimAll(tx, before.id, { identities: fresh, claimed: wish.claimed ?? false })
  if (gone.length > 0) await queries.release(tx, before.id, gone)
  const after = await queries.update(tx, before.id, { facts, search: searchWords(facts), tags })
  if (isRetagged && wish.tags) await setTags(tx, before.id, wish.tags)
  const previous = oldValues(present(before), present(after)) ?? {}
  await emit(tx, wish.event ?? contactUpdated, { data: { contact: present(after) }, previous })
  return after
}

/** The one contact that holds any of the identities, or nothing. Refuses when they belong to different ones. */
export function soleHolder(rows: readonly Row[], identities: readonly Identity[]): Row | undefined {
  const owners = identities.flatMap((identity) =>
    rows
      .filter((row) => has(identitiesOf(row), identity))
      .map((row) => ({ kind: identity.kind, contact_id: row.id, row })),
  )
  const [first] = owners
  if (owners.some((owner) => owner.contact_id !== first?.contact_id)) throw conflictOf(owners)
  return first?.row
}

/** Tries until somebody has the identities: `meet` gets who holds them, `make` may find that another was faster. */
export async function settle<T>(
  tx: Tx,
  identities: readonly Identity[],
  outcome: { meet: (row: Row) => Promise<T>; make: () => Promise<T | undefined> },
): Promise<T> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const rows = identities.length > 0 ? await queries.lockByIdentities(tx, identities) : []
    const holder = soleHolder(rows, identities)
    if (holder) return outcome.meet(holder)
    const made = rows.length === 0 ? await outcome.make() : undefined
    if (made !== undefined) return made
  }
  throw new Error('The identities changed hands as often as they were looked up.')
}

async function claimAll(
  tx: Tx,
  contact_id: string,
  wanted: { identities: readonly Identity[]; claimed: boolean },
): Promise<void> {
  let missing = wanted.identities
  for (let attempt = 0; attempt < ATTEMPTS && missing.length > 0; attempt++) {
    const got = await queries.claim(tx, contact_id, { identities: missing, claimed: wanted.claimed })
    missing = missing.filter((identity) => !has(got, identity))
    for (const identity of missing) {
      const owner = await queries.findOwner(tx, identity)
      if (owner) throw takenBy(owner, contact_id)
    }
  }
  if (missing.length > 0) throw new Error('An identity changed hands as often as it was claimed.')
}

function setTags(tx: Tx, contact_id: string, tags: readonly Tag[]): Promise<void> {
  return queries.setTags(
    tx,
    contact_id,
    tags.map((tag) => tag.id),
  )
}

export function present(row: Row): Contact {
  return {
    id: row.id,
    object: 'contact',
    number: row.number,
    email: row.email,
    emails: row.email === null ? [] : [row.email],
    phone: row.phone,
    phone_raw: row.phone_raw,
    phones: row.phone === null ? [] : [row.phone],
    external_id: row.external_id,
    name: row.name,
    first_name: row.first_name,
    last_name: row.last_name,
    gender: null,
    birthday: null,
    language: row.language,
    time_zone: row.time_zone,
    country: row.country,
    city: row.city,
    company: null,
    company_id: null,
    job_title: row.job_title,
    avatar_url: row.avatar_url,
    status: null,
    lead_score: null,
    tags: row.tags,
    custom_fields: {},
    custom_data: row.custom_data,
    verified: row.verified,
    last_seen_at: iso(row.last_seen_at),
    created_at: iso(row.created_at),
    updated_at: iso(row.updated_at),
  }
}
