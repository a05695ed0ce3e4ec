/** What a contact is recognised by, in the form in which two spellings of the same are equal. */
import { isSupportedCountry, parseDigits, parsePhoneNumberFromString } from 'libphonenumber-js/max'
import { invalidField, type Refusal, refusal } from '../../kernel/errors.ts'
import type { IdentityKind, Row } from './schema.ts'

export const identityRequired = refusal('identity_required', 422, 'Give at least one of email, phone and external_id.')
export const identityConflict = refusal('identity_conflict', 409, 'These identities belong to different contacts.')

export interface Identity {
  readonly kind: IdentityKind
  readonly value: string
}

export interface Phone {
  /** E.164, or null where no number could be made of it. */
  readonly phone: string | null
  readonly phone_raw: string | null
}

type Identified = Pick<Row, 'external_id' | 'email' | 'phone' | 'phone_raw'>

const E164 = /^\+[1-9]\d{3,14}$/

/** The identities in the order in which they decide: external id, e-mail, phone. */
export function identitiesOf(row: Partial<Identified>): Identity[] {
  const { external_id, email, phone, phone_raw } = row
  const dialled = phone ?? (phone_raw ? parseDigits(phone_raw) : null)
  return [
    ...(external_id ? [{ kind: 'external_id', value: external_id } as const] : []),
    ...(email ? [{ kind: 'email', value: foldEmail(email) } as const] : []),
    ...(dialled ? [{ kind: 'phone', value: dialled } as const] : []),
  ]
}

export function foldEmail(email: string): string {
  return email.toLowerCase()
}

/** Reads a phone number with the country's rules. Refuses only what cannot be one. */
export function readPhone(text: string, country: string, pointer: string): Phone {
  const digits = parseDigits(text)
  if (/\p{L}/u.test(text)) throw invalidField(pointer, 'phone', 'A phone number has no letters.')
  if (digits.length < 4 || digits.length > 15)
    throw invalidField(pointer, 'phone', 'A phone number has 4 to 15 digits.')
  if (E164.test(text)) return { phone: text, phone_raw: text }
  const parsed = parsePhoneNumberFromString(text, isSupportedCountry(country) ? country : undefined)
  const phone = parsed?.isValid() && E164.test(parsed.number) ? parsed.number : null
  return { phone, phone_raw: text }
}

/** The digits under which people look for a number: all of them, and those dialled within its country. */
export function spokenDigits(row: Pick<Row, 'phone' | 'phone_raw'>): string[] {
  const national = row.phone ? (parsePhoneNumberFromString(row.phone)?.nationalNumber ?? null) : null
  return [parseDigits(row.phone ?? row.phone_raw ?? ''), national ?? ''].filter((digits) => digits !== '')
}

export function has(identities: readonly Identity[], wanted: Identity): boolean {
  return identities.some(({ kind, value }) => kind === wanted.kind && value === wanted.value)
}

interface Owner {
  readonly kind: IdentityKind
  readonly contact_id: string
}

/** Says which identity is whose: each error points at the field and has the contact's id as its detail. */
export function conflictOf(owners: readonly Owner[]): Refusal {
  return identityConflict({
    detail: `${owners.map(({ kind, contact_id }) => `${kind} belongs to the contact ${contact_id}`).join(', ')}.`,
    errors: owners.map(fieldOf),
  })
}

/** The same where a contact is to get an identity that another one has. */
export function takenBy(owner: Owner, contact_id: string): Refusal {
  return identityConflict({
    detail: `${owner.kind} belongs to the contact ${owner.contact_id}, not to ${contact_id}.`,
    errors: [fieldOf(owner), { pointer: '', code: 'identity_conflict', detail: contact_id }],
  })
}

function fieldOf({ kind, contact_id }: Owner) {
  return { pointer: `/${kind}`, code: 'identity_conflict', detail: contact_id }
}
