import { useState } from 'react'
import { Button } from '../../ui/button.tsx'
import { Field, Input } from '../../ui/input.tsx'
import { secretShape } from './draft.ts'

type OwnSecretProps = { secret: string; error: string | undefined; onChange: (secret: string) => void }

/** One is made unless somebody brings their own, which few need to. */
export function OwnSecret({ secret, error, onChange }: OwnSecretProps) {
  const [isOwn, setOwn] = useState(false)
  if (!isOwn && !error)
    return (
      <div className="flex items-center gap-3 max-md:flex-col max-md:items-start">
        <Button size="sm" onClick={() => setOwn(true)}>
          Use a secret of your own
        </Button>
        <p className="text-ink-3 text-xs">Otherwise one is made, and shown once.</p>
      </div>
    )
  return (
    <Field label="Secret of your own" hint={secretShape} error={error}>
      {(control) => (
        <Input
          {...control}
          autoFocus
          value={secret}
          placeholder="whsec_…"
          autoComplete="off"
          spellCheck={false}
          className="font-mono text-xs"
          onChange={(event) => onChange(event.target.value)}
        />
      )}
    </Field>
  )
}
