import { Link } from '@tanstack/react-router'
import { CircleCheck, Inbox, UserRoundCheck } from 'lucide-react'
import { EmptyState } from '../../ui/states.tsx'
import { useSpace } from '../session/space.tsx'
import { useCounts } from './queries.ts'
import type { View } from './views.ts'

const link = 'text-accent-ink text-sm underline underline-offset-2'

/** Nothing here, and what that means: all done, or not begun. */
export function EmptyList({ view, isResolved }: { view: View; isResolved: boolean }) {
  const { slug } = useSpace()
  const counts = useCounts().data

  if (isResolved)
    return (
      <EmptyState icon={<CircleCheck size={20} />} title="Nothing resolved yet">
        Conversations you resolve are kept here and open again when the customer writes.
      </EmptyState>
    )
  if (view.slug === 'all')
    return (
      <EmptyState
        icon={<Inbox size={20} />}
        title="No open conversations"
        action={
          <Link to="/w/$space/settings/inboxes" params={{ space: slug }} className={link}>
            Put the chat on your site
          </Link>
        }
      >
        When a customer writes, they appear here at once.
      </EmptyState>
    )
  const other = view.slug === 'mine' ? 'unassigned' : 'all'
  const count = counts?.[other] ?? 0
  return (
    <EmptyState
      icon={<UserRoundCheck size={20} />}
      title={view.slug === 'mine' ? 'Nothing is yours right now' : 'Everything has an owner'}
      action={
        count > 0 && (
          <Link to="/w/$space/inbox/$view" params={{ space: slug, view: other }} className={link}>
            {other === 'all' ? `See all ${count} open` : `See ${count} unassigned`}
          </Link>
        )
      }
    >
      {view.slug === 'mine'
        ? 'Conversations assigned to you stand here.'
        : 'New conversations stand here until somebody takes them.'}
    </EmptyState>
  )
}
