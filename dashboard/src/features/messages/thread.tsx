/** The messages of a conversation, the newest at the bottom, the older ones fetched as one scrolls up. */
import { useInfiniteQuery } from '@tanstack/react-query'
import { ArrowDown } from 'lucide-react'
import { useEffect, useMemo, useRef, useState } from 'react'
import { explain, requestIdOf } from '../../api.ts'
import { Spinner } from '../../ui/spinner.tsx'
import { EmptyState, ErrorState } from '../../ui/states.tsx'
import { nameOf } from '../conversations/names.ts'
import type { Conversation } from '../conversations/schema.ts'
import { useApi, useSpace } from '../session/space.tsx'
import { Announcer } from './announcer.tsx'
import { arrange } from './arrange.ts'
import { BlockView } from './block-view.tsx'
import { threadQuery } from './queries.ts'
import { useMarkRead } from './read-mark.ts'
import { useThreadScroll } from './thread-scroll.ts'
import { MessageSkeletons } from './thread-skeleton.tsx'
import { TypingLine } from './typing-line.tsx'
import { useUnsent } from './unsent.ts'

export function Thread({ conversation }: { conversation: Conversation }) {
  const { live } = useSpace()
  const query = useInfiniteQuery(threadQuery(useApi(), conversation.id))
  const unsent = useUnsent()
  // The unread line stays where it was when the thread was opened.
  const [readTo] = useState(conversation.team_read_position)
  const scroller = useRef<HTMLDivElement>(null)
  const content = useRef<HTMLDivElement>(null)

  const messages = useMemo(() => query.data?.pages.flatMap((page) => page.data).reverse() ?? [], [query.data])
  const mine = useMemo(
    () => unsent.filter((entry) => entry.conversation_id === conversation.id),
    [unsent, conversation.id],
  )
  const blocks = useMemo(() => arrange(messages, mine, readTo), [messages, mine, readTo])

  const { hasNextPage, isFetchingNextPage, isFetchNextPageError, fetchNextPage } = query
  const loadOlder = () => {
    if (hasNextPage && !isFetchingNextPage && !isFetchNextPageError) fetchNextPage()
  }
  const { isAtEnd, toEnd } = useThreadScroll(scroller, content, loadOlder, mine.at(-1)?.client_message_id)
  const last = messages.at(-1)
  const seenPosition = useMarkRead(conversation, last, isAtEnd)
  const newCount = messages.filter((message) => message.type === 'incoming' && message.position > seenPosition).length

  useEffect(() => {
    live.viewing(conversation.id)
    return () => live.viewing(null)
  }, [live, conversation.id])

  if (query.isPending) return <MessageSkeletons />
  if (query.isError && messages.length === 0)
    return (
      <div className="min-h-0 flex-1">
        <ErrorState title="The messages did not load" retry={query.refetch} reference={requestIdOf(query.error)}>
          {explain(query.error)} What you write here is still kept.
        </ErrorState>
      </div>
    )
  return (
    <div className="relative min-h-0 flex-1">
      <div ref={scroller} tabIndex={-1} className="h-full scroll-quiet outline-none [overflow-anchor:none]">
        <div
          ref={content}
          className="relative mx-auto flex min-h-full w-full max-w-[880px] flex-col px-6 pt-4 pb-2 max-md:px-4"
        >
          <div className="flex min-h-6 justify-center text-ink-3 text-xs" role="status">
            {isFetchingNextPage && <Spinner />}
            {isFetchNextPageError && (
              <button type="button" className="underline underline-offset-2" onClick={() => fetchNextPage()}>
                Older messages did not load. Try again
              </button>
            )}
          </div>
          {blocks.length === 0 && (
            <EmptyState title="Nothing was said yet">
              The first message to {nameOf(conversation.contact)} is yours to write.
            </EmptyState>
          )}
          <div role="log" aria-live="off" aria-label="Messages" className="mt-auto flex flex-col">
            {!hasNextPage && messages.length > 0 && (
              <p className="py-1 text-center text-ink-3 text-xs">The beginning</p>
            )}
            {blocks.map((block) => (
              <BlockView key={block.key} block={block} />
            ))}
          </div>
          <TypingLine conversationId={conversation.id} />
        </div>
      </div>
      {!isAtEnd && (
        <button
          type="button"
          onClick={toEnd}
          className="-translate-x-1/2 absolute bottom-3 left-1/2 flex h-8 animate-appear items-center gap-1.5 rounded-full bg-raised px-3 text-sm shadow-float"
        >
          <ArrowDown size={14} aria-hidden />
          {newCount > 0 ? `${newCount} new` : 'Latest'}
        </button>
      )}
      <Announcer messages={messages} />
    </div>
  )
}
