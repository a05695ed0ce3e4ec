/** What an endpoint was sent, newest first, and what came of it. */
import { History, RefreshCw, RotateCcw } from 'lucide-react'
import { useState } from 'react'
import { explain, requestIdOf } from '../../api.ts'
import { Button, IconButton } from '../../ui/button.tsx'
import { Select } from '../../ui/input.tsx'
import { Skeleton } from '../../ui/skeleton.tsx'
import { EmptyState, ErrorState } from '../../ui/states.tsx'
import { DeliveryRow } from './delivery-row.tsx'
import { nouns, testType } from './event-names.ts'
import { type Filter, useDeliveries, useRefreshDeliveries, useRefreshWebhooks } from './queries.ts'
import type { Webhook } from './schema.ts'

type DeliveryLogProps = { webhook: Webhook; onReplay: () => void }

export function DeliveryLog({ webhook, onReplay }: DeliveryLogProps) {
  const [filter, setFilter] = useState<Filter>({})
  const { data, error, isPending, refetch, hasNextPage, isFetchingNextPage, fetchNextPage } = useDeliveries(
    webhook.id,
    filter,
  )
  const refresh = useRefreshDeliveries(webhook.id)
  const deliveries = data?.pages.flatMap((page) => page.data)
  const [newest] = deliveries ?? []
  useRefreshWebhooks(newest ? `${newest.id} ${newest.status} ${newest.attempts_count}` : '')
  const isFiltered = filter.status !== undefined || filter.event_type !== undefined
  return (
    <section aria-labelledby="deliveries" className="mt-8">
      <div className="mb-3 flex items-center gap-2">
        <h2 id="deliveries" className="flex-1 font-semibold text-base">
          Deliveries
        </h2>
        <IconButton label="Ask again" onClick={refresh}>
          <RefreshCw size={16} />
        </IconButton>
        <Button icon={<RotateCcw size={16} aria-hidden />} disabled={!webhook.enabled} onClick={onReplay}>
          Replay…
        </Button>
      </div>
      <Filters webhook={webhook} filter={filter} onFilter={setFilter} />
      {isPending && <DeliverySkeletons />}
      {error && !data && (
        <ErrorState title="The log did not load" retry={refetch} reference={requestIdOf(error)}>
          {explain(error)} What is sent does not wait for this page.
        </ErrorState>
      )}
      {deliveries?.length === 0 && (
        <EmptyState
          icon={<History size={20} aria-hidden />}
          title={isFiltered ? 'Nothing like that' : 'Nothing was sent yet'}
          action={isFiltered && <Button onClick={() => setFilter({})}>Show everything</Button>}
        >
          {isFiltered
            ? 'The log goes back 30 days.'
            : 'Each event will be here with its attempts, for 30 days. Send a test to see one.'}
        </EmptyState>
      )}
      {deliveries && deliveries.length > 0 && (
        <ul aria-label="Deliveries" className="divide-y divide-line border-line border-y">
          {deliveries.map((delivery) => (
            <DeliveryRow key={delivery.id} delivery={delivery} isHeld={!webhook.enabled} />
          ))}
        </ul>
      )}
      {hasNextPage && (
        <div className="mt-4 flex justify-center">
          <Button busy={isFetchingNextPage} disabled={isFetchingNextPage} onClick={() => fetchNextPage()}>
            Load more
          </Button>
        </div>
      )}
    </section>
  )
}

type FiltersProps = { webhook: Webhook; filter: Filter; onFilter: (filter: Filter) => void }

const statuses = [
  { id: 'pending', name: 'Waiting' },
  { id: 'succeeded', name: 'Delivered' },
  { id: 'failed', name: 'Failed' },
] as const

function Filters({ webhook: { lookups }, filter, onFilter }: FiltersProps) {
  const { status, event_type } = filter
  return (
    <div className="mb-3 flex gap-2">
      <Select
        aria-label="Which deliveries"
        className="w-auto! min-w-0"
        value={status ?? ''}
        onChange={(event) => {
          const chosen = statuses.find(({ id }) => id === event.target.value)
          onFilter({ ...(chosen && { status: chosen.id }), ...(event_type && { event_type }) })
        }}
      >
        <option value="">Any outcome</option>
        {statuses.map(({ id, name }) => (
          <option key={id} value={id}>
            {name}
          </option>
        ))}
      </Select>
      <Select
        aria-label="Of which event"
        className="w-auto! min-w-0"
        value={event_type ?? ''}
        onChange={({ target: { value } }) =>
          onFilter({ ...(status && { status }), ...(value && { event_type: value }) })
        }
      >
        <option value="">Any event</option>
        <option value={testType}>{testType}</option>
        {lookups.map((lookup) => (
          <option key={lookup}>{`lookup.${lookup}`}</option>
        ))}
        {nouns.map(({ id, name, events }) => (
          <optgroup key={id} label={name}>
            {events.map(({ type }) => (
              <option key={type}>{type}</option>
            ))}
          </optgroup>
        ))}
      </Select>
    </div>
  )
}

function DeliverySkeletons() {
  return (
    <div className="animate-late" aria-hidden>
      {['first', 'second', 'third', 'fourth'].map((key) => (
        <div key={key} className="flex h-14 items-center gap-3 px-2">
          <Skeleton className="size-4 rounded-full" />
          <div className="flex flex-1 flex-col gap-1.5">
            <Skeleton className="h-3.5 w-44" />
            <Skeleton className="h-3 w-28" />
          </div>
        </div>
      ))}
    </div>
  )
}
