/** Who calls: the key or the session behind a request, and whether what was recognised once still holds. */
import { openCache } from '../../kernel/cache.ts'
import type { Tx } from '../../kernel/context.ts'
import { callerNotAllowed, credentialInvalid, credentialMissing } from '../../kernel/errors.ts'
import type { Access, Caller, Incoming } from '../../kernel/http.ts'
import type { Kernel } from '../../kernel/kernel.ts'
import { equal, sha256 } from '../../kernel/secrets.ts'
import * as users from '../users/service.ts'
import * as workspaces from '../workspaces/service.ts'
import { lets } from './allow.ts'
import { NOBODYS_ROLE } from './bounds.ts'
import * as queries from './queries.ts'
import type { Row } from './schema.ts'
import { noteUse } from './use.ts'
import { read, type Written } from './written.ts'

/** What a live connection holds on to, so that it ends with what opened it. */
export interface Credential {
  readonly type: 'key' | 'session'
  readonly id: string
  readonly workspace_id: string
  /** What it was recognised by and allowed: when that is not so any more, it has ended. */
  readonly standing: string
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
    workspace_id === null
      ? null
      : ({ type: 'session', id: session.session_id, workspace_id, standing: String(role) } as const)
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
  const living = new Set([
    ...livingKeys.flatMap((key) =>
      [key.secret_hash, key.old_secret_hash].flatMap((hash) =>
        hash === null ? [] : [`${key.id} ${standingOf(key, key.role, hash)}`],
      ),
    ),
    ...livingSessions.map(({ session_id, workspace_id, role }) => `${session_id}:${workspace_id} ${role}`),
  ])
  const nameOf = (one: Credential) => (one.type === 'key' ? one.id : `${one.id}:${one.workspace_id}`)
  return new Set(credentials.filter((one) => !living.has(`${nameOf(one)} ${one.standing}`)))
}

const kept = openCache<Row | null>()

/** Forgets what is known of a key, and lets its connections be asked about, once the transaction has committed. */
export function forget(tx: Tx, id: string): void {
  tx.afterCommit(() => {
    kept.forget(tx.kernel, id)
    users.tellCredentialEnded(tx.kernel)
  })
}

/** Refuses in this order, which is that of all routes: no such credential 401, not from here 403, not this workspace 403. */
async function authenticate(
  incoming: Incoming,
  written: Written,
  named: string | undefined,
): Promise<{ caller: Caller; credential: Credential }> {
  const { kernel } = incoming
  const now = incoming.now()
  const { id } = written
  const load = () => queries.find({ db: kernel.database.kysely }, id)
  const row = await kept.get(kernel, id, async () => (await load()) ?? null)
  const hash = matched(row, written.secret, now)
  if (!row || !hash || !isAlive(row, now)) throw credentialInvalid()
  const { workspace_id, user_id } = row
  const settings = await workspaces.settings(kernel, workspace_id)
  if (written.mode !== null && written.mode !== settings.mode) throw credentialInvalid()
  const maker = user_id === null ? null : await users.standing(kernel, workspace_id, user_id)
  if (user_id !== null && (maker === null || maker.created_at > row.created_at)) throw credentialInvalid()
  if (!lets(row.allow, incoming)) throw callerNotAllowed()
  if (named !== undefined && named.toLowerCase() !== workspace_id) throw users.workspaceNotYours()
  noteUse(kernel, row, { at: now, address: incoming.address })

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
  return { caller, credential: { type: 'key', id, workspace_id, standing: standingOf(row, maker?.role ?? null, hash) } }
}

// Compared with when there is no such key or no second secret, so that an unknown id takes as long as a wrong secret.
const NO_HASH = sha256('')

/** The hash of the secret that was given, if it is one of the key's: the one of now, or the one before in its time. */
function matched(row: Row | null, secret: string, now: Date): Buffer | null {
  const given = sha256(secret)
  const isNew = equal(given, row?.secret_hash ?? NO_HASH)
  const isOld = equal(given, row?.old_secret_hash ?? NO_HASH)
  const isInTime = row !== null && row.old_secret_expires_at !== null && row.old_secret_expires_at > now
  return isNew || (isOld && isInTime) ? given : null
}

function isAlive(row: Row, now: Date): boolean {
  return row.active && row.revoked_at === null && (row.expires_at === null || row.expires_at > now)
}

function standingOf(key: Pick<Row, 'scopes' | 'allow'>, role: string | null, hash: Buffer): string {
  return JSON.stringify([role, key.scopes, key.allow, hash.toString('base64url')])
}

function nameOf(incoming: Incoming): string | undefined {
  const header = incoming.headers['antiphon-workspace']
  return typeof header === 'string' ? header.trim() : undefined
}
