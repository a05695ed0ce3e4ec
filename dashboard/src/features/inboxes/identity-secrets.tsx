/** The secrets with which the customer's own server vouches for its users. Each is shown once, when it is made. */
import { KeyRound, Trash2 } from 'lucide-react'
import { useState } from 'react'
import { explain } from '../../api.ts'
import { Button, IconButton } from '../../ui/button.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { Time } from '../../ui/time.tsx'
import { complain } from '../../ui/toast.tsx'
import { useApi } from '../session/space.tsx'
import { CopyLine } from './copy-line.tsx'
import type { Inbox } from './schema.ts'

const most = 2

export function IdentitySecrets({ inbox }: { inbox: Inbox }) {
  const api = useApi()
  const [made, setMade] = useState<string>()
  const [ending, setEnding] = useState<string>()
  const path = `/v1/inboxes/${inbox.id}/identity-secrets`
  const secrets = inbox.identity_secrets

  function make() {
    api.post<{ secret: string }>(path).then(
      ({ secret }) => setMade(secret),
      (error: unknown) => complain(explain(error)),
    )
  }
  function end(id: string) {
    setEnding(undefined)
    api.delete(`${path}/${id}`).catch((error: unknown) => complain(explain(error)))
  }

  return (
    <div className="flex flex-col gap-2">
      <div className="flex items-center justify-between gap-6">
        <div>
          <p className="font-medium">Secrets</p>
          <p className="mt-0.5 max-w-[52ch] text-ink-3 text-xs leading-[1.45]">
            Your server signs a user’s id with one of them (HMAC-SHA256) and hands the result to the page. Two may live
            at once, so that one can follow the other.
          </p>
        </div>
        <Button icon={<KeyRound size={16} aria-hidden />} disabled={secrets.length >= most} onClick={make}>
          Make a secret
        </Button>
      </div>
      {secrets.length > 0 && (
        <ul className="divide-y divide-line border-line border-y">
          {secrets.map((secret) => (
            <li key={secret.id} className="flex h-10 items-center gap-3 px-2">
              <KeyRound size={16} className="text-ink-3" aria-hidden />
              <span className="min-w-0 flex-1 truncate text-ink-2">
                Made <Time at={secret.created_at} />
              </span>
              <IconButton label="End this secret" side="top" onClick={() => setEnding(secret.id)}>
                <Trash2 size={16} />
              </IconButton>
            </li>
          ))}
        </ul>
      )}
      {made && (
        <Dialog title="The new secret" onClose={() => setMade(undefined)}>
          <p className="mb-3 leading-[1.45]">It is shown this once. Keep it on your server, never in a page.</p>
          <CopyLine text={made} />
        </Dialog>
      )}
      {ending && (
        <Dialog title="End this secret" onClose={() => setEnding(undefined)}>
          <p className="leading-[1.45]">What was signed with it is no longer believed, at once.</p>
          <div className="mt-5 flex justify-end gap-2">
            <Button onClick={() => setEnding(undefined)}>Cancel</Button>
            <Button look="danger" onClick={() => end(ending)}>
              End secret
            </Button>
          </div>
        </Dialog>
      )}
    </div>
  )
}
