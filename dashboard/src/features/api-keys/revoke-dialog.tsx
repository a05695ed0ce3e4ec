import { useState } from 'react'
import { explain } from '../../api.ts'
import { Button } from '../../ui/button.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { complain, say } from '../../ui/toast.tsx'
import { useApi } from '../session/space.tsx'
import { useHideKey } from './queries.ts'
import type { ApiKey } from './schema.ts'

export function RevokeDialog({ apiKey: { id, name }, onClose }: { apiKey: ApiKey; onClose: () => void }) {
  const api = useApi()
  const hide = useHideKey()
  const [busy, setBusy] = useState(false)

  async function revoke() {
    setBusy(true)
    try {
      await api.delete(`/v1/api-keys/${id}`)
      hide(id)
      say(`“${name}” opens nothing any more`)
    } catch (error) {
      complain(explain(error))
    }
    onClose()
  }

  return (
    <Dialog title={`Revoke “${name}”`} onClose={onClose}>
      <p className="leading-[1.45]">
        Every program that uses this key is refused from now on, and its live connections end. A revoked key never comes
        back; to stop one for a while, switch it off instead.
      </p>
      <div className="mt-5 flex justify-end gap-2">
        <Button onClick={onClose}>Cancel</Button>
        <Button look="danger" busy={busy} disabled={busy} onClick={revoke}>
          Revoke key
        </Button>
      </div>
    </Dialog>
  )
}
