import { KeyRound, Plus } from 'lucide-react'
import { useState } from 'react'
import { explain, isStatus, requestIdOf } from '../../api.ts'
import { Button } from '../../ui/button.tsx'
import { Skeleton } from '../../ui/skeleton.tsx'
import { EmptyState, ErrorState, ForbiddenState } from '../../ui/states.tsx'
import { SettingsHeading } from '../desk/settings-heading.tsx'
import { useMayAdminister } from '../session/space.tsx'
import { KeyDialog } from './key-dialog.tsx'
import { KeyRow } from './key-row.tsx'
import { useApiKeys } from './queries.ts'
import { RevokeDialog } from './revoke-dialog.tsx'
import { RotateDialog } from './rotate-dialog.tsx'
import type { ApiKey, ShownApiKey } from './schema.ts'
import { SecretDialog } from './secret-dialog.tsx'

export type Doing = { what: 'change' | 'rotate' | 'revoke'; key: ApiKey } | { what: 'create' }

export function ApiKeysPage() {
  const { data, error, isPending, refetch } = useApiKeys()
  const mayAdminister = useMayAdminister()
  const [doing, setDoing] = useState<Doing>()
  const [shown, setShown] = useState<ShownApiKey>()
  function close() {
    setDoing(undefined)
    returnTo(doing?.what === 'create' ? undefined : doing?.key.id)
  }
  const create = (
    <Button
      look="primary"
      icon={<Plus size={16} aria-hidden />}
      data-create
      onClick={() => setDoing({ what: 'create' })}
    >
      Create key
    </Button>
  )
  function show(key: ShownApiKey) {
    setDoing(undefined)
    setShown(key)
  }
  function hide() {
    setShown(undefined)
    returnTo(shown?.id)
  }

  return (
    <>
      <SettingsHeading title="API keys" action={mayAdminister && !!data?.length && create}>
        What programs call the API with. A key acts for whoever made it, may never do more than they may, and ends with
        them.
      </SettingsHeading>
      {isPending && <KeySkeletons />}
      {isStatus(error, 403) && (
        <ForbiddenState title="Keys are for admins">Ask an admin of this workspace to make one for you.</ForbiddenState>
      )}
      {error && !isStatus(error, 403) && (
        <ErrorState title="The keys did not load" retry={refetch} reference={requestIdOf(error)}>
          {explain(error)}
        </ErrorState>
      )}
      {data?.length === 0 && (
        <EmptyState icon={<KeyRound size={20} aria-hidden />} title="No key yet" action={create}>
          Make one for each program, with no more than it needs. Each can be switched off by itself.
        </EmptyState>
      )}
      {data && data.length > 0 && (
        <ul aria-label="API keys" className="divide-y divide-line border-line border-y">
          {data.map((key) => (
            <KeyRow key={key.id} apiKey={key} onDo={(what) => setDoing({ what, key })} />
          ))}
        </ul>
      )}
      {doing?.what === 'create' && <KeyDialog onClose={close} onMade={show} />}
      {doing?.what === 'change' && <KeyDialog apiKey={doing.key} onClose={close} />}
      {doing?.what === 'rotate' && <RotateDialog apiKey={doing.key} onClose={close} onRotated={show} />}
      {doing?.what === 'revoke' && <RevokeDialog apiKey={doing.key} onClose={close} />}
      {shown && <SecretDialog apiKey={shown} onClose={hide} />}
    </>
  )
}

/** Gives the focus back to the row a dialog was about, once it has closed: the menu it was opened from is gone. */
function returnTo(id: string | undefined) {
  setTimeout(() => {
    const place =
      document.querySelector(`[data-key="${id}"] [aria-haspopup]`) ?? document.querySelector('[data-create]')
    if (place instanceof HTMLElement) place.focus()
  })
}

function KeySkeletons() {
  return (
    <div className="animate-late" aria-hidden>
      {['first', 'second', 'third'].map((key) => (
        <div key={key} className="flex h-16 items-center gap-3 px-2">
          <Skeleton className="size-8 rounded-md" />
          <div className="flex flex-1 flex-col gap-1.5">
            <Skeleton className="h-3.5 w-40" />
            <Skeleton className="h-3 w-64" />
          </div>
        </div>
      ))}
    </div>
  )
}
