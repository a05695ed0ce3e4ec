/** Users: people in a workspace, and in its sandbox twin under the same id, number and role. */
import { openCache } from '../../kernel/cache.ts'
import { type Ctx, type Tx, transact, within } from '../../kernel/context.ts'
import { invalidField, notFound, refusal, scopeMissing } from '../../kernel/errors.ts'
import { emit } from '../../kernel/events.ts'
import { allows } from '../../kernel/gate.ts'
import { newId } from '../../kernel/ids.ts'
import type { Kernel } from '../../kernel/kernel.ts'
import type { Page } from '../../kernel/pages.ts'
import { iso } from '../../kernel/time.ts'
import { requireVersion } from '../../kernel/versions.ts'
import * as workspaces from '../workspaces/service.ts'
import { agentStatusChanged, userCreated, userRemoved, userUpdated } from './events.ts'
import { checkPassword, hashPassword, readEmail, readName } from './people.ts'
import * as queries from './queries.ts'
import type { Presence, Role, User, UserInput, UserPatch } from './schema.ts'
import { forgetSessions } from './sessions.ts'

export { firstToSignIn, setPassword, signInLink } from './people.ts'
export type { Row } from './queries.ts'
export { ASKABLE, isScope, meet } from './roles.ts'
export type { Session } from './sessions.ts'
export {
  authenticateSession,
  livingSessions,
  onCredentialEnded,
  openSession,
  sessionOf,
  tellCredentialEnded,
  workspaceNotYours,
} from './sessions.ts'

export const userExists = refusal('user_exists', 409, 'That person is a user of this workspace already.')
export const userNotYou = refusal('user_not_you', 403, 'Only they themselves may change their name and presence.')
export const roleNotYours = refusal('role_not_yours', 403, 'Only an owner may make, change or remove an owner.')
export const ownerRequired = refusal('owner_required', 409, 'A workspace that has an owner keeps one.')
export const sandboxFollows = refusal(
  'sandbox_follows',
  409,
  'The users of a sandbox are those of its workspace: change them there.',
)

/** Makes somebody a user. A person who exists gets a membership and keeps their name and password. */
export async function create(ctx: Ctx, input: UserInput): Promise<User> {
  const email = readEmail(input.email)
  const name = readName(input.name)
  const hash = input.password === undefined ? null : await hashPassword(checkPassword(input.password))
  return transact(ctx, async (tx) => {
    const twin = await twinOf(tx)
    await refuseOwnerMatters(tx, input.role)
    const person = await queries.putPerson(tx, { id: newId(), email, name })
    if (person.isNew && hash) await queries.putPassword(tx, { id: newId(), person_id: person.id, hash })
    const before = await queries.lockOfPerson(tx, person.id)
    if (before && before.removed_at === null) throw userExists()

    const number = before?.number ?? (await queries.nextNumber(tx))
    const row = { id: before?.id ?? newId(), number, person_id: person.id, role: input.role }
    for (const workspace_id of [ctx.workspace_id, twin]) {
      const here = within(tx, workspace_id)
      await queries.put(here, row)
      await emit(here, userCreated, { data: { user: present(await get(here, row.id)) } })
    }
    changed(tx)
    return present(await get(tx, row.id))
  })
}

/** A page of the users of the workspace, newest first. */
export async function list(ctx: Ctx, page: Page): Promise<queries.Row[]> {
  return queries.list(ctx, page)
}

/** The user, if there is one who has not left. */
export async function find(ctx: Ctx, id: string): Promise<queries.Row | undefined> {
  const row = await queries.find(ctx, id)
  return row?.removed_at === null ? row : undefined
}

/** The user, or a 404. */
export async function get(ctx: Ctx, id: string): Promise<queries.Row> {
  const row = await find(ctx, id)
  if (!row) throw notFound()
  return row
}

/** The user whose id stands in a body at `pointer`, or a 422 that says so. */
export async function requireUser(ctx: Ctx, id: string, pointer: string): Promise<queries.Row> {
  const row = await find(ctx, id)
  if (!row) throw invalidField(pointer, 'not_found', 'There is no such user.')
  return row
}

/** Changes what was asked and was not so already: name and presence of oneself, the role of anybody one may govern. */
export function update(ctx: Ctx, id: string, patch: UserPatch): Promise<queries.Row> {
  return transact(ctx, async (tx) => {
    const before = await lock(tx, id)
    requireVersion(tx, before.version)
    const isSelf = tx.user_id === id
    if (!isSelf && (patch.presence !== undefined || patch.name !== undefined)) throw userNotYou()
    if (patch.role !== undefined && !allows(tx.scopes, 'users:write')) {
      throw scopeMissing({ detail: 'To change a role needs the scope users:write.' })
    }
    const name = patch.name === undefined ? before.name : readName(patch.name)
    const role = patch.role ?? before.role
    if (name !== before.name) await rename(tx, before, name)
    if (role !== before.role) await changeRole(tx, before, role)
    if (patch.presence !== undefined) await setPresence(tx, id, patch.presence)
    return get(tx, id)
  })
}

