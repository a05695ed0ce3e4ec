/** API keys: what machines call with, bounded by their scopes and by the role of whoever made them. */
import { type Ctx, type Tx, transact, within } from '../../kernel/context.ts'
import { type FieldError, invalid, invalidField, notFound } from '../../kernel/errors.ts'
import { type EventType, emit, oldValues } from '../../kernel/events.ts'
import { randomBase36, randomBase62 } from '../../kernel/ids.ts'
import type { Page } from '../../kernel/pages.ts'
import { sha256 } from '../../kernel/secrets.ts'
import { iso, SECOND } from '../../kernel/time.ts'
import { requireVersion } from '../../kernel/versions.ts'
import * as users from '../users/service.ts'
import type { Mode } from '../workspaces/schema.ts'
import * as workspaces from '../workspaces/service.ts'
import { readEntry } from './allow.ts'
import { refuseBeyond, refuseHandingOut, refuseWidening } from './bounds.ts'
import { apiKeyCreated, apiKeyRevoked, apiKeyUpdated } from './events.ts'
import * as queries from './queries.ts'
import { forget } from './recognition.ts'
import type { ApiKey, KeyInput, KeyPatch, KnownRow, ShownApiKey } from './schema.ts'
import { ID_LENGTH, SECRET_LENGTH, write } from './written.ts'

export { keyBeyondYours } from './bounds.ts'
export { type Credential, credential, endedAmong, recognise } from './recognition.ts'

/** A page of the keys of the workspace and of its twin, newest first, with one row more than the limit when there is more. */
export function list(ctx: Ctx, page: Page): Promise<KnownRow[]> {
  return queries.list(ctx, page)
}

/** The key of the workspace or of its twin, or a 404, also for one that has been revoked. */
export async function get(ctx: Ctx, id: string): Promise<KnownRow> {
  const row = await queries.findKnown(ctx, id)
  if (!row) throw notFound()
  return row
}

/** Makes a key that acts for the caller and may no more than they. Its secret is in this answer and nowhere else. */
export function create(ctx: Ctx, input: KeyInput): Promise<ShownApiKey> {
  return transact(ctx, async (tx) => {
    const terms: queries.Terms = {
      name: readName(input.name),
      scopes: readScopes(input.scopes),
      active: input.active ?? true,
      allow: readAllow(input.allow ?? []),
      requests_per_minute: input.requests_per_minute ?? null,
      expires_at: readEnd(tx, input.expires_at ?? null),
    }
    await refuseBeyond(tx, terms)
    const here = await placeFor(tx, input.mode)
    const id = randomBase36(ID_LENGTH)
    const secret = randomBase62(SECRET_LENGTH)
    await queries.insert(here, { ...terms, id, secret_hash: sha256(secret) })
    const row = await get(here, id)
    await say(tx, apiKeyCreated, row)
    return show(row, secret)
  })
}

/** Changes what was asked and was not so already. Whatever gives the key more needs a caller who has as much. */
export function update(ctx: Ctx, id: string, patch: KeyPatch): Promise<KnownRow> {
  return transact(ctx, async (tx) => {
    const before = await lock(tx, id)
    const terms: queries.Terms = {
      name: patch.name === undefined ? before.name : readName(patch.name),
      scopes: patch.scopes === undefined ? before.scopes : readScopes(patch.scopes),
      active: patch.active ?? before.active,
      allow: patch.allow === undefined ? before.allow : readAllow(patch.allow),
      requests_per_minute:
        patch.requests_per_minute === undefined ? before.requests_per_minute : patch.requests_per_minute,
      expires_at: patch.expires_at === undefined ? before.expires_at : readEnd(tx, patch.expires_at, before.expires_at),
    }
    if (!oldValues(present(before), present({ ...before, ...terms }))) return before
    await refuseWidening(tx, before, { to: terms, said: Object.keys(patch) })
    await queries.update(tx, before, terms)
    return changed(tx, before)
  })
}

/** Gives a key a new secret. The one it had works for so many seconds more; one from before that ends now. */
export function rotate(ctx: Ctx, id: string, overlap_seconds: number): Promise<ShownApiKey> {
  return transact(ctx, async (tx) => {
    const before = await lock(tx, id)
    await refuseHandingOut(tx, before)
    const secret = randomBase62(SECRET_LENGTH)
    await queries.rotate(tx, before, {
      secret_hash: sha256(secret),
      old_secret_hash: overlap_seconds === 0 ? null : before.secret_hash,
      old_secret_expires_at: new Date(tx.now().getTime() + overlap_seconds * SECOND),
    })
    return show(await changed(tx, before), secret)
  })
}

