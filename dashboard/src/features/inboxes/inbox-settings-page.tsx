import { getRouteApi, Link } from '@tanstack/react-router'
import { ArrowLeft } from 'lucide-react'
import { explain, requestIdOf } from '../../api.ts'
import { Skeleton } from '../../ui/skeleton.tsx'
import { EmptyState, ErrorState } from '../../ui/states.tsx'
import { SettingsHeading } from '../desk/settings-heading.tsx'
import { useMayAdminister } from '../session/space.tsx'
import { InstallSnippet } from './install-snippet.tsx'
import { useInboxes } from './queries.ts'
import { WebChatForm } from './web-chat-form.tsx'

const route = getRouteApi('/w/$space/settings/inboxes/$inboxId')

export function InboxSettingsPage() {
  const { space, inboxId } = route.useParams()
  const { data, error, isPending, refetch } = useInboxes()
  const mayAdminister = useMayAdminister()
  const inbox = data?.find((one) => one.id === inboxId)

  return (
    <>
      <Link
        to="/w/$space/settings/inboxes"
        params={{ space }}
        className="mb-4 inline-flex items-center gap-1.5 rounded-sm text-ink-3 text-sm transition-colors hover:text-ink"
      >
        <ArrowLeft size={16} aria-hidden /> Inboxes
      </Link>
      {isPending && <Skeleton className="h-6 w-48 animate-late" />}
      {error && (
        <ErrorState title="The inbox did not load" retry={refetch} reference={requestIdOf(error)}>
          {explain(error)}
        </ErrorState>
      )}
      {data && !inbox && <EmptyState title="There is no such inbox">It may have been deleted.</EmptyState>}
      {inbox && (
        <>
          <SettingsHeading title={inbox.name}>Web chat</SettingsHeading>
          <InstallSnippet inboxId={inbox.id} />
          {mayAdminister ? (
            <WebChatForm key={inbox.id} inbox={inbox} />
          ) : (
            <p className="mt-8 text-ink-3">Admins of this workspace can change how it looks and works.</p>
          )}
        </>
      )}
    </>
  )
}
