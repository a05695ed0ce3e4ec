/** The desk's second column, the list, and beside it whichever thread the address names. */
import { getRouteApi, Outlet, useParams, useRouter } from '@tanstack/react-router'
import { useEffect } from 'react'
import { cx } from '../../ui/class-names.ts'
import { Resizer } from '../../ui/resizer.tsx'
import { useStoredNumber } from '../../ui/stored.ts'
import { NotFound } from '../desk/not-found.tsx'
import { SpaceMenu } from '../session/space-menu.tsx'
import { ConversationList } from './conversation-list.tsx'
import { StatusMenu } from './status-menu.tsx'
import { ViewTabs } from './view-tabs.tsx'
import { filterOf, viewOf } from './views.ts'

const route = getRouteApi('/w/$space/inbox/$view')

export function InboxPage() {
  const params = route.useParams()
  const { status } = route.useSearch()
  const { conversationId } = useParams({ strict: false })
  const [width, setWidth] = useStoredNumber('list-width', 328)
  const view = viewOf(params.view)
  useThreadReady()

  if (!view)
    return (
      <main className="flex-1">
        <NotFound title="There is no such view">The inbox has Unassigned, Mine and All.</NotFound>
      </main>
    )
  return (
    <>
      <section
        aria-label="Conversations"
        style={{ width }}
        className={cx('relative flex shrink-0 flex-col max-md:w-full!', conversationId && 'max-md:hidden')}
      >
        <header className="flex h-14 shrink-0 items-center justify-between gap-2 px-4">
          <h1 className="sr-only">Inbox</h1>
          <SpaceMenu />
          <StatusMenu />
        </header>
        <ViewTabs />
        <ConversationList key={`${view.slug} ${status}`} view={view} filter={filterOf(view, status)} />
        <Resizer label="Width of the list" value={width} min={280} max={360} onChange={setWidth} />
      </section>
      <div className={cx('flex min-w-0 flex-1 bg-surface', !conversationId && 'max-md:hidden')}>
        <Outlet />
      </div>
    </>
  )
}

/** The thread's code comes after the list is on the screen, and before anybody has chosen a conversation. */
function useThreadReady() {
  const router = useRouter()
  useEffect(() => {
    const idle = setTimeout(
      () => router.loadRouteChunk(router.routesByPath['/w/$space/inbox/$view/$conversationId']),
      300,
    )
    return () => clearTimeout(idle)
  }, [router])
}
