/** What came back, read as strictly as what customers send us; and what is wrong with it, in words one can act on. */
import type { Static, TSchema } from 'typebox'
import { Refusal } from '../../kernel/errors.ts'
import { parseJson } from '../../kernel/input.ts'
import type { Lookup } from '../../kernel/lookups.ts'
import type { OutboundAnswer, OutboundFailure } from '../../kernel/outbound.ts'

/** Why there is no answer. */
export interface Failure {
  readonly code: string
  readonly detail: string
}

export const ANSWER_AT_MOST = 64 * 1_024
const NAMED = 3

/** The answer, or what is wrong with it. */
export function readAnswer<A extends TSchema>(
  lookup: Pick<Lookup<TSchema, A>, 'read'>,
  { status, headers, body }: OutboundAnswer,
): { answer: Static<A> } | { failure: Failure } {
  if (status >= 300 && status < 400) {
    return fail('answer_redirect', `It answered ${status}. Redirects are not followed: register the URL it leads to.`)
  }
  if (status < 200 || status >= 300) {
    return fail('answer_status', `It answered ${status}. An answer has the status 200 and is JSON.`)
  }
  const type = headers['content-type'] ?? 'no content-type'
  if (body.length === 0) return fail('answer_empty', `It answered ${status} with nothing. An answer is JSON.`)
  let value: unknown
  try {
    value = parseJson(body)
  } catch {
    return fail('answer_not_json', `What came is not JSON in UTF-8 (${type.slice(0, 100)}). An answer is JSON.`)
  }
  try {
    return { answer: lookup.read(value) }
  } catch (error) {
    return { failure: failureOf(error) }
  }
}

/** A refusal of what an answer says, as the log has it. Anything else is thrown on. */
export function failureOf(error: unknown): Failure {
  if (!(error instanceof Refusal)) throw error
  const named = (error.errors ?? []).map(({ pointer, detail }) => `${pointer || 'the answer'}: ${detail}`)
  const more = named.length > NAMED ? ` And ${named.length - NAMED} more.` : ''
  const what = named.length > 0 ? named.slice(0, NAMED).join(' ') + more : (error.detail ?? error.title)
  return { code: 'answer_invalid', detail: `The answer is not as it must be. ${what}` }
}

const ADVICE: Readonly<Partial<Record<OutboundFailure['code'], string>>> = {
  answer_too_large: `An answer has at most ${ANSWER_AT_MOST / 1_024} KiB.`,
  address_refused: 'ANTIPHON_OUTBOUND_ALLOW names private networks that may be called.',
}

/** The same of a request that had no whole answer. */
export function lost(failure: OutboundFailure, timeout: number): Failure {
  const advice = failure.code === 'timeout' ? `It has ${timeout} ms for all of it.` : (ADVICE[failure.code] ?? '')
  return { code: failure.code, detail: `${failure.message} ${advice}`.trim() }
}

function fail(code: string, detail: string): { failure: Failure } {
  return { failure: { code, detail } }
}
