/** A key's secret, this once, in every form it may be written. */
import { TriangleAlert } from 'lucide-react'
import { useState } from 'react'
import { Button } from '../../ui/button.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { exact } from '../../ui/time.tsx'
import { CopyLine } from '../inboxes/copy-line.tsx'
import type { ShownApiKey } from './schema.ts'

export function SecretDialog({ apiKey, onClose }: { apiKey: ShownApiKey; onClose: () => void }) {
  const { name, bearer, ck, public_key, private_key, old_secret_expires_at: oldEnds } = apiKey
  const [isKept, setKept] = useState(false)
  const [isWarned, setWarned] = useState(false)
  const kept = () => setKept(true)
  // A click beside the dialog must not lose what cannot be had again.
  const close = () => (isKept || isWarned ? onClose() : setWarned(true))

  return (
    <Dialog wide title={`The secret of “${name}”`} onClose={close}>
      <p className="leading-[1.45]">
        It is shown this once, and kept nowhere in a form that can be read. These are spellings of one credential: take
        whichever your program asks for.
        {oldEnds && Date.parse(oldEnds) > Date.now() && ` The old secret works until ${exact(oldEnds)}.`}
      </p>
      <div className="mt-4 flex flex-col gap-4">
        <Form title="Bearer token" hint="Authorization: Bearer …">
          <CopyLine text={bearer} label="Copy the bearer token" onCopied={kept} />
        </Form>
        <Form title="In one line" hint="Authorization: Bearer ck_…">
          <CopyLine text={ck} label="Copy the ck line" onCopied={kept} />
        </Form>
        <Form title="Two headers" hint="Public-Key and Private-Key">
          <CopyLine text={public_key} label="Copy the public key" />
          <CopyLine text={private_key} label="Copy the private key" onCopied={kept} />
        </Form>
        <Form title="Try it">
          <CopyLine
            text={`curl -H "Authorization: Bearer ${bearer}" ${location.origin}/v1/me`}
            label="Copy the command"
            onCopied={kept}
          />
        </Form>
      </div>
      <div className="sticky bottom-0 -mx-5 mt-5 -mb-5 flex items-center justify-end gap-3 border-line border-t bg-raised px-5 py-4 max-md:flex-col max-md:items-stretch">
        <p role="alert" className="flex flex-1 items-center gap-2 text-amber max-md:empty:hidden">
          {isWarned && !isKept && (
            <>
              <TriangleAlert size={16} className="shrink-0" aria-hidden />
              Nothing was copied, and it is not shown again.
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

function Form({ title, hint, children }: { title: string; hint?: string; children: React.ReactNode }) {
  return (
    <section aria-label={title} className="flex flex-col gap-1.5">
      <h3 className="font-medium">
        {title}
        {hint && <span className="ml-2 font-normal text-ink-3 text-xs">{hint}</span>}
      </h3>
      {children}
    </section>
  )
}
