/** The log of what was sent, with what came back: of events, and of look-ups. */
import type { Ctx, Tx } from '../../kernel/context.ts'
import { invalidField, notFound } from '../../kernel/errors.ts'
import type { OutboundAnswer, OutboundFailure } from '../../kernel/outbound.ts'
import { eventsByIds } from '../../kernel/outbox.ts'
import { iso } from '../../kernel/time.ts'
import { formatOf } from './formats.ts'
import { mayRead } from './patterns.ts'
import * as queries from './queries.ts'
import * as rows from './rows.ts'
import type { AttemptRow, Delivery, DeliveryRow, DeliveryWithAttempts } from './schema.ts'

export const ANSWER_KEPT = 64 * 1_024

/** A page of an endpoint's deliveries, newest first, with one row more than the limit when there is more. */
export async function listDeliveries(
  ctx: Ctx,
  webhook_id: string,
  asked: Parameters<typeof queries.listDeliveries>[2],
): Promise<DeliveryRow[]> {
  await rows.get(ctx, webhook_id)
  return queries.listDeliveries(ctx, webhook_id, asked)
}

/** One delivery with each of its attempts; the last hundred of them. What it holds is for whoever may read such events. */
export async function getDelivery(ctx: Ctx, webhook_id: string, id: string): Promise<DeliveryWithAttempts> {
  const webhook = await rows.get(ctx, webhook_id)
  const delivery = await queries.findDelivery(ctx, webhook_id, id)
  if (!delivery) throw notFound()
  const attempts = await queries.listAttempts(ctx, webhook_id, id)
  const event =
    delivery.kind === 'event' ? (await eventsByIds(ctx.db, [{ workspace_id: ctx.workspace_id, id }]))[0] : null
  const request_body = event ? formatOf(webhook.format).body(event) : (attempts.at(-1)?.request_body ?? null)
  const isShown = mayRead(ctx, delivery.event_type)
  return {
    ...presentDelivery(delivery),
    request_body: isShown ? request_body : null,
    attempts: attempts.map(presentAttempt),
  }
}

/** A delivery that a body names: a 422 when there is none. */
export async function requireDelivery(ctx: Ctx, webhook_id: string, id: string): Promise<DeliveryRow> {
  const row = await queries.findDelivery(ctx, webhook_id, id)
  if (row?.kind !== 'event') throw invalidField('/delivery_id', 'not_found', 'There is no such delivery of an event.')
  return row
}

/** A call that was made in the middle of other work and is over: what was asked, and what came back or why nothing did. */
export interface Call {
  /** Whose call it is: an endpoint of this module, or of whoever keeps their own. */
  readonly webhook_id: string
  /** What `webhook-id` said. */
  readonly id: string
  /** `lookup.` and what was looked up. */
  readonly type: string
  readonly at: Date
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  /** Null where nothing was sent; then `refused` says why. */
  readonly result: OutboundAnswer | OutboundFailure | null
  /** Why an answer that came is none; null for one that was taken. */
  readonly refused: { readonly code: string; readonly detail: string } | null
}

/** Writes a look-up down, in the same log as deliveries. `headers` are to hold no secrets. */
export async function record(tx: Tx, call: Call): Promise<void> {
  const attempt = attemptOf(call)
  const status = attempt.error === null ? 'succeeded' : 'failed'
  const { webhook_id, id, type } = call
  await queries.insertFinished(tx, { webhook_id, id, event_type: type, status }, attempt)
}

function attemptOf({ at, url, headers, body, result, refused }: Call): AttemptRow {
  const error = refused ?? (result && 'code' in result ? { code: result.code, detail: result.message } : null)
  return {
    number: 1,
    at,
    url,
    duration_ms: result?.ms ?? 0,
    request_headers: { ...headers },
    request_body: body,
    ...responseOf(result && 'status' in result ? result : null),
    error: error?.code ?? null,
    error_detail: error?.detail ?? null,
  }
}

type Response = Pick<AttemptRow, 'response_status' | 'response_headers' | 'response_body' | 'response_truncated'>

/** What is kept of an answer: text, as far as it is some. */
export function responseOf(answer: OutboundAnswer | null): Response {
  if (answer === null) {
    return { response_status: null, response_headers: null, response_body: null, response_truncated: false }
  }
  return {
    response_status: answer.status,
    response_headers: Object.fromEntries(Object.entries(answer.headers).map(([name, value]) => [name, plain(value)])),
    response_body: plain(answer.body.subarray(0, ANSWER_KEPT).toString('utf8')),
    response_truncated: answer.truncated || answer.body.length > ANSWER_KEPT,
  }
}

// PostgreSQL has no text with NUL in it.
function plain(text: string): string {
  return text.replaceAll('\0', '\uFFFD')
}

export function presentDelivery(row: DeliveryRow): Delivery {
  return {
    id: row.id,
    object: 'webhook_delivery',
    webhook_id: row.webhook_id,
    kind: row.kind,
    event_type: row.event_type,
    status: row.status,
    attempts_count: row.attempts,
    next_attempt_at: iso(row.next_attempt_at),
    response_status: row.response_status,
    error: row.error,
    created_at: iso(row.created_at),
    finished_at: iso(row.finished_at),
  }
}

function presentAttempt(row: AttemptRow): DeliveryWithAttempts['attempts'][number] {
  return {
    number: row.number,
    at: iso(row.at),
    duration_ms: row.duration_ms,
    url: row.url,
    request_headers: row.request_headers,
    response:
      row.response_status === null
        ? null
        : {
            status: row.response_status,
            headers: row.response_headers ?? {},
            body: row.response_body ?? '',
            truncated: row.response_truncated,
          },
    error: row.error === null ? null : { code: row.error, detail: row.error_detail ?? '' },
  }
}
