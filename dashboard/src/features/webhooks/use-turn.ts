import { useState } from 'react'
import { explain } from '../../api.ts'
import { complain } from '../../ui/toast.tsx'
import { useApi } from '../session/space.tsx'
import { useShowWebhook } from './queries.ts'
import type { Webhook } from './schema.ts'

/** Whether an endpoint is on, as it is or as it is about to be, and the way to switch it. */
export function useTurn(webhook: Webhook): [boolean, (on: boolean) => void] {
  const api = useApi()
  const show = useShowWebhook()
  const [wanted, setWanted] = useState<boolean>()
  function turn(on: boolean) {
    setWanted(on)
    api
      .patch<Webhook>(`/v1/webhooks/${webhook.id}`, { enabled: on })
      .then(show, (error: unknown) => complain(explain(error)))
      .finally(() => setWanted(undefined))
  }
  return [wanted ?? webhook.enabled, turn]
}
