/** API keys: what machines call with, bounded by their scopes and by the role of whoever made them. */
import { openCache } from '../../kernel/cache.ts'
import { type Ctx, type Tx, transact } from '../../kernel/context.ts'
import { credentialInvalid, credentialMissing, invalidField, notFound } from '../../kernel/errors.ts'
import { allows } from '../../kernel/gate.ts'
import type { Access, Caller, Incoming } from '../../kernel/http.ts'
import { randomBase36, randomBase62 } from '../../kernel/ids.ts'
import type { Kernel } from '../../kernel/kernel.ts'
import { equal, sha256 } from '../../kernel/secrets.ts'
import type { Role } from '../users/schema.ts'
import * as users from '../users/service.ts'
import * as workspaces from '../workspaces/service.ts'
import * as queries from './queries.ts'
import type { KeyInput, NewKey } from './schema.ts'
import { noteUse } from './use.ts'
import { ID_LENGTH, read, SECRET_LENGTH, type Written, write } from './written.ts'

/** As whom a key made on the command line acts. */
const NOBODYS_ROLE: Role = 'admin'

/** Makes a key of the caller's workspace that acts for the caller. Its secret is in this answer and nowhere else. */
export function create(ctx: Ctx, input: KeyInput): Promise<NewKey> {
  return transact(ctx, async (tx) => {
    const { name, scopes, requests_per_minute = null, expires_at = null } = input
    if (name.trim() === '' || name.length > 200)
      throw invalidField('/name', 'length', 'A name has 1 to 200 characters.')
    const wanted = [...new Set(scopes)]
    checkScopes(tx, wanted)
    const { mode } = await workspaces.settingsOf(tx)
    const id = randomBase36(ID_LENGTH)
    const secret = randomBase62(SECRET_LENGTH)
    await queries.insert(tx, {
      id,
      name,
      secret_hash: sha256(secret),
      scopes: wanted,
      requests_per_minute,
      expires_at: expires_at === null ? null : new Date(expires_at),
    })
    return { ...write(id, secret, mode), scopes: wanted }
  })
}

/** Ends a key at once, in other processes within two seconds. One that has ended stays so. */
export function revoke(ctx: Ctx, id: string): Promise<void> {
  return transact(ctx, async (tx) => {
    const row = await queries.lock(tx, id)
    if (!row) throw notFound()
    if (row.revoked_at !== null) return
    await queries.revoke(tx, id)
    tx.afterCommit(() => {
      kept.forget(tx.kernel, id)
      users.tellCredentialEnded(tx.kernel)
    })
  })
}

/** The workspace of a key, if it exists: for the command line, which is told only the key. */
export async function workspaceOf(ctx: Ctx, id: string): Promise<string | undefined> {
  return (await queries.find(ctx, id))?.workspace_id
}

/** What a live connection holds on to, so that it ends with what opened it. */
export interface Credential {
  readonly type: 'key' | 'session'
  readonly id: string
  readonly workspace_id: string
  /** The role it was opened with; null for a key that is nobody's. */
  readonly role: string | null
}

/** Who calls: by key, however it is written, or else by session. `named` is the workspace where no header can say it. */
export async function recognise(
  incoming: Incoming,
  named?: string,
): Promise<{ caller: Caller; credential: Credential | null }> {
  const workspace = named ?? nameOf(incoming)
  const written = read(incoming.headers)
  if (written) return authenticate(incoming, written, workspace)
  const found = await users.authenticateSession(incoming, workspace)
  if (!found) throw credentialMissing()
  const { caller, session, role } = found
  const { workspace_id } = caller
  const credential =
    workspace_id === null ? null : ({ type: 'session', id: session.session_id, workspace_id, role } as const)
  return { caller, credential }
}

/** How callers are recognised on every route that says nothing else. */
export const credential: Access = {
  scheme: 'credential',
  authenticate: async (incoming) => (await recognise(incoming)).caller,
}

