/** The gate of a space: opens it, or says why it stays shut. */
import { useQuery } from '@tanstack/react-query'
import { getRouteApi, Outlet } from '@tanstack/react-router'
import { explain, isStatus, requestIdOf } from '../../api.ts'
import { ErrorState } from '../../ui/states.tsx'
import { Desk, DeskSkeleton } from '../desk/desk.tsx'
import { NotFound } from '../desk/not-found.tsx'
import { NoSuchSpace, spaceQuery } from './session.ts'
import { SignInFirst } from './sign-in-first.tsx'
import { SpaceProvider } from './space.tsx'

const route = getRouteApi('/w/$space')

export function SpacePage() {
  const { space } = route.useParams()
  const { data, error, refetch } = useQuery(spaceQuery(space))

  if (isStatus(error, 401)) return <SignInFirst />
  if (error instanceof NoSuchSpace)
    return (
      <main className="h-full">
        <NotFound title="There is no such workspace">
          It may have another number, or you may not belong to it. Ask an admin of the workspace to add you.
        </NotFound>
      </main>
    )
  if (data)
    return (
      <SpaceProvider key={data.id} opened={data}>
        <Desk>
          <Outlet />
        </Desk>
      </SpaceProvider>
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
