/** One attempt: the request as its format has it, and what came of it. */

import type { Kernel } from '../../../kernel/kernel.ts'
import { type OutboundAnswer, OutboundFailure } from '../../../kernel/outbound.ts'
import { iso, SECOND } from '../../../kernel/time.ts'
import { version } from '../../../version.ts'
import { bodyOf, formatOf, type Told } from '../formats.ts'
import { maskHeaders } from '../headers.ts'
import { ANSWER_KEPT, responseOf } from '../log.ts'
import type { Row } from '../schema.ts'
import { keysOf, openHeaders } from '../signing.ts'
import type { Outcome, Queued } from './queries.ts'
import { nextAttempt, readRetryAfter } from './schedule.ts'

export interface Attempt {
  readonly outcome: Outcome
  /** The endpoint wants nothing more, ever. */
  readonly isGone: boolean
  readonly hasTimedOut: boolean
}

interface Means {
  readonly kernel: Kernel
  readonly now: () => Date
  readonly factor: number
  readonly signal: AbortSignal
}

interface Failure {
  readonly code: string
  readonly detail: string
}

const WITHIN = 15 * SECOND
const GONE = 410

/** Sends one delivery once. Throws only when it was called off. */
export async function attempt(means: Means, webhook: Row, delivery: Queued, event: Told | undefined): Promise<Attempt> {
  const at = means.now()
  const began = performance.now()
  if (!event) {
    const error = { code: 'event_gone', detail: 'The event is no longer kept.' }
    return outcomeOf(means, { webhook, delivery, at, ms: 0, headers: {}, answer: null, error, isFinal: true })
  }
  let headers: Record<string, string> = {}
  try {
    const format = formatOf(webhook.format)
    const body = bodyOf(webhook.format, event)
    const ours = {
      'user-agent': `Antiphon/${version}`,
      ...format.headers({ id: delivery.id, at, body }, keysOf(means, webhook.secrets, at)),
    }
    headers = { ...maskHeaders(webhook.headers), ...ours }
    const answer = await means.kernel.outbound.send({
      url: webhook.url,
      method: 'POST',
      headers: { ...openHeaders(means, webhook.headers), ...ours },
      body,
      timeout: WITHIN,
      most: ANSWER_KEPT,
      longer: 'cut',
      signal: means.signal,
    })
    return outcomeOf(means, { webhook, delivery, at, ms: answer.ms, headers, answer, error: null, isFinal: false })
  } catch (error) {
    if (means.signal.aborted) throw error
    const ms = Math.round(performance.now() - began)
    return outcomeOf(means, {
      webhook,
      delivery,
      at,
      ms,
      headers,
      answer: null,
      error: failureOf(error),
      isFinal: false,
    })
  }
}

function failureOf(error: unknown): Failure {
  if (error instanceof OutboundFailure) return { code: error.code, detail: error.message }
  return { code: 'not_sent', detail: error instanceof Error ? error.message : String(error) }
}

interface Facts {
  readonly webhook: Row
  readonly delivery: Queued
  readonly at: Date
  readonly ms: number
  readonly headers: Record<string, string>
  readonly answer: OutboundAnswer | null
  readonly error: Failure | null
  /** Whether trying again is of no use. */
  readonly isFinal: boolean
}

function outcomeOf(means: Means, facts: Facts): Attempt {
  const { webhook, delivery, at, ms, answer, error } = facts
  const isTaken = answer !== null && answer.status >= 200 && answer.status < 300
  const isGone = answer?.status === GONE
  const round = delivery.round + 1
  const over = new Date(at.getTime() + ms)
  const retryAfter = readRetryAfter(answer?.headers['retry-after'], over)
  const mayTry = !isTaken && !isGone && !facts.isFinal
  const next = mayTry ? nextAttempt(round, over, { factor: means.factor, retryAfter }) : null
  const outcome: Outcome = {
    workspace_id: delivery.workspace_id,
    webhook_id: delivery.webhook_id,
    delivery_id: delivery.id,
    number: delivery.attempts + 1,
    round,
    at: iso(at),
    duration_ms: ms,
    url: webhook.url,
    request_headers: facts.headers,
    ...responseOf(answer),
    error: error?.code ?? null,
    error_detail: error?.detail ?? null,
    status: isTaken ? 'succeeded' : next === null ? 'failed' : 'pending',
    next_attempt_at: iso(next),
    finished_at: next === null ? iso(over) : null,
  }
  return { outcome, isGone, hasTimedOut: error?.code === 'timeout' }
}