/** Ends a key at once, in other processes within two seconds; to all but the history it is gone. */
export function revoke(ctx: Ctx, id: string): Promise<void> {
  return transact(ctx, async (tx) => end(tx, await lock(tx, id)))
}

/** A key acts for whoever made it, and falls with them: ends those of a user in this workspace. */
export async function endOf(tx: Tx, user_id: string): Promise<void> {
  for (const row of await queries.lockOf(tx, user_id)) await end(tx, row)
}

/** The workspace of a key, if it exists: for the command line, which is told only the key. */
export async function workspaceOf(ctx: Ctx, id: string): Promise<string | undefined> {
  return (await queries.find(ctx, id))?.workspace_id
}

export function present(row: KnownRow): ApiKey {
  return {
    id: row.id,
    object: 'api_key',
    name: row.name,
    scopes: row.scopes,
    mode: row.mode,
    active: row.active,
    allow: row.allow,
    requests_per_minute: row.requests_per_minute,
    expires_at: iso(row.expires_at),
    last_used_at: iso(row.last_used_at),
    last_used_address: row.last_used_address,
    old_secret_expires_at: iso(row.old_secret_expires_at),
    user_id: row.user_id,
    created_at: iso(row.created_at),
    updated_at: iso(row.updated_at),
  }
}

function show(row: KnownRow, secret: string): ShownApiKey {
  return { ...present(row), ...write(row.id, secret, row.mode) }
}

async function lock(tx: Tx, id: string): Promise<KnownRow> {
  const row = await queries.lock(tx, id)
  if (!row) throw notFound()
  requireVersion(tx, row.version)
  return row
}

async function changed(tx: Tx, before: KnownRow): Promise<KnownRow> {
  const after = await get(tx, before.id)
  await say(tx, apiKeyUpdated, after, oldValues(present(before), present(after)) ?? {})
  forget(tx, before.id)
  return after
}

async function end(tx: Tx, row: KnownRow): Promise<void> {
  await queries.revoke(tx, row)
  await say(tx, apiKeyRevoked, { ...row, active: false })
  forget(tx, row.id)
}

/** In the key's own log; a test key's also in that of the workspace, which lists it. */
async function say(
  tx: Tx,
  event: EventType<(typeof apiKeyCreated)['data']>,
  row: KnownRow,
  previous?: Readonly<Record<string, unknown>>,
): Promise<void> {
  for (const workspace_id of [row.workspace_id, row.parent_id].filter((one) => one !== null)) {
    await emit(within(tx, workspace_id), event, { data: { api_key: present(row) }, ...(previous ? { previous } : {}) })
  }
}

/** Where a key of this mode lives: here, or in the twin. A sandbox has no way out. */
async function placeFor(tx: Tx, mode: Mode | undefined): Promise<Tx> {
  const here = await workspaces.get(tx)
  if (mode === undefined || mode === here.mode) return tx
  if (here.sandbox_id === null) throw invalidField('/mode', 'beyond', 'A sandbox makes test keys only.')
  return within(tx, here.sandbox_id)
}

function readName(text: string): string {
  const name = text.trim()
  if (name !== '' && name.length <= 200) return name
  throw invalidField('/name', 'length', 'A name has 1 to 200 characters.')
}

function readScopes(scopes: readonly string[]): string[] {
  if (scopes.length === 0) throw invalidField('/scopes', 'minItems', 'A key has at least one scope.')
  const unknown = scopes.flatMap((scope, index) =>
    users.isScope(scope)
      ? []
      : [{ pointer: `/scopes/${index}`, code: 'unknown', detail: `There is no scope ${scope.slice(0, 64)}.` }],
  )
  if (unknown.length > 0) throw invalid({ errors: unknown })
  return [...new Set(scopes)]
}

function readAllow(entries: readonly string[]): string[] {
  const errors: FieldError[] = []
  const allow = new Set<string>()
  for (const [index, text] of entries.entries()) {
    const outcome = readEntry(text)
    if ('wrong' in outcome) errors.push({ pointer: `/allow/${index}`, code: 'place', detail: outcome.wrong })
    else allow.add(outcome.entry)
  }
  if (errors.length > 0) throw invalid({ errors })
  return [...allow]
}

function readEnd(tx: Tx, text: string | null, before: Date | null = null): Date | null {
  if (text === null) return null
  const end = new Date(text)
  if (end.getTime() === before?.getTime() || end > tx.now()) return end
  throw invalidField('/expires_at', 'past', 'A key ends in the future.')
}
