/**
 * The list of one view. The keyboard's place is a conversation, not an element: rows come, go and change places while
 * one works, and neither the place nor the focus (which rests on the list itself) is lost.
 */
import { useInfiniteQuery } from '@tanstack/react-query'
import { useParams } from '@tanstack/react-router'
import { useVirtualizer } from '@tanstack/react-virtual'
import { useEffect, useRef } from 'react'
import { explain, isStatus, requestIdOf } from '../../api.ts'
import type { ConversationFilter } from '../../cache.ts'
import { ErrorState, ForbiddenState } from '../../ui/states.tsx'
import { RowSkeletons } from '../desk/desk.tsx'
import { useApi } from '../session/space.tsx'
import { ConversationRow, rowHeight } from './conversation-row.tsx'
import { EmptyList } from './empty-list.tsx'
import { useListKeys } from './list-keys.ts'
import { listQuery } from './queries.ts'
import { useSteadyScroll } from './steady-scroll.ts'
import type { View } from './views.ts'

export function ConversationList({ view, filter }: { view: View; filter: ConversationFilter }) {
  const query = useInfiniteQuery(listQuery(useApi(), filter))
  const { conversationId } = useParams({ strict: false })
  const scroller = useRef<HTMLDivElement>(null)
  const rows = query.data?.pages.flatMap((page) => page.data) ?? []

  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    getItemKey: (index) => rows[index]?.id ?? index,
    overscan: 6,
  })
  const { at, moveTo, onKeyDown } = useListKeys(rows, conversationId, (index) =>
    virtual.scrollToIndex(index, { align: 'auto' }),
  )
  useSteadyScroll(scroller, rows)

  const shown = virtual.getVirtualItems()
  const isAtShown = shown.some((item) => rows[item.index]?.id === at)
  const isNearEnd = (shown.at(-1)?.index ?? 0) >= rows.length - 12
  const { hasNextPage, isFetchingNextPage, isFetchNextPageError, fetchNextPage } = query
  useEffect(() => {
    if (isNearEnd && hasNextPage && !isFetchingNextPage && !isFetchNextPageError) fetchNextPage()
  }, [isNearEnd, hasNextPage, isFetchingNextPage, isFetchNextPageError, fetchNextPage])

  if (query.isPending) return <RowSkeletons count={10} />
  if (isStatus(query.error, 403))
    return (
      <ForbiddenState title="You may not see conversations">
        Ask an admin of this workspace for the role of an agent.
      </ForbiddenState>
    )
  if (query.isError && rows.length === 0)
    return (
      <ErrorState title="The list did not load" retry={query.refetch} reference={requestIdOf(query.error)}>
        {explain(query.error)}
      </ErrorState>
    )
  if (rows.length === 0) return <EmptyList view={view} isResolved={filter.status === 'resolved'} />

  return (
    <div
      ref={scroller}
      role="listbox"
      tabIndex={0}
      aria-label={`${view.name}, ${filter.status}`}
      aria-activedescendant={isAtShown ? `row-${at}` : undefined}
      onKeyDown={(event) => {
        delete event.currentTarget.dataset['mouse']
        onKeyDown(event)
      }}
      onMouseDown={(event) => {
        // The focus rests on the list: a row may leave while it is being worked on.
        if (event.target === event.currentTarget) return
        event.preventDefault()
        event.currentTarget.focus({ preventScroll: true })
        event.currentTarget.dataset['mouse'] = ''
      }}
      className="group/list min-h-0 flex-1 scroll-quiet outline-none [overflow-anchor:none]"
    >
      <div role="presentation" className="relative" style={{ height: virtual.getTotalSize() }}>
        {shown.map((item) => {
          const conversation = rows[item.index]
          return (
            conversation && (
              <ConversationRow
                key={conversation.id}
                conversation={conversation}
                top={item.start}
                place={item.index + 1}
                of={query.hasNextPage ? -1 : rows.length}
                isOpen={conversation.id === conversationId}
                isAt={conversation.id === at}
                showAssignee={view.slug === 'all'}
                onOpen={moveTo}
              />
            )
          )
        })}
      </div>
      {query.isFetchingNextPage && <RowSkeletons count={3} />}
      {query.isFetchNextPageError && (
        <div className="h-40">
          <ErrorState title="The rest did not load" retry={() => fetchNextPage()}>
            {explain(query.error)}
          </ErrorState>
        </div>
      )}
    </div>
  )
}
