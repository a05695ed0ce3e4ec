import { useQuery } from '@tanstack/react-query'
import { Navigate } from '@tanstack/react-router'
import { DoorOpen } from 'lucide-react'
import { explain, isStatus, requestIdOf } from '../../api.ts'
import { EmptyState, ErrorState } from '../../ui/states.tsx'
import { DeskSkeleton } from '../desk/desk.tsx'
import { homeOf, meQuery } from './session.ts'
import { SignInFirst } from './sign-in-first.tsx'

/** `/` is nowhere: it leads to the space last used. */
export function HomePage() {
  const { data, error, refetch } = useQuery(meQuery)
  const home = data && homeOf(data)

  if (isStatus(error, 401)) return <SignInFirst />
  if (home) return <Navigate to="/w/$space/inbox" params={{ space: home }} replace />
  if (data)
    return (
      <main className="h-full">
        <EmptyState icon={<DoorOpen size={20} />} title="You belong to no workspace yet">
          Ask an admin to add {data.person?.email ?? 'you'} to theirs, then load this page again.
        </EmptyState>
      </main>
    )
  if (error)
    return (
      <main className="h-full">
        <ErrorState title="The desk did not open" retry={refetch} reference={requestIdOf(error)}>
          {explain(error)}
        </ErrorState>
      </main>
    )
  return <DeskSkeleton />
}
