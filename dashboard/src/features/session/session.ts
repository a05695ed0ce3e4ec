/** Who is signed in, and which space of theirs an address names: `/w/7` is workspace 7, `/w/7-test` its sandbox twin. */
import { type QueryClient, queryOptions } from '@tanstack/react-query'
import { createApi, Refusal } from '../../api.ts'
import { readStored, writeStored } from '../../ui/stored.ts'
import type { User } from '../users/schema.ts'
import type { Me, Membership } from './schema.ts'

export type Mode = 'live' | 'test'

export type Opened = {
  slug: string
  id: string
  mode: Mode
  workspace: Membership
  user: User
  workspaces: Membership[]
}

/** The address names a workspace that is not there, or not this person's. */
export class NoSuchSpace extends Error {}

export const slugOf = (workspace: Membership, mode: Mode) =>
  mode === 'test' ? `${workspace.number}-test` : `${workspace.number}`

export const spaceQuery = (slug: string) =>
  queryOptions({ queryKey: ['space', slug], queryFn: ({ client }) => open(slug, client) })

export const meQuery = queryOptions({ queryKey: ['me'], queryFn: () => createApi().get<Me>('/v1/me') })

/** The space to start in: where this browser was last, or the person's first. */
export function homeOf(me: Me): string | undefined {
  const last = readStored('last-space')
  const known = me.workspaces.some((workspace) => String(workspace.number) === last?.split('-')[0])
  return known && last ? last : me.workspaces[0] && slugOf(me.workspaces[0], 'live')
}

async function open(slug: string, client: QueryClient): Promise<Opened> {
  const mode = slug.endsWith('-test') ? 'test' : 'live'
  // The id is remembered so that opening a space takes one request; a stale memory costs a second one.
  const guess = await greet(readStored(`space.${slug}`), client)
  const workspace = guess.workspaces.find((one) => slugOf(one, mode) === slug)
  const id = mode === 'test' ? workspace?.sandbox_id : workspace?.id
  if (!workspace || !id) throw new NoSuchSpace(slug)

  const me = guess.workspace?.id === id ? guess : await createApi(id).get<Me>('/v1/me')
  if (!me.user) throw new NoSuchSpace(slug)
  writeStored(`space.${slug}`, id)
  writeStored('last-space', slug)
  return { slug, id, mode, workspace, user: me.user, workspaces: me.workspaces }
}

async function greet(id: string | null, client: QueryClient): Promise<Me> {
  const plain = () => client.fetchQuery(meQuery)
  if (!id) return plain()
  return createApi(id)
    .get<Me>('/v1/me')
    .catch((error: unknown) => {
      if (error instanceof Refusal && error.problem.status !== 401) return plain()
      throw error
    })
}
