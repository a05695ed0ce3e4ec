import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { explain } from '../../api.ts'
import { complain } from '../../ui/toast.tsx'
import { useSpace } from '../session/space.tsx'
import { useRefreshDeliveries } from './queries.ts'
import type { Delivery, Webhook } from './schema.ts'

/** Sends a test and opens its delivery, where one sees what becomes of it. */
export function useSendTest({ id }: Webhook): { isSending: boolean; sendTest: () => Promise<void> } {
  const { api, slug } = useSpace()
  const navigate = useNavigate()
  const refresh = useRefreshDeliveries(id)
  const [isSending, setSending] = useState(false)
  async function sendTest() {
    setSending(true)
    try {
      const { id: delivery } = await api.post<Delivery>(`/v1/webhooks/${id}/test`)
      refresh()
      await navigate({
        to: '/w/$space/settings/webhooks/$webhookId',
        params: { space: slug, webhookId: id },
        search: { delivery },
      })
    } catch (error) {
      complain(explain(error))
    }
    setSending(false)
  }
  return { isSending, sendTest }
}
