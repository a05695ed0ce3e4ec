/** The three ways to look at the inbox, as the address names them. */
import type { ConversationFilter } from '../../cache.ts'
import type { Counts } from './schema.ts'

export type View = { slug: keyof Omit<Counts, 'object'>; name: string; filter: Pick<ConversationFilter, 'assignee'> }

export const views: View[] = [
  { slug: 'unassigned', name: 'Unassigned', filter: { assignee: 'none' } },
  { slug: 'mine', name: 'Mine', filter: { assignee: 'me' } },
  { slug: 'all', name: 'All', filter: {} },
]

export const viewOf = (slug: string): View | undefined => views.find((view) => view.slug === slug)

export function filterOf(view: View | undefined, status: 'resolved' | undefined): ConversationFilter {
  return { ...view?.filter, status: status ?? 'open' }
}
