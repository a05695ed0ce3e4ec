import { getRouteApi, Link, useNavigate } from '@tanstack/react-router'
import { ChevronRight, Code, Inbox as InboxIcon, MessageCircle, Plus } from 'lucide-react'
import { useState } from 'react'
import { explain, isStatus, requestIdOf } from '../../api.ts'
import { Button } from '../../ui/button.tsx'
import { Skeleton } from '../../ui/skeleton.tsx'
import { EmptyState, ErrorState, ForbiddenState } from '../../ui/states.tsx'
import { SettingsHeading } from '../desk/settings-heading.tsx'
import { useMayAdminister } from '../session/space.tsx'
import { NewInboxDialog } from './new-inbox-dialog.tsx'
import { useInboxes } from './queries.ts'
import type { Inbox } from './schema.ts'

const route = getRouteApi('/w/$space/settings/inboxes')
const channels: Record<string, string> = { web_chat: 'Web chat', api: 'API' }

export function InboxesPage() {
  const { space } = route.useParams()
  const navigate = useNavigate()
  const { data, error, isPending, refetch } = useInboxes()
  const mayAdminister = useMayAdminister()
  const [isAdding, setAdding] = useState(false)

  return (
    <>
      <SettingsHeading
        title="Inboxes"
        action={
          mayAdminister && (
            <Button look="primary" icon={<Plus size={16} aria-hidden />} onClick={() => setAdding(true)}>
              Add web chat
            </Button>
          )
        }
      >
        The ways in which customers reach you. Each web chat has its own look, greeting and sites.
      </SettingsHeading>
      {isPending && <InboxSkeletons />}
      {isStatus(error, 403) && (
        <ForbiddenState title="You may not see the inboxes">Ask an admin of this workspace.</ForbiddenState>
      )}
      {error && !isStatus(error, 403) && (
        <ErrorState title="The inboxes did not load" retry={refetch} reference={requestIdOf(error)}>
          {explain(error)}
        </ErrorState>
      )}
      {data?.length === 0 && (
        <EmptyState icon={<InboxIcon size={20} />} title="No inbox yet">
          Add a web chat to let customers write from your site.
        </EmptyState>
      )}
      {data && data.length > 0 && (
        <ul className="divide-y divide-line border-line border-y">
          {data.map((inbox) => (
            <li key={inbox.id}>
              <InboxRow inbox={inbox} space={space} />
            </li>
          ))}
        </ul>
      )}
      {isAdding && (
        <NewInboxDialog
          onClose={() => setAdding(false)}
          onMade={(inboxId) => navigate({ to: '/w/$space/settings/inboxes/$inboxId', params: { space, inboxId } })}
        />
      )}
    </>
  )
}

function InboxRow({ inbox, space }: { inbox: Inbox; space: string }) {
  const face = (
    <>
      <span className="flex size-8 items-center justify-center rounded-md bg-ink/6 text-ink-2">
        {inbox.channel === 'web_chat' ? <MessageCircle size={16} aria-hidden /> : <Code size={16} aria-hidden />}
      </span>
      <span className="min-w-0 flex-1">
        <span dir="auto" className="block truncate font-medium">
          {inbox.name}
        </span>
        <span className="text-ink-3 text-xs">
          {channels[inbox.channel] ?? inbox.channel}
          {!inbox.enabled && ' · off'}
        </span>
      </span>
    </>
  )
  if (inbox.channel !== 'web_chat') return <div className="flex h-14 items-center gap-3 px-2">{face}</div>
  return (
    <Link
      to="/w/$space/settings/inboxes/$inboxId"
      params={{ space, inboxId: inbox.id }}
      className="ring-inside flex h-14 items-center gap-3 px-2 transition-colors hover:bg-hover"
    >
      {face}
      <ChevronRight size={16} className="text-ink-3" aria-hidden />
    </Link>
  )
}

function InboxSkeletons() {
  return (
    <div className="animate-late" aria-hidden>
      {['first', 'second'].map((key) => (
        <div key={key} className="flex h-14 items-center gap-3 px-2">
          <Skeleton className="size-8 rounded-md" />
          <Skeleton className="h-3.5 w-40" />
        </div>
      ))}
    </div>
  )
}
