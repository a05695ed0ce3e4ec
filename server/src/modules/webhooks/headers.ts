/** Headers that a customer wants sent along: not those that make the request what it is. */
import type { Ctx } from '../../kernel/context.ts'
import { invalidField } from '../../kernel/errors.ts'
import { MASK } from './schema.ts'
import { sealHeader } from './signing.ts'

const OURS = new Set([
  'connection',
  'content-encoding',
  'content-length',
  'content-type',
  'expect',
  'host',
  'http2-settings',
  'keep-alive',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'user-agent',
])
const AT_MOST = 20

/** The headers after a change: values encrypted, `null` removes, and the mask one was shown leaves what there is. */
export function mergeHeaders(
  ctx: Ctx,
  before: Readonly<Record<string, string>>,
  changes: Readonly<Record<string, string | null>>,
): Record<string, string> {
  const after = new Map(Object.entries(before))
  for (const [name, value] of Object.entries(changes)) {
    const pointer = `/headers/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`
    const lower = name.toLowerCase()
    if (OURS.has(lower) || lower.startsWith('webhook-')) {
      throw invalidField(pointer, 'forbidden', 'This header is set by the server itself.')
    }
    const known = [...after.keys()].find((one) => one.toLowerCase() === lower)
    if (value === MASK && known !== undefined) continue
    if (value === MASK)
      throw invalidField(pointer, 'masked', 'This stands for a value that is not shown. Send the value.')
    if (known !== undefined) after.delete(known)
    if (value !== null) after.set(name, sealHeader(ctx, value))
  }
  if (after.size > AT_MOST)
    throw invalidField('/headers', 'maxProperties', `At most ${AT_MOST} headers are sent along.`)
  return Object.fromEntries(after)
}

/** The same without their values. */
export function maskHeaders(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.keys(headers).map((name) => [name, MASK]))
}
