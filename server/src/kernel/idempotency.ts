/**
 * A retry is answered, not run again.
 *
 * The transaction of the change begins by trying a lock on the caller's key, then looks for an answer. With neither, the
 * first request is still under way; with the lock alone it runs the change and stores the answer, so that change and
 * answer commit together. Refusals and failures roll back and leave nothing, so a retry runs again.
 *
 * What was answered is kept sealed, whatever it is: answers show secrets, and links that open files without a credential.
 */
import { sql } from 'kysely'
import { type Ctx, type Tx, transact } from './context.ts'
import { refusal } from './errors.ts'
import { newId } from './ids.ts'
import { equal, sha256 } from './secrets.ts'
import { DAY } from './time.ts'

export const idempotencyInFlight = refusal(
  'idempotency_in_flight',
  409,
  'The first request with this key is still under way.',
)
export const idempotencyMismatch = refusal('idempotency_mismatch', 422, 'This key was used for another request.')
export const idempotencyKeyInvalid = refusal(
  'idempotency_key_invalid',
  422,
  'An Idempotency-Key has 1 to 255 printable ASCII characters.',
)
export const idempotencyAnswerLost = refusal(
  'idempotency_answer_lost',
  409,
  'This was done, but what was answered can no longer be read: the server’s secret has changed.',
)

export interface StoredAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  /** The body as it goes over the wire, or null. */
  readonly payload: string | null
}

export interface Attempt {
  /** The credential's own name, so that one caller's keys are not another's. */
  readonly caller: string
  readonly key: string
  /** Of method, concrete path, query and body. */
  readonly fingerprint: Buffer
}

/** Runs `work` once per key and caller for 24 hours; `replayed` says whether this is an earlier run's answer. */
export async function once(
  ctx: Ctx,
  attempt: Attempt,
  work: (tx: Tx) => Promise<StoredAnswer>,
): Promise<StoredAnswer & { replayed: boolean }> {
  if (!/^[\x20-\x7e]{1,255}$/.test(attempt.key)) throw idempotencyKeyInvalid()
  return transact(ctx, async (tx) => {
    const name = `${ctx.workspace_id}\n${attempt.caller}\n${attempt.key}`
    const lock = sha256(name).readBigInt64BE()
    const { rows } = await sql<{ mine: boolean }>`
      select pg_try_advisory_xact_lock(${lock}) as mine, ${ctx.workspace_id} as workspace_id`.execute(tx.db)
    // Without the lock there may be an answer all the same: then it is another repeat that holds it.
    const stored = await find(tx, attempt)
    if (!stored && !rows[0]?.mine) throw idempotencyInFlight({ headers: { 'retry-after': '1' } })
    if (stored) return { ...stored, replayed: true }
    const answer = await work(tx)
    await store(tx, attempt, answer)
    return { ...answer, replayed: false }
  })
}

interface Row {
  fingerprint: Buffer
  status: number
  headers: Record<string, string>
  payload: string | null
  sealed: boolean
}

async function find(tx: Tx, attempt: Attempt): Promise<StoredAnswer | null> {
  const { rows } = await sql<Row>`
    select fingerprint, status, headers, payload, sealed from idempotency_keys
    where workspace_id = ${tx.workspace_id} and caller = ${attempt.caller} and key = ${attempt.key}
      and created_at > ${new Date(tx.now().getTime() - DAY)}`.execute(tx.db)
  const row = rows[0]
  if (!row) return null
  if (!equal(row.fingerprint, attempt.fingerprint)) throw idempotencyMismatch()
  const { status, headers, payload, sealed } = row
  if (payload === null || !sealed) return { status, headers, payload }
  const text = tx.kernel.secrets.decrypt('idempotency', payload)
  if (text === null) throw idempotencyAnswerLost()
  return { status, headers, payload: text }
}

async function store(tx: Tx, attempt: Attempt, answer: StoredAnswer): Promise<void> {
  const payload = answer.payload === null ? null : tx.kernel.secrets.encrypt('idempotency', answer.payload)
  await sql`
    insert into idempotency_keys (id, workspace_id, caller, key, fingerprint, status, headers, payload, sealed, created_at)
    values (${newId()}, ${tx.workspace_id}, ${attempt.caller}, ${attempt.key}, ${attempt.fingerprint}, ${answer.status},
      ${JSON.stringify(answer.headers)}, ${payload}, true, ${tx.now()})`.execute(tx.db)
}
