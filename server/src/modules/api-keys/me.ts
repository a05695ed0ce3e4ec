/** Who the caller is: the person and user of a session, or the key and whoever made it. */
import type { Ctx } from '../../kernel/context.ts'
import type { Incoming } from '../../kernel/http.ts'
import { NIL_ID } from '../../kernel/ids.ts'
import * as users from '../users/service.ts'
import * as workspaces from '../workspaces/service.ts'
import * as queries from './queries.ts'
import type { Me } from './schema.ts'

/** Describes the caller, with every workspace their session opens. */
export async function describe(ctx: Ctx, incoming: Incoming): Promise<Me> {
  const key = ctx.actor.type === 'api' && ctx.actor.id !== null ? await queries.find(ctx, ctx.actor.id) : undefined
  const session = key ? null : await users.sessionOf(incoming)
  const settings = ctx.workspace_id === NIL_ID ? null : await workspaces.settingsOf(ctx)
  const user = ctx.user_id === null ? null : await users.get(ctx, ctx.user_id)
  return {
    object: 'me',
    type: key ? 'key' : 'user',
    person: personOf(session ?? null, user),
    user: user && users.present(user),
    key: key && settings ? { id: key.id, name: key.name, mode: settings.mode } : null,
    scopes: [...ctx.scopes].sort(),
    workspace: settings && workspaceOf(settings),
    workspaces: session ? placesOf(session) : [],
  }
}

function personOf(session: users.Session | null, user: users.Row | null): Me['person'] {
  if (session) return { id: session.id, email: session.email, name: user?.name ?? session.name }
  return user && { id: user.person_id, email: user.email, name: user.name }
}

function workspaceOf({ id, number, name, plan, mode, time_zone, locale }: workspaces.Settings): Me['workspace'] {
  return { id, number, name, plan, mode, time_zone, locale }
}

function placesOf({ memberships }: users.Session): Me['workspaces'] {
  return memberships
    .filter(({ sandbox_of }) => sandbox_of === null)
    .map(({ workspace_id: id, number, name, role }) => {
      const twin = memberships.find(({ sandbox_of }) => sandbox_of === id)
      return { id, number, name, role, sandbox_id: twin?.workspace_id ?? null }
    })
}
