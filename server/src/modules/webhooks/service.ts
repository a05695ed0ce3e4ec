/** Webhooks: who outside is told of what happens, and what became of telling them. */
import { type Ctx, type Tx, transact } from '../../kernel/context.ts'
import { invalidField, refusal } from '../../kernel/errors.ts'
import { emit } from '../../kernel/events.ts'
import { newId } from '../../kernel/ids.ts'
import type { Page } from '../../kernel/pages.ts'
import { iso, SECOND } from '../../kernel/time.ts'
import { requireVersion } from '../../kernel/versions.ts'
import { wakeSender } from './delivering/waking.ts'
import { webhookCreated, webhookDeleted } from './events.ts'
import { mergeHeaders } from './headers.ts'
import { checkReadable, checkWanted } from './patterns.ts'
import * as queries from './queries.ts'
import * as rows from './rows.ts'
import type { Rotation, Row, WebhookInput, WebhookPatch, WebhookWithSecret } from './schema.ts'
import { living, makeSecret, sealSecret } from './signing.ts'

export { signed } from './asking.ts'
export { breakFor, isAsked, noteAnswered } from './circuit.ts'
export { startDeliveries } from './delivering/sender.ts'
export { disable } from './disabling.ts'
export { getDelivery, listDeliveries, presentDelivery, record } from './log.ts'
export { replay, test, webhookIsDisabled } from './replaying.ts'
export { get, present } from './rows.ts'

export const webhooksFull = refusal('webhooks_full', 409, 'A workspace has at most 50 endpoints: delete one first.')

const AT_MOST = 50
const LIVE_SECRETS = 2
const A_DAY = 86_400

/** A page of endpoints, newest first, with one row more than the limit when there is more. */
export function list(ctx: Ctx, page: Page): Promise<Row[]> {
  return queries.list(ctx, page)
}

/** The oldest endpoint that is switched on and answers a look-up, if there is one. */
export const findAnswering = queries.findAnswering
/** An endpoint that may be gone. */
export const find = queries.find

/** Sets up an endpoint. Its secret is in this answer and nowhere else. */
export function create(ctx: Ctx, input: WebhookInput): Promise<{ row: Row; answer: WebhookWithSecret }> {
  return transact(ctx, async (tx) => {
    checkUrl(tx, input.url)
    const wanted = { events: [...new Set(input.events)], lookups: [...new Set(input.lookups)] }
    checkWanted(wanted)
    checkReadable(tx, { url: input.url, ...wanted })
    const secret = input.secret ?? makeSecret()
    if ((await queries.count(tx)) >= AT_MOST) throw webhooksFull()
    const id = newId()
    await queries.insert(tx, {
      id,
      url: input.url,
      description: input.description ?? null,
      ...wanted,
      lookup_timeout_ms: input.lookup_timeout_ms ?? null,
      payload_version: input.payload_version ?? 'v1',
      ...switched(tx, input.enabled ?? true),
      headers: mergeHeaders(tx, {}, input.headers ?? {}),
      secrets: [sealSecret(tx, secret)],
    })
    const row = await rows.get(tx, id)
    await emit(tx, webhookCreated, { data: { webhook: rows.present(tx, row) } })
    tx.afterCommit(() => wakeSender(tx.kernel))
    return { row, answer: { ...rows.present(tx, row), secret } }
  })
}

/** Changes what is named; headers are merged. Switched on again, it receives what waited meanwhile. */
export function update(ctx: Ctx, id: string, patch: WebhookPatch): Promise<Row> {
  return transact(ctx, async (tx) => {
    const before = await rows.lock(tx, id)
    requireVersion(tx, before.version)
    if (patch.url !== undefined) checkUrl(tx, patch.url)
    const { enabled, headers, events = before.events, lookups = before.lookups, ...rest } = patch
    const wanted = { events: [...new Set(events)], lookups: [...new Set(lookups)] }
    checkWanted(wanted)
    checkReadable(tx, { url: patch.url ?? before.url, ...wanted }, before)
    return rows.write(tx, before, {
      ...rest,
      ...wanted,
      ...(headers === undefined ? {} : { headers: mergeHeaders(tx, before.headers, headers) }),
      ...(enabled === undefined || enabled === before.enabled ? {} : switched(tx, enabled)),
    })
  })
}

/** Hides an endpoint at once. Nothing more is sent to it; what waits for it is forgotten. */
export function remove(ctx: Ctx, id: string): Promise<void> {
  return transact(ctx, async (tx) => {
    const row = await rows.lock(tx, id)
    requireVersion(tx, row.version)
    await queries.remove(tx, id)
    await emit(tx, webhookDeleted, { data: { webhook: rows.present(tx, row) } })
    tx.afterCommit(() => wakeSender(tx.kernel))
  })
}

/** Gives an endpoint another secret, shown this once. The one before signs as well until the overlap ends. */
export function rotateSecret(ctx: Ctx, id: string, input: Rotation): Promise<{ row: Row; answer: WebhookWithSecret }> {
  return transact(ctx, async (tx) => {
    const before = await rows.lock(tx, id)
    requireVersion(tx, before.version)
    const secret = input.secret ?? makeSecret()
    const until = iso(new Date(tx.now().getTime() + (input.overlap_seconds ?? A_DAY) * SECOND))
    const ends = (at: string | null) => (at === null || at > until ? until : at)
    const old = living(before.secrets, tx.now()).map((one) => ({ ...one, expires_at: ends(one.expires_at) }))
    const secrets = living([sealSecret(tx, secret), ...old], tx.now()).slice(0, LIVE_SECRETS)
    const row = await rows.write(tx, before, { secrets })
    return { row, answer: { ...rows.present(tx, row), secret } }
  })
}

function switched(tx: Tx, enabled: boolean): Pick<Row, 'enabled' | 'disabled_reason' | 'disabled_at'> {
  if (enabled) return { enabled, disabled_reason: null, disabled_at: null }
  return { enabled, disabled_reason: 'user', disabled_at: tx.now() }
}

function checkUrl(ctx: Ctx, url: string): void {
  const fault = ctx.kernel.outbound.check(url)
  if (fault) throw invalidField('/url', fault.code, fault.detail)
}
