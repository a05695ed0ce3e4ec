/** One conversation: its head, its thread, the composer, and the customer beside it. */
import { useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { lazy, Suspense, useState } from 'react'
import { explain, isStatus, requestIdOf } from '../../api.ts'
import { chunk } from '../../chunk.ts'
import { useHotkeys } from '../../ui/hotkeys.ts'
import { useMedia } from '../../ui/media.ts'
import { ErrorState, ForbiddenState } from '../../ui/states.tsx'
import { useStoredFlag } from '../../ui/stored.ts'
import { useTitle } from '../../ui/title.ts'
import { nameOf } from '../conversations/names.ts'
import { conversationQuery } from '../conversations/queries.ts'
import type { Conversation } from '../conversations/schema.ts'
import { NotFound } from '../desk/not-found.tsx'
import { useApi, useSpace } from '../session/space.tsx'
import { Composer } from './composer.tsx'
import { Thread } from './thread.tsx'
import { ThreadHeader } from './thread-header.tsx'
import { ThreadSkeleton } from './thread-skeleton.tsx'

// The fourth column comes after the thread can be read.
const ContextPane = lazy(() => chunk(() => import('../contacts/context-pane.tsx')))

const route = getRouteApi('/w/$space/inbox/$view/$conversationId')

export function ThreadPage() {
  const { conversationId } = route.useParams()
  const { data, error, refetch } = useQuery(conversationQuery(useApi(), conversationId))

  if (data) return <OpenThread key={data.id} conversation={data} />
  if (isStatus(error, 404) || isStatus(error, 422))
    return (
      <main data-covers className="flex-1">
        <NotFound title="There is no such conversation">
          It may have been deleted, or it belongs to another workspace.
        </NotFound>
      </main>
    )
  if (isStatus(error, 403))
    return (
      <main data-covers className="flex-1">
        <ForbiddenState title="You may not see this conversation">Ask an admin of this workspace.</ForbiddenState>
      </main>
    )
  if (error)
    return (
      <main data-covers className="flex-1">
        <ErrorState title="The conversation did not load" retry={refetch} reference={requestIdOf(error)}>
          {explain(error)}
        </ErrorState>
      </main>
    )
  return <ThreadSkeleton />
}

function OpenThread({ conversation }: { conversation: Conversation }) {
  const { mode } = useSpace()
  useTitle(mode === 'test' && 'Test', nameOf(conversation.contact), `#${conversation.number}`)
  const isRoomy = useMedia('(min-width: 1180px)')
  const [isPinned, setPinned] = useStoredFlag('context-pane', true)
  // Where there is no room for four columns the pane lies over the thread, and only when asked for.
  const [isOver, setOver] = useState(false)
  const isShown = isRoomy ? isPinned : isOver
  const toggle = () => (isRoomy ? setPinned(!isPinned) : setOver(!isOver))
  useHotkeys({ ']': toggle })

  return (
    <>
      <main data-covers aria-label="Conversation" className="relative flex min-w-0 flex-1 flex-col">
        <ThreadHeader conversation={conversation} isContextShown={isShown} onToggleContext={toggle} />
        <Thread conversation={conversation} />
        <Composer conversation={conversation} />
      </main>
      {isShown && (
        <Suspense fallback={isRoomy && <div className="w-80 shrink-0 border-line border-l bg-paper" />}>
          <ContextPane conversation={conversation} isOver={!isRoomy} onClose={toggle} />
        </Suspense>
      )}
    </>
  )
}
