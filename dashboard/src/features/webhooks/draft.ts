/** An endpoint as it stands in the form, and what of it is said to the server. */
import { explain, Refusal } from '../../api.ts'
import { isSame, presets } from './event-names.ts'
import type { Webhook, WebhookInput, WebhookPatch } from './schema.ts'

/** A header in the form. A `kept` one has a value that is not shown; it stays unless another is typed. */
export type HeaderLine = { key: string; name: string; value: string; isKept: boolean }

export type Draft = {
  url: string
  description: string
  events: string[]
  lookups: string[]
  headers: HeaderLine[]
  secret: string
}

export type Refused = Record<string, string>

export function draftOf(webhook: Webhook | undefined): Draft {
  if (!webhook)
    return { url: '', description: '', events: [...presets[1].events], lookups: [], headers: [], secret: '' }
  return {
    url: webhook.url,
    description: webhook.description ?? '',
    events: [...webhook.events],
    lookups: [...webhook.lookups],
    headers: Object.keys(webhook.headers).map((name) => ({ key: name, name, value: '', isKept: true })),
    secret: '',
  }
}

export function newLine(): HeaderLine {
  return { key: crypto.randomUUID(), name: '', value: '', isKept: false }
}

export function inputOf(draft: Draft): WebhookInput {
  const headers = headersOf(draft)
  return {
    url: draft.url.trim(),
    description: draft.description.trim() || null,
    events: draft.events,
    ...(draft.lookups.length > 0 && { lookups: draft.lookups }),
    ...(Object.keys(headers).length > 0 && { headers }),
    ...(draft.secret.trim() !== '' && { secret: draft.secret.trim() }),
  }
}

/** Only what was changed. */
export function patchOf(draft: Draft, webhook: Webhook): WebhookPatch {
  const patch: WebhookPatch = {}
  const description = draft.description.trim() || null
  if (draft.url.trim() !== webhook.url) patch.url = draft.url.trim()
  if (description !== webhook.description) patch.description = description
  if (!isSame(draft.events, webhook.events)) patch.events = draft.events
  if (!isSame(draft.lookups, webhook.lookups)) patch.lookups = draft.lookups
  const gone = Object.keys(webhook.headers).filter((name) => !draft.headers.some((line) => line.name === name))
  const headers = { ...Object.fromEntries(gone.map((name) => [name, null])), ...headersOf(draft) }
  if (Object.keys(headers).length > 0) patch.headers = headers
  return patch
}

/** Lines that say something: a name with a value. */
function headersOf({ headers }: Draft): Record<string, string> {
  return Object.fromEntries(
    headers
      .filter(({ name, value, isKept }) => name.trim() !== '' && !(isKept && value === ''))
      .map(({ name, value }) => [name.trim(), value]),
  )
}

export function missingIn(draft: Draft): Refused {
  const nameless = draft.headers.filter(({ name, value }) => name.trim() === '' && value !== '')
  const wrong = draft.headers.filter(({ name }) => name.trim() !== '' && !headerName.test(name.trim()))
  const names = draft.headers.map(({ name }) => name.trim().toLowerCase())
  const twice = draft.headers.filter(({ name }, index) => name && names.indexOf(name.trim().toLowerCase()) < index)
  return {
    ...(draft.url.trim() === '' && { url: 'Say where events are to be sent.' }),
    ...(draft.events.length + draft.lookups.length === 0 && { events: 'Pick at least one.' }),
    ...Object.fromEntries(nameless.map(({ key }) => [`headers ${key}`, 'Give it a name.'])),
    ...Object.fromEntries(wrong.map(({ key }) => [`headers ${key}`, 'A name has letters, digits and dashes.'])),
    ...Object.fromEntries(twice.map(({ key }) => [`headers ${key}`, 'This header is there twice.'])),
  }
}

const headerName = /^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,64}$/

export const secretShape = 'whsec_ and then 24 to 64 bytes in base64.'

const words: Record<string, string> = {
  'secret pattern': secretShape,
  'description maxLength': 'At most 500 characters.',
  'url maxLength': 'At most 2,000 characters.',
  'headers maxProperties': 'At most 20 headers are sent along.',
  'headers maxLength': 'At most 1,024 characters.',
  'headers pattern': 'A value has the printable characters of ASCII.',
}

/** What the server said of each field; of headers and events, which one is meant. */
export function refusedIn(reason: unknown, draft: Draft): Refused {
  const errors = reason instanceof Refusal ? (reason.problem.errors ?? []) : []
  if (errors.length === 0) return { '': explain(reason) }
  return Object.fromEntries(
    errors.map(({ pointer, code, detail }) => {
      const [, field = '', part] = pointer.split('/')
      const said = words[`${field} ${code}`] ?? detail
      if (part === undefined) return [field, said]
      if (field === 'events') return [field, `“${draft.events[Number(part)]}”: ${said}`]
      const name = part.replaceAll('~1', '/').replaceAll('~0', '~')
      const line = draft.headers.find((one) => one.name.trim() === name)
      return [line ? `headers ${line.key}` : field, said]
    }),
  )
}
