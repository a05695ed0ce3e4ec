/**
 * Asking an endpoint.
 *
 * One request, within a budget, outside every transaction. What comes back is checked; where nothing comes that can be used,
 * what the look-up declares for that case holds, and the caller goes on as if that were the answer. Either way it stands in
 * the endpoint's log. An endpoint that fails again and again is left alone for a while.
 */
import type { Static, TSchema } from 'typebox'
import { type Ctx, isTx, transact } from '../../kernel/context.ts'
import { newId } from '../../kernel/ids.ts'
import type { Lookup } from '../../kernel/lookups.ts'
import { type OutboundAnswer, OutboundFailure } from '../../kernel/outbound.ts'
import { iso } from '../../kernel/time.ts'
import type { Row as Endpoint } from '../webhooks/schema.ts'
import * as webhooks from '../webhooks/service.ts'
import { ANSWER_AT_MOST, type Failure, failureOf, lost, readAnswer } from './answers.ts'
import { keep, recall } from './keeping.ts'

export interface Question<Q extends TSchema, A extends TSchema> {
  readonly data: Static<Q>
  /** Which endpoint; the workspace's oldest that answers this when left out. */
  readonly webhook_id?: string
  /** What `webhook-id` says; the same where the same is asked once more after a crash. */
  readonly id?: string
  /** Refuses, as a service refuses a request, what the schema alone cannot tell to be wrong. */
  readonly check?: (answer: Static<A>) => Promise<void>
  readonly signal?: AbortSignal
}

export interface Answered<A extends TSchema> {
  /** What holds, wherever it comes from. */
  readonly answer: Static<A>
  readonly from: 'endpoint' | 'cache' | 'fallback'
  /** Why the fallback holds; null where it does not. */
  readonly failure: Failure | null
}

/** Asks, and answers in any case. Throws only when it was called off. */
export async function ask<Q extends TSchema, A extends TSchema>(
  ctx: Ctx,
  lookup: Lookup<Q, A>,
  question: Question<Q, A>,
): Promise<Answered<A>> {
  if (isTx(ctx)) throw new Error('Nothing leaves the process inside a transaction.')
  const endpoint = await endpointFor(ctx, lookup, question)
  if (!endpoint) {
    const failure = { code: 'no_endpoint', detail: `No endpoint answers ${lookup.type}: register one.` }
    return { answer: lookup.fallback.answer, from: 'fallback', failure }
  }
  const key = keyOf(endpoint, lookup, question)
  const kept = key === null ? undefined : recall(ctx.kernel, key)
  if (kept) return { answer: lookup.read(kept.answer), from: 'cache', failure: null }

  const outcome = await settle(ctx, { lookup, endpoint, question })
  if ('failure' in outcome) return { answer: lookup.fallback.answer, from: 'fallback', failure: outcome.failure }
  const { answer } = outcome
  if (key !== null && lookup.cache) keep(ctx.kernel, key, { answer, seconds: lookup.cache.seconds })
  return { answer, from: 'endpoint', failure: null }
}

function endpointFor(
  ctx: Ctx,
  { type }: Pick<Lookup, 'type'>,
  { webhook_id }: { readonly webhook_id?: string },
): Promise<Endpoint | undefined> {
  return webhook_id === undefined ? webhooks.findAnswering(ctx, type) : webhooks.find(ctx, webhook_id)
}

/** An endpoint that was changed is asked anew. */
function keyOf<Q extends TSchema, A extends TSchema>(
  { workspace_id, id, version }: Endpoint,
  { type, cache }: Lookup<Q, A>,
  { data }: Question<Q, A>,
): string | null {
  return cache ? JSON.stringify([workspace_id, id, version, type, cache.by(data)]) : null
}

interface Asking<Q extends TSchema, A extends TSchema> {
  readonly lookup: Lookup<Q, A>
  readonly endpoint: Endpoint
  readonly question: Question<Q, A>
}

type Outcome<A extends TSchema> = { readonly answer: Static<A> } | { readonly failure: Failure }

/** Asks the endpoint if it is to be asked, and writes down what came of it. */
async function settle<Q extends TSchema, A extends TSchema>(ctx: Ctx, asking: Asking<Q, A>): Promise<Outcome<A>> {
  const { lookup, endpoint, question } = asking
  const [id, at] = [question.id ?? newId(), ctx.now()]
  const body = JSON.stringify({
    id,
    type: lookup.type,
    timestamp: iso(at),
    workspace_id: ctx.workspace_id,
    data: question.data,
  })
  const call = { webhook_id: endpoint.id, id, type: lookup.type, at, url: endpoint.url, body }
  const unasked = await whyNot(ctx, asking)
  if (unasked) {
    await transact(ctx, (tx) => webhooks.record(tx, { ...call, headers: {}, result: null, refused: unasked }))
    return { failure: unasked }
  }
  const { sent, shown } = webhooks.signed(ctx, endpoint, { id, at, body })
  const timeout = endpoint.lookup_timeout_ms ?? lookup.budget
  const result = await send(ctx, { asking, headers: sent, body, timeout })
  const outcome = await read(asking, result, timeout)
  await transact(ctx, async (tx) => {
    const refused = 'failure' in outcome ? outcome.failure : null
    await webhooks.record(tx, { ...call, headers: shown, result, refused })
    if (refused) await webhooks.breakFor(tx, endpoint, lookup.circuit)
    else await webhooks.noteAnswered(tx, endpoint)
  })
  return outcome
}

async function whyNot<Q extends TSchema, A extends TSchema>(
  ctx: Ctx,
  { lookup, endpoint }: Asking<Q, A>,
): Promise<Failure | null> {
  if (!endpoint.enabled) {
    return { code: 'webhook_disabled', detail: 'Not asked: the endpoint is switched off. Switch it on again.' }
  }
  if (!endpoint.lookups.includes(lookup.type)) {
    const detail = `Not asked: the endpoint is not registered for ${lookup.type}. Add it to its look-ups.`
    return { code: 'lookup_not_wanted', detail }
  }
  if (await webhooks.isAsked(ctx, endpoint, lookup.circuit.pause)) return null
  const detail = `Not asked: ${endpoint.lookup_failures} look-ups in a row failed, and the pause is not over. The log says why they did.`
  return { code: 'circuit_open', detail }
}

async function send<Q extends TSchema, A extends TSchema>(
  ctx: Ctx,
  call: { asking: Asking<Q, A>; headers: Record<string, string>; body: string; timeout: number },
): Promise<OutboundAnswer | OutboundFailure> {
  const { endpoint, question } = call.asking
  try {
    return await ctx.kernel.outbound.send({
      url: endpoint.url,
      method: 'POST',
      headers: call.headers,
      body: call.body,
      timeout: call.timeout,
      most: ANSWER_AT_MOST,
      longer: 'fail',
      ...(question.signal ? { signal: question.signal } : {}),
    })
  } catch (error) {
    if (error instanceof OutboundFailure && error.code !== 'aborted') return error
    throw error
  }
}

async function read<Q extends TSchema, A extends TSchema>(
  { lookup, question }: Asking<Q, A>,
  result: OutboundAnswer | OutboundFailure,
  timeout: number,
): Promise<Outcome<A>> {
  if (result instanceof OutboundFailure) return { failure: lost(result, timeout) }
  const outcome = readAnswer(lookup, result)
  if ('failure' in outcome || !question.check) return outcome
  try {
    await question.check(outcome.answer)
    return outcome
  } catch (error) {
    return { failure: failureOf(error) }
  }
}
