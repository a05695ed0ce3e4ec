import { Plus, Webhook as WebhookIcon } from 'lucide-react'
import { useState } from 'react'
import { explain, isStatus, requestIdOf } from '../../api.ts'
import { Button } from '../../ui/button.tsx'
import { Skeleton } from '../../ui/skeleton.tsx'
import { EmptyState, ErrorState, ForbiddenState } from '../../ui/states.tsx'
import { SettingsHeading } from '../desk/settings-heading.tsx'
import { type Doing, DoingDialog } from './doing.tsx'
import { useWebhooks } from './queries.ts'
import { WebhookRow } from './webhook-row.tsx'

export function WebhooksPage() {
  const { data, error, isPending, refetch } = useWebhooks()
  const [doing, setDoing] = useState<Doing>()
  const create = (
    <Button
      look="primary"
      icon={<Plus size={16} aria-hidden />}
      data-create
      onClick={() => setDoing({ what: 'create' })}
    >
      Add endpoint
    </Button>
  )
  return (
    <>
      <SettingsHeading title="Webhooks" action={!!data?.length && create}>
        Servers of yours that are told of what happens here, at once, signed, and again until they have it.
      </SettingsHeading>
      {isPending && <WebhookSkeletons />}
      {isStatus(error, 403) && (
        <ForbiddenState title="Webhooks are for admins">Ask an admin of this workspace to set one up.</ForbiddenState>
      )}
      {error && !data && !isStatus(error, 403) && (
        <ErrorState title="The endpoints did not load" retry={refetch} reference={requestIdOf(error)}>
          {explain(error)} What is sent does not wait for this page.
        </ErrorState>
      )}
      {data?.length === 0 && (
        <EmptyState icon={<WebhookIcon size={20} aria-hidden />} title="No endpoint yet" action={create}>
          Name a URL of your server and what it is to hear of. Whatever it misses is sent again for three days.
        </EmptyState>
      )}
      {data && data.length > 0 && (
        <ul aria-label="Endpoints" className="divide-y divide-line border-line border-y">
          {data.map((webhook) => (
            <WebhookRow key={webhook.id} webhook={webhook} onDo={(what) => setDoing({ what, webhook })} />
          ))}
        </ul>
      )}
      {doing && <DoingDialog doing={doing} onDo={setDoing} />}
    </>
  )
}

function WebhookSkeletons() {
  return (
    <div className="animate-late" aria-hidden>
      {['first', 'second', 'third'].map((key) => (
        <div key={key} className="flex h-16 items-center gap-3 px-2">
          <Skeleton className="size-8 rounded-md" />
          <div className="flex flex-1 flex-col gap-1.5">
            <Skeleton className="h-3.5 w-56" />
            <Skeleton className="h-3 w-40" />
          </div>
        </div>
      ))}
    </div>
  )
}
