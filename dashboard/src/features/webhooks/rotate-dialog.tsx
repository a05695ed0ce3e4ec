import { type FormEvent, useState } from 'react'
import { explain, Refusal } from '../../api.ts'
import { Button } from '../../ui/button.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { Field, Select } from '../../ui/input.tsx'
import { useApi } from '../session/space.tsx'
import { secretShape } from './draft.ts'
import { OwnSecret } from './own-secret.tsx'
import { useShowWebhook } from './queries.ts'
import type { Webhook, WebhookWithSecret } from './schema.ts'
import { withoutSecret } from './secret-dialog.tsx'

const hour = 3600
const overlaps = [
  { seconds: 24 * hour, label: 'for another day' },
  { seconds: hour, label: 'for another hour' },
  { seconds: 7 * 24 * hour, label: 'for another week' },
  { seconds: 0, label: 'not at all: it ends now' },
]

type RotateDialogProps = { webhook: Webhook; onClose: () => void; onRotated: (webhook: WebhookWithSecret) => void }

export function RotateDialog({ webhook: { id, secrets }, onClose, onRotated }: RotateDialogProps) {
  const api = useApi()
  const show = useShowWebhook()
  const [secret, setSecret] = useState('')
  const [busy, setBusy] = useState(false)
  const [error, setError] = useState<unknown>()
  const isAboutSecret = error instanceof Refusal && error.field('secret') !== undefined

  async function onSubmit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault()
    setBusy(true)
    const overlap_seconds = Number(new FormData(event.currentTarget).get('overlap'))
    const own = secret.trim() === '' ? {} : { secret: secret.trim() }
    try {
      const rotated = await api.post<WebhookWithSecret>(`/v1/webhooks/${id}/rotate-secret`, { overlap_seconds, ...own })
      show(withoutSecret(rotated))
      onRotated(rotated)
    } catch (reason) {
      setError(reason)
      setBusy(false)
    }
  }

  return (
    <Dialog title="Rotate the secret" onClose={onClose}>
      <form onSubmit={onSubmit} className="flex flex-col gap-4">
        <p className="leading-[1.45]">
          The endpoint gets a new secret. While both live, each request carries a signature with either, so your server
          can be changed at leisure.
          {secrets.length > 1 && ' The one from before the last rotation ends now.'}
        </p>
        <Field label="The old secret signs" error={error !== undefined && !isAboutSecret ? explain(error) : undefined}>
          {(control) => (
            <Select {...control} name="overlap">
              {overlaps.map(({ seconds, label }) => (
                <option key={seconds} value={seconds}>
                  {label}
                </option>
              ))}
            </Select>
          )}
        </Field>
        <OwnSecret
          secret={secret}
          error={isAboutSecret ? secretShape : undefined}
          onChange={(value) => {
            setSecret(value)
            setError(undefined)
          }}
        />
        <div className="flex justify-end gap-2">
          <Button onClick={onClose}>Cancel</Button>
          <Button look="primary" type="submit" busy={busy} disabled={busy}>
            Rotate
          </Button>
        </div>
      </form>
    </Dialog>
  )
}
