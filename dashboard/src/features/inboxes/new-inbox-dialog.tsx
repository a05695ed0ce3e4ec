import { type FormEvent, useState } from 'react'
import { explain, Refusal } from '../../api.ts'
import { Button } from '../../ui/button.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { Field, Input } from '../../ui/input.tsx'
import { useApi } from '../session/space.tsx'
import type { Inbox } from './schema.ts'
import { useShowInbox } from './show-inbox.ts'

export function NewInboxDialog({ onClose, onMade }: { onClose: () => void; onMade: (id: string) => void }) {
  const api = useApi()
  const show = useShowInbox()
  const [busy, setBusy] = useState(false)
  const [error, setError] = useState<string>()

  async function onSubmit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault()
    const name = String(new FormData(event.currentTarget).get('name')).trim()
    if (!name) return setError('Give it a name.')
    setBusy(true)
    try {
      const inbox = await api.post<Inbox>('/v1/inboxes', { name, channel: 'web_chat' })
      show(inbox)
      onClose()
      onMade(inbox.id)
    } catch (reason) {
      setError(reason instanceof Refusal ? (reason.field('name') ?? explain(reason)) : explain(reason))
      setBusy(false)
    }
  }

  return (
    <Dialog title="Add a web chat" onClose={onClose}>
      <form onSubmit={onSubmit} className="flex flex-col gap-4">
        <Field label="Name" hint="Customers see it at the top of the chat." error={error}>
          {(control) => <Input {...control} name="name" maxLength={100} placeholder="Website" autoFocus />}
        </Field>
        <div className="flex justify-end gap-2">
          <Button onClick={onClose}>Cancel</Button>
          <Button look="primary" type="submit" busy={busy} disabled={busy}>
            Add web chat
          </Button>
        </div>
      </form>
    </Dialog>
  )
}
