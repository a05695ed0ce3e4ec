/** One delivery, opened beside the log: how it went, attempt by attempt, and what was said. */
import { RotateCcw, Send, X } from 'lucide-react'
import { useId, useState } from 'react'
import { explain, isStatus, requestIdOf } from '../../api.ts'
import { Button, IconButton } from '../../ui/button.tsx'
import { Modal } from '../../ui/modal.tsx'
import { Skeleton } from '../../ui/skeleton.tsx'
import { EmptyState, ErrorState } from '../../ui/states.tsx'
import { useApi } from '../session/space.tsx'
import { AttemptTimeline } from './attempt-timeline.tsx'
import { OutcomeIcon } from './outcome-icon.tsx'
import { useDelivery, useRefreshDeliveries } from './queries.ts'
import type { DeliveryWithAttempts, Webhook } from './schema.ts'
import { TextBlock } from './text-block.tsx'
import { Ago, standing } from './words.tsx'

type DeliveryDrawerProps = { webhook: Webhook; deliveryId: string; onClose: () => void }

export function DeliveryDrawer({ webhook, deliveryId, onClose }: DeliveryDrawerProps) {
  const heading = useId()
  const { data, error, isPending, refetch } = useDelivery(webhook.id, deliveryId)
  const [refused, setRefused] = useState<string>()
  return (
    <Modal
      onClose={onClose}
      labelledBy={heading}
      className="my-0 mr-0 ml-auto h-dvh max-h-none w-full! max-w-2xl rounded-none!"
    >
      <div className="flex min-h-full flex-col">
        <header className="sticky top-0 z-10 flex items-start gap-3 border-line border-b bg-raised py-3 pr-3 pl-5">
          <div className="min-w-0 flex-1 pt-1">
            <h2 id={heading} className="truncate font-mono font-semibold text-base">
              {data?.event_type ?? 'Delivery'}
            </h2>
            {data && <Standing delivery={data} />}
          </div>
          {data?.kind === 'event' && <ReplayButton webhook={webhook} delivery={data} onRefused={setRefused} />}
          <IconButton label="Close" onClick={onClose}>
            <X size={16} />
          </IconButton>
        </header>
        <div className="flex-1 px-5 py-5">
          <p role="alert" className="mb-4 text-red empty:hidden">
            {refused}
          </p>
          {isPending && <Skeleton className="h-40 w-full animate-late" />}
          {error && !data && isStatus(error, 404) && (
            <EmptyState title="There is no such delivery">The log goes back 30 days.</EmptyState>
          )}
          {error && !data && !isStatus(error, 404) && (
            <ErrorState title="The delivery did not load" retry={refetch} reference={requestIdOf(error)}>
              {explain(error)}
            </ErrorState>
          )}
          {data && (
            <>
              <AttemptTimeline delivery={data} isHeld={!webhook.enabled} />
              <Sent delivery={data} />
            </>
          )}
        </div>
      </div>
    </Modal>
  )
}

function Standing({ delivery }: { delivery: DeliveryWithAttempts }) {
  const { kind, created_at } = delivery
  return (
    <p role="status" className="mt-1.5 flex flex-wrap items-center gap-x-1.5 text-ink-2">
      <OutcomeIcon delivery={delivery} />
      {kind === 'lookup' ? words[delivery.status] : standing(delivery)}
      <span className="text-ink-3">
        {kind === 'lookup' ? 'asked' : 'happened'} <Ago at={created_at} />
      </span>
    </p>
  )
}

const words = { pending: 'On its way', succeeded: 'Answered', failed: 'Failed' } as const

type ReplayButtonProps = {
  webhook: Webhook
  delivery: DeliveryWithAttempts
  onRefused: (why: string | undefined) => void
}

function ReplayButton({ webhook, delivery, onRefused }: ReplayButtonProps) {
  const api = useApi()
  const refresh = useRefreshDeliveries(webhook.id)
  const [busy, setBusy] = useState(false)
  const isWaiting = delivery.status === 'pending'

  async function replay() {
    setBusy(true)
    onRefused(undefined)
    try {
      await api.post(`/v1/webhooks/${webhook.id}/replay`, { delivery_id: delivery.id })
      await refresh()
    } catch (error) {
      onRefused(explain(error))
    }
    setBusy(false)
  }
  if (isWaiting && delivery.attempts_count === 0) return null
  const Icon = isWaiting ? Send : RotateCcw
  return (
    <Button icon={<Icon size={16} aria-hidden />} busy={busy} disabled={busy || !webhook.enabled} onClick={replay}>
      {isWaiting ? 'Send now' : 'Replay'}
    </Button>
  )
}

function Sent({ delivery: { id, request_body, kind } }: { delivery: DeliveryWithAttempts }) {
  return (
    <section aria-label="What is sent" className="mt-8 flex flex-col gap-4">
      <div>
        <h3 className="mb-1.5 font-medium">
          webhook-id
          <span className="ml-2 font-normal text-ink-3 text-xs">
            the same in every attempt, and when it is replayed
          </span>
        </h3>
        <code className="select-all font-mono text-xs">{id}</code>
      </div>
      {request_body === null ? (
        <p className="text-ink-3">
          {kind === 'event' ? 'The event is no longer kept, and neither is what was sent of it.' : 'Nothing was sent.'}
        </p>
      ) : (
        <TextBlock title="Request body" text={request_body} isJson />
      )}
    </section>
  )
}