/** Of these credentials, the ones that ended or changed since they were recognised. Two statements for any number. */
export async function endedAmong(
  kernel: Kernel,
  credentials: readonly Credential[],
  now: Date,
): Promise<Set<Credential>> {
  const keys = credentials.filter(({ type }) => type === 'key').map(({ id }) => id)
  const sessions = credentials.filter(({ type }) => type === 'session')
  const asked = sessions.map(({ id, workspace_id }) => ({ session_id: id, workspace_id }))
  const [livingKeys, livingSessions] = await Promise.all([
    keys.length === 0 ? [] : queries.listLiving({ db: kernel.database.kysely }, keys, now),
    asked.length === 0 ? [] : users.livingSessions(kernel, asked, now),
  ])
  const living = new Map<string, string | null>([
    ...livingKeys.map(({ id, role }) => [id, role] as const),
    ...livingSessions.map(({ session_id, workspace_id, role }) => [`${session_id}:${workspace_id}`, role] as const),
  ])
  return new Set(
    credentials.filter((one) => living.get(one.type === 'key' ? one.id : `${one.id}:${one.workspace_id}`) !== one.role),
  )
}

const kept = openCache<queries.Row | null>()

async function authenticate(
  incoming: Incoming,
  { id, secret, mode }: Written,
  named: string | undefined,
): Promise<{ caller: Caller; credential: Credential }> {
  const { kernel } = incoming
  const now = incoming.now()
  const load = () => queries.find({ db: kernel.database.kysely }, id)
  const row = await kept.get(kernel, id, async () => (await load()) ?? null)
  const isRight = equal(sha256(secret), row?.secret_hash ?? NO_HASH)
  if (!row || !isRight || !isAlive(row, now)) throw credentialInvalid()
  const { workspace_id, user_id } = row
  const settings = await workspaces.settings(kernel, workspace_id)
  if (mode !== null && mode !== settings.mode) throw credentialInvalid()
  const maker = user_id === null ? null : await users.standing(kernel, workspace_id, user_id)
  if (user_id !== null && (maker === null || maker.created_at > row.created_at)) throw credentialInvalid()
  if (named !== undefined && named.toLowerCase() !== workspace_id) throw users.workspaceNotYours()
  noteUse(kernel, row, now)

  const own = row.requests_per_minute
  const caller = {
    workspace_id,
    actor: { type: 'api', id, name: row.name },
    user_id,
    scopes: users.meet(row.scopes, maker?.role ?? NOBODYS_ROLE),
    buckets: [
      ...(settings.limit === null ? [] : [{ policy: 'plan', key: workspace_id, limit: settings.limit }]),
      ...(own === null ? [] : [{ policy: 'key', key: id, limit: own }]),
    ],
    credential: id,
  } as const
  return { caller, credential: { type: 'key', id, workspace_id, role: maker?.role ?? null } }
}

// Compared with when there is no such key, so that an unknown id takes as long as a wrong secret.
const NO_HASH = sha256('')

function isAlive(row: queries.Row, now: Date): boolean {
  return row.active && row.revoked_at === null && (row.expires_at === null || row.expires_at > now)
}

function nameOf(incoming: Incoming): string | undefined {
  const header = incoming.headers['antiphon-workspace']
  return typeof header === 'string' ? header.trim() : undefined
}

function checkScopes(tx: Tx, scopes: readonly string[]): void {
  if (scopes.length === 0) throw invalidField('/scopes', 'minItems', 'A key has at least one scope.')
  for (const [index, scope] of scopes.entries()) {
    if (!users.isScope(scope))
      throw invalidField(`/scopes/${index}`, 'unknown', `There is no scope ${scope.slice(0, 64)}.`)
    if (!allows(tx.scopes, scope))
      throw invalidField(`/scopes/${index}`, 'beyond', 'That is more than you may do yourself.')
  }
}
