/** What is being done with an endpoint: each in its dialog, one after the other. */
import { DeleteDialog } from './delete-dialog.tsx'
import { RotateDialog } from './rotate-dialog.tsx'
import type { Webhook, WebhookWithSecret } from './schema.ts'
import { SecretDialog } from './secret-dialog.tsx'
import { WebhookDialog } from './webhook-dialog.tsx'

export type Doing =
  | { what: 'create' }
  | { what: 'change' | 'rotate' | 'delete'; webhook: Webhook }
  | { what: 'show'; webhook: WebhookWithSecret }

type DoingDialogProps = { doing: Doing; onDo: (next: Doing | undefined) => void; onDeleted?: () => void }

export function DoingDialog({ doing, onDo, onDeleted }: DoingDialogProps) {
  const show = (webhook: WebhookWithSecret) => onDo({ what: 'show', webhook })
  function close() {
    onDo(undefined)
    returnTo(doing.what === 'create' ? undefined : doing.webhook.id)
  }
  function leave() {
    onDo(undefined)
    if (onDeleted) onDeleted()
    else returnTo(undefined)
  }
  return (
    <>
      {doing.what === 'create' && <WebhookDialog onClose={close} onMade={show} />}
      {doing.what === 'change' && <WebhookDialog webhook={doing.webhook} onClose={close} />}
      {doing.what === 'rotate' && <RotateDialog webhook={doing.webhook} onClose={close} onRotated={show} />}
      {doing.what === 'delete' && <DeleteDialog webhook={doing.webhook} onClose={close} onDeleted={leave} />}
      {doing.what === 'show' && <SecretDialog webhook={doing.webhook} onClose={close} />}
    </>
  )
}

/** Gives the focus back to what a dialog was about, once it has closed: the menu it was opened from is gone. */
function returnTo(id: string | undefined) {
  setTimeout(() => {
    const place =
      document.querySelector(`[data-webhook="${id}"] [aria-haspopup]`) ?? document.querySelector('[data-create]')
    if (place instanceof HTMLElement) place.focus()
  })
}
