/** One endpoint: how it is set up, how it fares, and what it was sent. */
import { getRouteApi, Link, useRouter } from '@tanstack/react-router'
import { ArrowLeft } from 'lucide-react'
import { useEffect, useRef, useState } from 'react'
import { explain, isStatus, requestIdOf } from '../../api.ts'
import { Skeleton } from '../../ui/skeleton.tsx'
import { EmptyState, ErrorState, ForbiddenState } from '../../ui/states.tsx'
import { DeliveryDrawer } from './delivery-drawer.tsx'
import { DeliveryLog } from './delivery-log.tsx'
import { type Doing, DoingDialog } from './doing.tsx'
import { useWebhooks } from './queries.ts'
import { ReplayDialog } from './replay-dialog.tsx'
import type { Webhook } from './schema.ts'
import { WebhookSummary } from './webhook-summary.tsx'

const route = getRouteApi('/w/$space/settings/webhooks/$webhookId')

export function WebhookPage() {
  const { space, webhookId } = route.useParams()
  const { data, error, isPending, refetch } = useWebhooks()
  const webhook = data?.find((one) => one.id === webhookId)
  return (
    <>
      <Link
        to="/w/$space/settings/webhooks"
        params={{ space }}
        className="mb-4 inline-flex items-center gap-1.5 rounded-sm text-ink-3 text-sm transition-colors hover:text-ink"
      >
        <ArrowLeft size={16} aria-hidden /> Webhooks
      </Link>
      {isPending && <Skeleton className="h-6 w-64 animate-late" />}
      {isStatus(error, 403) && (
        <ForbiddenState title="Webhooks are for admins">Ask an admin of this workspace.</ForbiddenState>
      )}
      {error && !data && !isStatus(error, 403) && (
        <ErrorState title="The endpoint did not load" retry={refetch} reference={requestIdOf(error)}>
          {explain(error)} What is sent does not wait for this page.
        </ErrorState>
      )}
      {data && !webhook && <EmptyState title="There is no such endpoint">It may have been deleted.</EmptyState>}
      {webhook && <Shown key={webhook.id} webhook={webhook} />}
    </>
  )
}

function Shown({ webhook }: { webhook: Webhook }) {
  const { delivery } = route.useSearch()
  const navigate = route.useNavigate()
  const [doing, setDoing] = useState<Doing>()
  const [isReplaying, setReplaying] = useState(false)
  const { history } = useRouter()
  // Whoever came with a delivery open has not been here without it: there is no way back to that.
  const wasClosed = useRef(false)
  const last = useRef<string>(undefined)

  useEffect(() => {
    if (delivery) last.current = delivery
    else wasClosed.current = true
    if (!delivery && last.current) returnTo(last.current)
  }, [delivery])

  function close() {
    if (wasClosed.current) history.back()
    else navigate({ search: {}, replace: true })
  }
  return (
    <>
      <WebhookSummary webhook={webhook} onDo={(what) => setDoing({ what, webhook })} />
      <DeliveryLog webhook={webhook} onReplay={() => setReplaying(true)} />
      {delivery && <DeliveryDrawer webhook={webhook} deliveryId={delivery} onClose={close} />}
      {isReplaying && <ReplayDialog webhook={webhook} onClose={() => setReplaying(false)} />}
      {doing && (
        <DoingDialog doing={doing} onDo={setDoing} onDeleted={() => navigate({ to: '/w/$space/settings/webhooks' })} />
      )}
    </>
  )
}

/** The browser gives the focus back by itself, but for what was opened without the list or is disabled since. */
function returnTo(id: string) {
  if (document.activeElement !== document.body) return
  const place = document.querySelector(`[data-delivery="${id}"] a`) ?? document.querySelector('[data-test]')
  if (place instanceof HTMLElement) place.focus()
}
