/** What a caller says of a contact: checked, put into the forms that are stored, laid over what is known. */
import { isDeepStrictEqual } from 'node:util'
import type { Ctx } from '../../kernel/context.ts'
import { invalidField } from '../../kernel/errors.ts'
import * as workspaces from '../workspaces/service.ts'
import { readPhone, spokenDigits } from './identities.ts'
import type { ContactWrite, CustomData, Row } from './schema.ts'

/** The columns that are written as one; the rest of a row keeps itself. */
export type Facts = Pick<
  Row,
  | 'email'
  | 'phone'
  | 'phone_raw'
  | 'external_id'
  | 'name'
  | 'first_name'
  | 'last_name'
  | 'language'
  | 'time_zone'
  | 'country'
  | 'city'
  | 'job_title'
  | 'custom_data'
  | 'verified'
>

export const NOTHING: Facts = {
  email: null,
  phone: null,
  phone_raw: null,
  external_id: null,
  name: null,
  first_name: null,
  last_name: null,
  language: null,
  time_zone: null,
  country: null,
  city: null,
  job_title: null,
  custom_data: {},
  verified: false,
}

export interface Said {
  readonly columns: Partial<Omit<Facts, 'custom_data'>>
  readonly custom_data: Readonly<Record<string, string | number | boolean | null>>
}

const KEYS_AT_MOST = 64
const BYTES_AT_MOST = 16 * 1024
const WORDS_AT_MOST = 10
const regions = new Intl.DisplayNames('en', { type: 'region', fallback: 'none' })

const PLAIN = ['email', 'external_id', 'name', 'first_name', 'last_name', 'language', 'city', 'job_title'] as const

/** Checks what no schema can: phones, countries, time zones. `at` is where in the body the contact stands. */
export async function read(ctx: Ctx, input: ContactWrite, at: string): Promise<Said> {
  const { phone, country, time_zone } = input
  const columns: Partial<Omit<Facts, 'custom_data'>> = {}
  for (const key of PLAIN) {
    const value = input[key]
    if (value !== undefined) columns[key] = value
  }
  if (country !== undefined) columns.country = country === null ? null : readCountry(country, `${at}/country`)
  if (time_zone !== undefined) columns.time_zone = time_zone === null ? null : readZone(time_zone, `${at}/time_zone`)
  if (phone === null) Object.assign(columns, { phone: null, phone_raw: null })
  if (typeof phone === 'string') {
    const settings = await workspaces.settingsOf(ctx)
    Object.assign(columns, readPhone(phone, settings.country, `${at}/phone`))
  }
  return { columns, custom_data: input.custom_data ?? {} }
}

/** The facts after what was said is laid over what was known. */
export function apply(known: Facts, said: Said, at = ''): Facts {
  const after = { ...factsOf(known), ...said.columns }
  return {
    ...after,
    name: nameOf(known, said, after),
    custom_data: mergeCustomData(known.custom_data, said.custom_data, `${at}/custom_data`),
  }
}

/** The part of what was said that fills what is not known yet. */
export function fillingOf(known: Facts, said: Said): Said {
  const facts = new Map<string, unknown>(Object.entries(known))
  const isReachable = known.phone_raw !== null // a number is its raw text and what was made of it, together
  const columns = Object.entries(said.columns).filter(
    ([key, value]) => value !== null && facts.get(key) === null && !(isReachable && key === 'phone'),
  )
  return { columns: Object.fromEntries(columns), custom_data: {} }
}

/** The words by which a contact is found: folded, each after a blank. */
export function searchWords(
  facts: Pick<Row, 'name' | 'first_name' | 'last_name' | 'email' | 'phone' | 'phone_raw'>,
): string {
  const names = [facts.name, facts.first_name, facts.last_name].filter((name) => name !== null)
  const words = names.flatMap((name) => foldText(name).split(/\s+/))
  const email = facts.email === null ? [] : [foldText(facts.email), foldText(facts.email.split('@')[1] ?? '')]
  const all = [...words, ...email, ...spokenDigits(facts)].filter((word) => word !== '')
  return [...new Set(all)].map((word) => ` ${word}`).join('')
}

/** What `q` looks for: the beginnings of words, all of which must be there. Digits and their punctuation are one number. */
export function soughtWords(q: string): string[] {
  const text = foldText(q)
  if (/^[+(]?[\d\s().+/-]{3,}$/.test(text)) return [text.replaceAll(/\D/g, '')].filter((word) => word !== '')
  const words = text.split(/\s+/).filter((word) => word !== '')
  return [...new Set(words)].slice(0, WORDS_AT_MOST)
}

/** Without case and without accents. */
function foldText(text: string): string {
  return text.normalize('NFKD').replaceAll(/\p{M}/gu, '').toLowerCase()
}

export function isSame(a: Facts, b: Facts): boolean {
  return isDeepStrictEqual(factsOf(a), factsOf(b))
}

function factsOf(row: Facts): Facts {
  const { email, phone, phone_raw, external_id, name, first_name, last_name } = row
  const { language, time_zone, country, city, job_title, custom_data, verified } = row
  return {
    email,
    phone,
    phone_raw,
    external_id,
    name,
    first_name,
    last_name,
    language,
    time_zone,
    country,
    city,
    job_title,
    custom_data,
    verified,
  }
}

// A full name that was said stands; one that was made of its parts follows them.
function nameOf(known: Facts, said: Said, after: Facts): string | null {
  if (said.columns.name !== undefined) return said.columns.name
  const isSaid = known.name !== null && known.name !== joined(known)
  return isSaid ? known.name : joined(after)
}

function joined({ first_name, last_name }: Facts): string | null {
  return [first_name, last_name].filter((part) => part !== null).join(' ') || null
}

function mergeCustomData(known: CustomData, said: Said['custom_data'], pointer: string): CustomData {
  const kept = Object.entries({ ...known, ...said }).filter(
    (entry): entry is [string, string | number | boolean] => entry[1] !== null,
  )
  const merged = Object.fromEntries(kept)
  if (kept.length > KEYS_AT_MOST) throw invalidField(pointer, 'too_many', `At most ${KEYS_AT_MOST} keys.`)
  if (Buffer.byteLength(JSON.stringify(merged)) > BYTES_AT_MOST) {
    throw invalidField(pointer, 'too_large', `At most ${BYTES_AT_MOST} bytes as JSON.`)
  }
  return merged
}

function readCountry(text: string, pointer: string): string {
  const code = text.toUpperCase()
  if (!regions.of(code)) throw invalidField(pointer, 'country', 'Not a country of ISO 3166-1.')
  return code
}

function readZone(name: string, pointer: string): string {
  const unknown = invalidField(pointer, 'time_zone', 'Not a time zone of the IANA database.')
  if (!/^[A-Za-z]/.test(name)) throw unknown
  try {
    new Intl.DateTimeFormat('en', { timeZone: name })
  } catch {
    throw unknown
  }
  return name
}
