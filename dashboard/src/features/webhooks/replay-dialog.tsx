/** Sending again what an endpoint was sent since a time: what failed, or all of it. Says how much that is before. */
import { useQuery } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { explain } from '../../api.ts'
import type { List } from '../../cache.ts'
import { Button } from '../../ui/button.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { say } from '../../ui/toast.tsx'
import { useApi } from '../session/space.tsx'
import { useRefreshDeliveries } from './queries.ts'
import { ReplayChoice } from './replay-choice.tsx'
import type { Delivery, Replay, ReplayInput, Webhook } from './schema.ts'
import { type Since, SinceField, sinceOf } from './since-field.tsx'
import { momentOf } from './words.tsx'

const most = 200

export function ReplayDialog({ webhook, onClose }: { webhook: Webhook; onClose: () => void }) {
  const api = useApi()
  const refresh = useRefreshDeliveries(webhook.id)
  const [opened] = useState(Date.now)
  const [status, setStatus] = useState<'failed' | 'all'>('failed')
  const [chosen, setChosen] = useState<Since>({ span: 'day', date: '' })
  const [busy, setBusy] = useState(false)
  const [error, setError] = useState<string>()
  const since = sinceOf(chosen, opened)
  const count = useCount(webhook.id, status, since)

  async function onSubmit(event: FormEvent) {
    event.preventDefault()
    if (since === undefined) return setError('Choose the time.')
    setBusy(true)
    try {
      const input: ReplayInput = { since, status }
      await api.post<Replay>(`/v1/webhooks/${webhook.id}/replay`, input)
      await refresh()
      say(`${status === 'failed' ? 'What failed' : 'Everything'} since ${momentOf(since)} is being sent again`)
      onClose()
    } catch (reason) {
      setError(explain(reason))
      setBusy(false)
    }
  }

  return (
    <Dialog title="Replay deliveries" onClose={onClose}>
      <form onSubmit={onSubmit} noValidate className="flex flex-col gap-5">
        <ReplayChoice status={status} onChange={setStatus} />
        <SinceField
          since={chosen}
          error={error}
          onChange={(next) => {
            setChosen(next)
            setError(undefined)
          }}
        />
        <p role="status" className="min-h-[2.9em] text-ink-2 leading-[1.45]">
          {count !== undefined && inWords(count, status)}
          {!!count && ' Each keeps its webhook-id, so a receiver that remembers ids sees none twice.'}
        </p>
        <div className="flex justify-end gap-2">
          <Button onClick={onClose}>Cancel</Button>
          <Button look="primary" type="submit" busy={busy} disabled={busy || count === 0}>
            Replay
          </Button>
        </div>
      </form>
    </Dialog>
  )
}

/** How many deliveries there are to replay, up to the most a page holds. */
function useCount(webhookId: string, status: 'failed' | 'all', since: string | undefined): number | undefined {
  const api = useApi()
  const { data } = useQuery({
    queryKey: ['replayable', webhookId, status],
    queryFn: async ({ signal }) => {
      const params = new URLSearchParams({ limit: String(most), ...(status === 'failed' && { status }) })
      return (await api.get<List<Delivery>>(`/v1/webhooks/${webhookId}/deliveries?${params}`, signal)).data
    },
    staleTime: 0,
    gcTime: 0,
  })
  if (!data || since === undefined) return undefined
  const from = Date.parse(since)
  return data.filter((one) => one.kind === 'event' && one.status !== 'pending' && Date.parse(one.created_at) >= from)
    .length
}

function inWords(count: number, status: 'failed' | 'all'): string {
  const which = status === 'failed' ? ' that failed' : ''
  if (count === 0) return `There is nothing${which} since then.`
  if (count >= most) return `${most} deliveries${which} or more are sent again, bit by bit.`
  return count === 1 ? `One delivery${which} is sent again.` : `${count} deliveries${which} are sent again.`
}
