/** The form of an endpoint: to add one, or to change one. */
import { type FormEvent, type RefObject, useEffect, useRef, useState } from 'react'
import { Button } from '../../ui/button.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { Field, Input } from '../../ui/input.tsx'
import { useApi } from '../session/space.tsx'
import { type Draft, draftOf, inputOf, missingIn, patchOf, type Refused, refusedIn } from './draft.ts'
import { EventsField } from './events-field.tsx'
import { HeadersField } from './headers-field.tsx'
import { LookupsField } from './lookups-field.tsx'
import { OwnSecret } from './own-secret.tsx'
import { useShowWebhook } from './queries.ts'
import type { Webhook, WebhookWithSecret } from './schema.ts'
import { withoutSecret } from './secret-dialog.tsx'

type WebhookDialogProps =
  | { webhook: Webhook; onClose: () => void; onMade?: never }
  | { webhook?: never; onClose: () => void; onMade: (webhook: WebhookWithSecret) => void }

export function WebhookDialog({ webhook, onClose, onMade }: WebhookDialogProps) {
  const api = useApi()
  const show = useShowWebhook()
  const [draft, setDraft] = useState(() => draftOf(webhook))
  const [busy, setBusy] = useState(false)
  const [refused, setRefused] = useState<Refused>({})
  const form = useRef<HTMLFormElement>(null)

  useFocusOnWrong(form, refused)

  function change(part: Partial<Draft>) {
    setDraft((held) => ({ ...held, ...part }))
    const isTouched = (place: string) => Object.keys(part).includes(place.split(' ')[0] ?? '')
    if (Object.keys(refused).some(isTouched))
      setRefused(Object.fromEntries(Object.entries(refused).filter(([place]) => !isTouched(place))))
  }
  async function send() {
    if (webhook) {
      show(await api.patch<Webhook>(`/v1/webhooks/${webhook.id}`, patchOf(draft, webhook)))
      return onClose()
    }
    const made = await api.post<WebhookWithSecret>('/v1/webhooks', inputOf(draft))
    show(withoutSecret(made))
    onMade(made)
  }
  async function onSubmit(event: FormEvent) {
    event.preventDefault()
    const missing = missingIn(draft)
    setRefused(missing)
    if (Object.keys(missing).length > 0) return
    setBusy(true)
    await send().catch((reason: unknown) => {
      setRefused(refusedIn(reason, draft))
      setBusy(false)
    })
  }

  return (
    <Dialog wide title={webhook ? 'Change the endpoint' : 'Add an endpoint'} onClose={onClose}>
      <form ref={form} onSubmit={onSubmit} noValidate className="flex flex-col gap-5">
        <Place draft={draft} refused={refused} change={change} />
        <EventsField events={draft.events} error={refused['events']} onChange={(events) => change({ events })} />
        <LookupsField lookups={draft.lookups} error={refused['lookups']} onChange={(lookups) => change({ lookups })} />
        <HeadersField lines={draft.headers} refused={refused} onChange={(headers) => change({ headers })} />
        {!webhook && (
          <OwnSecret secret={draft.secret} error={refused['secret']} onChange={(secret) => change({ secret })} />
        )}
        <p role="alert" className="text-red empty:hidden">
          {refused['']}
        </p>
        <div className="sticky bottom-0 -mx-5 -mb-5 flex justify-end gap-2 border-line border-t bg-raised px-5 py-4">
          <Button onClick={onClose}>Cancel</Button>
          <Button look="primary" type="submit" busy={busy} disabled={busy}>
            {webhook ? 'Save' : 'Add endpoint'}
          </Button>
        </div>
      </form>
    </Dialog>
  )
}

/** What is wrong may be out of sight. */
function useFocusOnWrong(form: RefObject<HTMLFormElement | null>, refused: Refused) {
  useEffect(() => {
    const wrong = Object.keys(refused).length > 0 && form.current?.querySelector('[aria-invalid], [data-wrong] button')
    if (!(wrong instanceof HTMLElement)) return
    wrong.focus({ preventScroll: true })
    wrong.scrollIntoView({ block: 'center' })
  }, [form, refused])
}

type PlaceProps = { draft: Draft; refused: Refused; change: (part: Partial<Draft>) => void }

function Place({ draft, refused, change }: PlaceProps) {
  return (
    <>
      <Field
        label="URL"
        hint="Each event is sent there by POST. It must be https, and in a public network."
        error={refused['url']}
      >
        {(control) => (
          <Input
            {...control}
            type="url"
            inputMode="url"
            value={draft.url}
            placeholder="https://shop.example.com/hooks/antiphon"
            autoComplete="off"
            spellCheck={false}
            onChange={(event) => change({ url: event.target.value })}
          />
        )}
      </Field>
      <Field label="Description" hint="What it is for." error={refused['description']}>
        {(control) => (
          <Input
            {...control}
            dir="auto"
            value={draft.description}
            maxLength={500}
            placeholder="Orders to the warehouse"
            autoComplete="off"
            onChange={(event) => change({ description: event.target.value })}
          />
        )}
      </Field>
    </>
  )
}