/** Says whether somebody is there to answer. Says nothing when it was so already. */
export function setPresence(ctx: Ctx, id: string, presence: Presence): Promise<queries.Row> {
  return transact(ctx, async (tx) => {
    const before = await lock(tx, id)
    if (before.presence === presence) return before
    await queries.update(tx, id, { presence })
    const after = await get(tx, id)
    await emit(tx, agentStatusChanged, { data: { user: present(after) }, previous: { presence: before.presence } })
    return after
  })
}

/** What a module above does in the transaction in which a user leaves: called for the workspace, then for its twin. */
export type Farewell = (tx: Tx, user_id: string) => Promise<void>

let farewells: readonly Farewell[] | null = null

/** Names what modules above do when a user leaves. Called once, by modules/index.ts. */
export function partWith(list: readonly Farewell[]): void {
  farewells = list
}

/** Ends a membership, here and in the twin. What they wrote stays theirs; modules above let go of what was assigned. */
export function remove(ctx: Ctx, id: string): Promise<void> {
  return transact(ctx, async (tx) => {
    const twin = await twinOf(tx)
    const before = await lock(tx, id)
    requireVersion(tx, before.version)
    await refuseOwnerMatters(tx, before.role)
    if (before.role === 'owner' && !(await queries.hasOtherOwner(tx, id))) throw ownerRequired()
    for (const workspace_id of [tx.workspace_id, twin]) {
      const here = within(tx, workspace_id)
      const row = await lock(here, id)
      await queries.update(here, id, { removed_at: tx.now() })
      await emit(here, userRemoved, { data: { user: present(row) } })
      for (const part of farewells ?? []) await part(here, id)
    }
    changed(tx)
  })
}

const standings = openCache<queries.Standing | null>()

/** What a user is at this moment, or null for one who is none; at most two seconds old. */
export function standing(kernel: Kernel, workspace_id: string, id: string): Promise<queries.Standing | null> {
  const load = () => queries.findStanding({ db: kernel.database.kysely }, workspace_id, id)
  return standings.get(kernel, `${workspace_id}:${id}`, async () => (await load()) ?? null)
}

export function present(row: queries.Row): User {
  return {
    id: row.id,
    object: 'user',
    number: row.number,
    name: row.name,
    email: row.email,
    role: row.role,
    presence: row.presence,
    created_at: iso(row.created_at),
    updated_at: iso(row.updated_at),
  }
}

// A person has one name, wherever they work.
async function rename(tx: Tx, before: queries.Row, name: string): Promise<void> {
  await twinOf(tx)
  await queries.rename(tx, before.person_id, name)
  for (const { workspace_id, id } of await queries.listPlaces(tx, before.person_id)) {
    const here = within(tx, workspace_id)
    await queries.update(here, id, {})
    await emit(here, userUpdated, {
      data: { user: present(await get(here, id)) },
      previous: { name: before.name },
    })
  }
  changed(tx)
}

async function changeRole(tx: Tx, before: queries.Row, role: Role): Promise<void> {
  const twin = await twinOf(tx)
  await refuseOwnerMatters(tx, before.role)
  await refuseOwnerMatters(tx, role)
  if (before.role === 'owner' && !(await queries.hasOtherOwner(tx, before.id))) throw ownerRequired()
  for (const workspace_id of [tx.workspace_id, twin]) {
    const here = within(tx, workspace_id)
    await queries.update(here, before.id, { role })
    await emit(here, userUpdated, {
      data: { user: present(await get(here, before.id)) },
      previous: { role: before.role },
    })
  }
  changed(tx)
}

async function lock(tx: Tx, id: string): Promise<queries.Row> {
  const row = await queries.lock(tx, id)
  if (!row || row.removed_at !== null) throw notFound()
  return row
}

/** The twin that must follow. In the twin itself there is none: users are changed in its parent. */
async function twinOf(tx: Tx): Promise<string> {
  const workspace = await workspaces.get(tx)
  if (workspace.sandbox_id === null) throw sandboxFollows()
  return workspace.sandbox_id
}

/** The command line and the system may; a key acts with the role of its maker, one made for nobody as an admin. */
async function refuseOwnerMatters(tx: Tx, role: Role): Promise<void> {
  if (role !== 'owner' || tx.actor.type === 'system') return
  const actor = tx.user_id === null ? undefined : await find(tx, tx.user_id)
  if (actor?.role !== 'owner') throw roleNotYours()
}

function changed(tx: Tx): void {
  tx.afterCommit(() => {
    standings.forget(tx.kernel)
    forgetSessions(tx.kernel)
  })
}
