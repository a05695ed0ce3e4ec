/** The secret an endpoint verifies with, this once. */
import { ExternalLink, TriangleAlert } from 'lucide-react'
import { useState } from 'react'
import { Button } from '../../ui/button.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { exact } from '../../ui/time.tsx'
import { CopyLine } from '../inboxes/copy-line.tsx'
import type { Webhook, WebhookWithSecret } from './schema.ts'

const sample = 'new Webhook(process.env.WEBHOOK_SECRET).verify(rawBody, request.headers)'

export function SecretDialog({ webhook, onClose }: { webhook: WebhookWithSecret; onClose: () => void }) {
  const [isKept, setKept] = useState(false)
  const [isWarned, setWarned] = useState(false)
  // A click beside the dialog must not lose what cannot be had again.
  const close = () => (isKept || isWarned ? onClose() : setWarned(true))
  const oldEnds = webhook.secrets.find(({ expires_at }) => expires_at !== null)?.expires_at

  return (
    <Dialog wide title="The secret of this endpoint" onClose={close}>
      <p className="leading-[1.45]">
        With it your server verifies that a request comes from here. It is shown this once.
        {oldEnds && ` Until ${exact(oldEnds)} requests are signed with the old one as well.`}
      </p>
      <section aria-label="Secret" className="mt-4">
        <CopyLine text={webhook.secret} label="Copy the secret" onCopied={() => setKept(true)} />
      </section>
      <section aria-label="How to verify" className="mt-5 flex flex-col gap-1.5">
        <h3 className="font-medium">
          How to verify
          <span className="ml-2 font-normal text-ink-3 text-xs">
            with a library of Standard Webhooks, here <code className="font-mono">standardwebhooks</code> of npm
          </span>
        </h3>
        <CopyLine text={sample} label="Copy the sample" />
        <a
          href="/docs/webhooks#verify"
          target="_blank"
          rel="noreferrer"
          className="mt-1 inline-flex w-fit items-center gap-1.5 rounded-sm text-accent-ink text-sm underline underline-offset-2"
        >
          Verifying in five languages <ExternalLink size={14} aria-hidden />
        </a>
      </section>
      <div className="sticky bottom-0 -mx-5 mt-5 -mb-5 flex items-center justify-end gap-3 border-line border-t bg-raised px-5 py-4 max-md:flex-col max-md:items-stretch">
        <p role="alert" className="flex flex-1 items-center gap-2 text-amber max-md:empty:hidden">
          {isWarned && !isKept && (
            <>
              <TriangleAlert size={16} className="shrink-0" aria-hidden />
              It was not copied, and is not shown again.
            </>
          )}
        </p>
        <Button look="primary" onClick={close}>
          {isWarned && !isKept ? 'Close anyway' : 'Done'}
        </Button>
      </div>
    </Dialog>
  )
}

/** What the list keeps: the secret is for the dialog alone. */
export function withoutSecret({ secret, ...webhook }: WebhookWithSecret): Webhook {
  return webhook
}
