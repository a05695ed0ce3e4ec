import { useInfiniteQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import { CircleCheck, CircleDashed } from 'lucide-react'
import { Button } from '../../ui/button.tsx'
import { Skeleton } from '../../ui/skeleton.tsx'
import { Time } from '../../ui/time.tsx'
import { statusNames } from '../conversations/names.ts'
import { listQuery } from '../conversations/queries.ts'
import type { Conversation } from '../conversations/schema.ts'
import { useApi } from '../session/space.tsx'
import { Part } from './part.tsx'

const route = getRouteApi('/w/$space/inbox/$view/$conversationId')

export function PreviousConversations({ conversation }: { conversation: Conversation }) {
  const query = useInfiniteQuery(listQuery(useApi(), { contact_id: conversation.contact_id }))
  const others = query.data?.pages.flatMap((page) => page.data).filter((one) => one.id !== conversation.id) ?? []
  return (
    <Part title="Other conversations">
      {query.isPending && (
        <div className="flex animate-late flex-col gap-3 py-2" aria-hidden>
          <Skeleton className="h-3.5 w-full" />
          <Skeleton className="h-3.5 w-4/5" />
        </div>
      )}
      {query.isError && (
        <p className="flex items-center justify-between py-1 text-ink-3">
          Did not load.
          <Button size="sm" look="quiet" onClick={() => query.refetch()}>
            Try again
          </Button>
        </p>
      )}
      {query.data && others.length === 0 && <p className="py-1.5 text-ink-3">This is the first.</p>}
      <ul className="-mx-2">
        {others.map((other) => (
          <li key={other.id}>
            <Previous conversation={other} />
          </li>
        ))}
      </ul>
      {query.hasNextPage && (
        <Button size="sm" look="quiet" busy={query.isFetchingNextPage} onClick={() => query.fetchNextPage()}>
          Show older
        </Button>
      )}
    </Part>
  )
}

function Previous({ conversation }: { conversation: Conversation }) {
  const { space } = route.useParams()
  const isDone = conversation.status === 'resolved'
  return (
    <Link
      to="/w/$space/inbox/$view/$conversationId"
      params={{ space, view: 'all', conversationId: conversation.id }}
      search={isDone ? { status: 'resolved' } : {}}
      className="ring-inside flex min-h-9 items-center gap-2 rounded-md px-2 transition-colors hover:bg-hover"
    >
      {isDone ? (
        <CircleCheck size={16} className="shrink-0 text-green" aria-label={statusNames[conversation.status]} />
      ) : (
        <CircleDashed size={16} className="shrink-0 text-ink-3" aria-label={statusNames[conversation.status]} />
      )}
      <span dir="auto" className="min-w-0 flex-1 truncate text-left">
        {conversation.subject ?? conversation.preview?.body ?? `#${conversation.number}`}
      </span>
      <Time
        at={conversation.last_message_at ?? conversation.created_at}
        className="tabular shrink-0 text-ink-3 text-xs"
      />
    </Link>
  )
}
