/** The form of a key: to make one, or to change one. */
import { type FormEvent, useEffect, useRef, useState } from 'react'
import { explain, Refusal } from '../../api.ts'
import { Button } from '../../ui/button.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { Field, Input, Select, TextArea } from '../../ui/input.tsx'
import { exact } from '../../ui/time.tsx'
import { useSpace } from '../session/space.tsx'
import { type Draft, draftOf, inputOf, linesOf, patchOf } from './draft.ts'
import { ModeField } from './mode-field.tsx'
import { useShowKey } from './queries.ts'
import { withoutSecret } from './rotate-dialog.tsx'
import type { ApiKey, ShownApiKey } from './schema.ts'
import { ScopesField } from './scopes-field.tsx'

type KeyDialogProps =
  | { apiKey: ApiKey; onClose: () => void; onMade?: never }
  | { apiKey?: never; onClose: () => void; onMade: (key: ShownApiKey) => void }

export function KeyDialog({ apiKey, onClose, onMade }: KeyDialogProps) {
  const { api, mode } = useSpace()
  const show = useShowKey()
  const [draft, setDraft] = useState(() => draftOf(apiKey, mode))
  const [busy, setBusy] = useState(false)
  const [refused, setRefused] = useState<Record<string, string>>({})
  const form = useRef<HTMLFormElement>(null)

  // What is wrong may be out of sight.
  useEffect(() => {
    const wrong = Object.keys(refused).length > 0 && form.current?.querySelector('[aria-invalid], [data-wrong] button')
    if (wrong instanceof HTMLElement) wrong.focus()
  }, [refused])

  function change(part: Partial<Draft>) {
    setDraft((held) => ({ ...held, ...part }))
    const touched = Object.keys(part).map((field) => fieldOf[field] ?? field)
    if (touched.some((field) => field in refused))
      setRefused(Object.fromEntries(Object.entries(refused).filter(([field]) => !touched.includes(field))))
  }
  async function send() {
    if (apiKey) {
      show(await api.patch<ApiKey>(`/v1/api-keys/${apiKey.id}`, patchOf(draft, apiKey, Date.now())))
      return onClose()
    }
    const made = await api.post<ShownApiKey>('/v1/api-keys', inputOf(draft, Date.now()))
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
      setRefused(fieldsOf(reason, draft))
      setBusy(false)
    })
  }

  return (
    <Dialog wide title={apiKey ? `Change “${apiKey.name}”` : 'Create an API key'} onClose={onClose}>
      <form ref={form} onSubmit={onSubmit} noValidate className="flex flex-col gap-5">
        <Field label="Name" hint="Of the program that will use it." error={refused['name']}>
          {(control) => (
            <Input
              {...control}
              dir="auto"
              value={draft.name}
              maxLength={200}
              placeholder="Order import"
              autoComplete="off"
              onChange={(event) => change({ name: event.target.value })}
            />
          )}
        </Field>
        {!apiKey && <ModeField mode={draft.mode} isSandbox={mode === 'test'} onChange={(to) => change({ mode: to })} />}
        <ScopesField scopes={draft.scopes} error={refused['scopes']} onChange={(scopes) => change({ scopes })} />
        <Bounds draft={draft} apiKey={apiKey} refused={refused} change={change} />
        <p role="alert" className="text-red empty:hidden">
          {refused['']}
        </p>
        <div className="sticky bottom-0 -mx-5 -mb-5 flex justify-end gap-2 border-line border-t bg-raised px-5 py-4">
          <Button onClick={onClose}>Cancel</Button>
          <Button look="primary" type="submit" busy={busy} disabled={busy}>
            {apiKey ? 'Save' : 'Create key'}
          </Button>
        </div>
      </form>
    </Dialog>
  )
}

type BoundsProps = {
  draft: Draft
  apiKey: ApiKey | undefined
  refused: Record<string, string>
  change: (part: Partial<Draft>) => void
}

function Bounds({ draft, apiKey, refused, change }: BoundsProps) {
  return (
    <>
      <div className="grid gap-5 sm:grid-cols-2">
        <Field label="Ends" error={refused['expires_at']}>
          {(control) => (
            <div className="flex flex-col gap-2">
              <Select
                {...control}
                value={draft.end}
                onChange={(event) => change({ end: ends.find((one) => one === event.target.value) ?? 'never' })}
              >
                {apiKey?.expires_at && <option value="kept">{exact(apiKey.expires_at)}</option>}
                <option value="never">Never</option>
                <option value="30">In 30 days</option>
                <option value="90">In 90 days</option>
                <option value="365">In a year</option>
                <option value="on">On a day</option>
              </Select>
              {draft.end === 'on' && (
                <Input
                  type="date"
                  aria-label="The last day"
                  value={draft.date}
                  onChange={(event) => change({ date: event.target.value })}
                />
              )}
            </div>
          )}
        </Field>
        <Field label="Requests a minute" hint="Beside the limit of the plan." error={refused['requests_per_minute']}>
          {(control) => (
            <Input
              {...control}
              inputMode="numeric"
              value={draft.limit}
              placeholder="No limit of its own"
              onChange={(event) => change({ limit: event.target.value })}
            />
          )}
        </Field>
      </div>
      <Field
        label="Only from"
        hint="Addresses, networks and domains, one to a line; empty means from anywhere. A domain keeps other sites’ pages out, not programs: those can name any site they like."
        error={refused['allow']}
      >
        {(control) => (
          <TextArea
            {...control}
            rows={3}
            spellCheck={false}
            placeholder={'203.0.113.7\n10.0.0.0/8\nshop.example.com'}
            value={draft.allow}
            onChange={(event) => change({ allow: event.target.value })}
          />
        )}
      </Field>
    </>
  )
}

/** Which field of the key a part of the form is about, where it is called otherwise. */
const fieldOf: Record<string, string> = { end: 'expires_at', date: 'expires_at', limit: 'requests_per_minute' }

const ends = ['never', 'on', 'kept', '30', '90', '365'] as const

function missingIn(draft: Draft): Record<string, string> {
  return {
    ...(draft.name.trim() === '' && { name: 'Give it a name.' }),
    ...(draft.scopes.length === 0 && { scopes: 'Pick at least one.' }),
    ...(draft.end === 'on' && !draft.date && { expires_at: 'Choose the day.' }),
    ...(!/^\d*$/.test(draft.limit.trim()) && { requests_per_minute: 'A whole number, or nothing.' }),
  }
}

/** What the server said of each field; of the places, which one is meant. */
function fieldsOf(reason: unknown, draft: Draft): Record<string, string> {
  const errors = reason instanceof Refusal ? (reason.problem.errors ?? []) : []
  if (errors.length === 0) return { '': explain(reason) }
  return Object.fromEntries(
    errors.map(({ pointer, detail }) => {
      const [, field = '', index] = pointer.split('/')
      const place = field === 'allow' && index !== undefined ? linesOf(draft.allow)[Number(index)] : undefined
      return [field, place === undefined ? detail : `“${place}”: ${detail}`]
    }),
  )
}
