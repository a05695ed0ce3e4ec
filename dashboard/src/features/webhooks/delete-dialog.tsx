import { useState } from 'react'
import { explain } from '../../api.ts'
import { Button } from '../../ui/button.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { complain, say } from '../../ui/toast.tsx'
import { useApi } from '../session/space.tsx'
import { useHideWebhook } from './queries.ts'
import type { Webhook } from './schema.ts'

type DeleteDialogProps = { webhook: Webhook; onClose: () => void; onDeleted: () => void }

export function DeleteDialog({ webhook: { id, url }, onClose, onDeleted }: DeleteDialogProps) {
  const api = useApi()
  const hide = useHideWebhook()
  const [busy, setBusy] = useState(false)

  async function remove() {
    setBusy(true)
    try {
      await api.delete(`/v1/webhooks/${id}`)
      say('Nothing more is sent there')
      onDeleted()
      hide(id)
    } catch (error) {
      complain(explain(error))
      onClose()
    }
  }

  return (
    <Dialog title="Delete the endpoint" onClose={onClose}>
      <p className="leading-[1.45]">
        Nothing more is sent to <code className="font-mono text-xs wrap-anywhere">{url}</code>. What still waits for it
        is forgotten, and so is its secret. To stop for a while, switch it off instead.
      </p>
      <div className="mt-5 flex justify-end gap-2">
        <Button onClick={onClose}>Cancel</Button>
        <Button look="danger" busy={busy} disabled={busy} onClick={remove}>
          Delete endpoint
        </Button>
      </div>
    </Dialog>
  )
}
