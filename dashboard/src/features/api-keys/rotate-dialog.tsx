import { type FormEvent, useState } from 'react'
import { explain } from '../../api.ts'
import { Button } from '../../ui/button.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { Field, Select } from '../../ui/input.tsx'
import { useApi } from '../session/space.tsx'
import { useShowKey } from './queries.ts'
import type { ApiKey, ShownApiKey } from './schema.ts'

const hour = 3600
const overlaps = [
  { seconds: 24 * hour, label: 'for another day' },
  { seconds: hour, label: 'for another hour' },
  { seconds: 7 * 24 * hour, label: 'for another week' },
  { seconds: 0, label: 'not at all: it ends now' },
]

type RotateDialogProps = { apiKey: ApiKey; onClose: () => void; onRotated: (key: ShownApiKey) => void }

export function RotateDialog({
  apiKey: { id, name, old_secret_expires_at: end },
  onClose,
  onRotated,
}: RotateDialogProps) {
  const api = useApi()
  const show = useShowKey()
  const [busy, setBusy] = useState(false)
  const [error, setError] = useState<string>()
  const hasTwo = end !== null && Date.parse(end) > Date.now()

  async function onSubmit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault()
    setBusy(true)
    const overlap_seconds = Number(new FormData(event.currentTarget).get('overlap'))
    try {
      const key = await api.post<ShownApiKey>(`/v1/api-keys/${id}/rotate`, { overlap_seconds })
      show(withoutSecret(key))
      onRotated(key)
    } catch (reason) {
      setError(explain(reason))
      setBusy(false)
    }
  }

  return (
    <Dialog title={`Rotate “${name}”`} onClose={onClose}>
      <form onSubmit={onSubmit} className="flex flex-col gap-4">
        <p className="leading-[1.45]">
          The key gets a new secret and keeps its id. Put the new one into your program while the old one still works.
          {hasTwo && ' The one from before the last rotation ends now.'}
        </p>
        <Field label="The old secret works" error={error}>
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

/** What the list keeps: the secret is for the dialog alone. */
export function withoutSecret({ bearer, ck, public_key, private_key, ...key }: ShownApiKey): ApiKey {
  return key
}
