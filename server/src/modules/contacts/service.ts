/** Contacts: who writes to us. Created or found without races, whatever they are known by. */
import { type Ctx, type Tx, transact } from '../../kernel/context.ts'
import { invalidField, notFound } from '../../kernel/errors.ts'
import { emit } from '../../kernel/events.ts'
import type { Page } from '../../kernel/pages.ts'
import { requireVersion } from '../../kernel/versions.ts'
import * as attributes from '../attributes/service.ts'
import * as workspaces from '../workspaces/service.ts'
import { contactDeleted, contactUpdated } from './events.ts'
import { apply, fillingOf, isSame, read, soughtWords } from './fields.ts'
import { foldEmail, type Identity, identitiesOf, identityRequired, readPhone } from './identities.ts'
import * as queries from './queries.ts'
import * as rows from './rows.ts'
import type { ContactWrite, Row } from './schema.ts'

export { identityConflict, identityRequired } from './identities.ts'
export { present } from './rows.ts'
export type { Row } from './schema.ts'
export { createAnonymous, describe, findOrClaim, identify, isVouchedFor, seen } from './visitors.ts'

export interface Found {
  readonly row: Row
  readonly created: boolean
}

/** The contact, or a 404. */
export async function get(ctx: Ctx, id: string): Promise<Row> {
  const row = await queries.find(ctx, id)
  if (!row) throw notFound()
  return row
}

/** A contact that may be gone. */
export const find = queries.find

/** A contact that a body names: a 422 at `pointer` when there is none. */
export async function requireContact(ctx: Ctx, id: string, pointer = '/contact_id'): Promise<Row> {
  const row = await queries.find(ctx, id)
  if (!row) throw invalidField(pointer, 'not_found', 'There is no such contact.')
  return row
}

export interface ContactQuery {
  readonly email?: string | undefined
  readonly phone?: string | undefined
  readonly external_id?: string | undefined
  readonly tag?: string | undefined
  readonly q?: string | undefined
}

/** A page of contacts, newest first, with one row more than the limit when there is more. */
export async function list(ctx: Ctx, query: ContactQuery, page: Page): Promise<Row[]> {
  const { email, phone, external_id } = query
  const country = phone === undefined ? '' : (await workspaces.settingsOf(ctx)).country
  const identities = [
    ...(email === undefined ? [] : [{ kind: 'email', value: foldEmail(email) } satisfies Identity]),
    ...(external_id === undefined ? [] : [{ kind: 'external_id', value: external_id } satisfies Identity]),
    ...(phone === undefined ? [] : identitiesOf(readPhone(phone, country, '?phone'))),
  ]
  const tag = query.tag === undefined ? null : attributes.fold(query.tag)
  return queries.list(ctx, { identities, tag, words: soughtWords(query.q ?? '') }, page)
}

const SEARCHED_AT_MOST = 200

/** The ids of contacts whose name, e-mail or phone has words that begin so: the newest 200. */
export async function searchIds(ctx: Ctx, q: string): Promise<string[]> {
  const words = soughtWords(q)
  if (words.length === 0) return []
  const page = { limit: SEARCHED_AT_MOST - 1, after: null, before: null }
  return (await queries.list(ctx, { identities: [], tag: null, words }, page)).map((row) => row.id)
}

/**
 * Creates the contact, or changes the one who holds an identity that is given, which is no visitor's mere word from then
 * on. What is left out stays. Refuses when two of the identities belong to different contacts.
 */
export async function createOrUpdate(ctx: Ctx, input: ContactWrite): Promise<Found> {
  const said = await read(ctx, input, '')
  const identities = identitiesOf(said.columns)
  if (identities.length === 0) throw identityRequired()
  return transact(ctx, async (tx) => {
    const tags = input.tags ? await attributes.ensureTagRows(tx, input.tags) : null
    return rows.settle<Found>(tx, identities, {
      meet: async (row) => {
        await queries.vouch(tx, row.id, identities)
        return { row: await rows.change(tx, row, { said, tags }), created: false }
      },
      make: () => created(rows.tryCreate(tx, { said, tags })),
    })
  })
}

/**
 * Finds the contact who holds one of the identities, or creates it. One who is found keeps what is known of them; only
 * what was empty is filled. Found with nothing to fill is one statement. `at` is where in the caller's body they stand.
 */
export async function findOrCreate(ctx: Ctx, input: ContactWrite, at = '/contact'): Promise<Found> {
  const known = await findKnown(ctx, input, at)
  if (known) return { row: known, created: false }
  const said = await read(ctx, input, at)
  const identities = identitiesOf(said.columns)
  return transact(ctx, async (tx) => {
    const tags = input.tags ? await attributes.ensureTagRows(tx, input.tags, `${at}/tags`) : null
    return rows.settle<Found>(tx, identities, {
      meet: async (row) => {
        await queries.vouch(tx, row.id, identities)
        const filled = await rows.change(tx, row, { said: fillingOf(row, said), tags: null })
        return { row: filled, created: false }
      },
      make: () => created(rows.tryCreate(tx, { said, tags })),
    })
  })
}

/** The contact that `findOrCreate` would answer without writing anything, if there is one. */
export async function findKnown(ctx: Ctx, input: ContactWrite, at = '/contact'): Promise<Row | undefined> {
  const said = await read(ctx, input, at)
  const identities = identitiesOf(said.columns)
  if (identities.length === 0) throw identityRequired({ detail: `${at} names none.` })
  const known = rows.soleHolder(await queries.findByIdentities(ctx, identities), identities)
  return known && isSame(known, apply(known, fillingOf(known, said))) ? known : undefined
}

/** Changes a contact. Refuses an identity that is another's. */
export async function update(ctx: Ctx, id: string, input: ContactWrite): Promise<Row> {
  const said = await read(ctx, input, '')
  return transact(ctx, async (tx) => {
    const tags = input.tags ? await attributes.ensureTagRows(tx, input.tags) : null
    const before = await lock(tx, id)
    requireVersion(tx, before.version)
    return rows.change(tx, before, { said, tags })
  })
}

/** Hides the contact everywhere and frees their identities. Their conversations stay. */
export function remove(ctx: Ctx, id: string): Promise<void> {
  return transact(ctx, async (tx) => {
    const before = await lock(tx, id)
    requireVersion(tx, before.version)
    await queries.remove(tx, id)
    await emit(tx, contactDeleted, { data: { contact: rows.present(before) } })
  })
}

/** Brings a change of a tag to the contacts that carry it. */
export const retag = attributes.tagHolder('contacts', async (tx, change, atMost) => {
  const changed = await queries.retag(tx, change, atMost)
  for (const { old_tags, ...row } of changed) {
    await emit(tx, contactUpdated, { data: { contact: rows.present(row) }, previous: { tags: old_tags } })
  }
  return changed.length
})

async function lock(tx: Tx, id: string): Promise<Row> {
  const row = await queries.lock(tx, id)
  if (!row) throw notFound()
  return row
}

async function created(row: Promise<Row | undefined>): Promise<Found | undefined> {
  const made = await row
  return made && { row: made, created: true }
}
