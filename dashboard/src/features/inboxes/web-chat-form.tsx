import { type FormEvent, type ReactNode, useState } from 'react'
import { explain, Refusal } from '../../api.ts'
import { Button } from '../../ui/button.tsx'
import { Field, Input, Select, TextArea } from '../../ui/input.tsx'
import { Switch } from '../../ui/switch.tsx'
import { say } from '../../ui/toast.tsx'
import { useApi } from '../session/space.tsx'
import { BrandColor } from './brand-color.tsx'
import { IdentitySecrets } from './identity-secrets.tsx'
import type { Inbox, WebChatSettings } from './schema.ts'
import { useShowInbox } from './show-inbox.ts'

type Asked = WebChatSettings['pre_chat']['name']
type Draft = Pick<Inbox, 'name' | 'enabled'> &
  Pick<WebChatSettings, 'greeting' | 'brand_color' | 'pre_chat' | 'attachments' | 'require_identity'> & {
    domains: string
  }

export function WebChatForm({ inbox }: { inbox: Inbox }) {
  const api = useApi()
  const show = useShowInbox()
  const [saved, setSaved] = useState(() => draftOf(inbox))
  const [draft, setDraft] = useState(saved)
  const [busy, setBusy] = useState(false)
  const [discards, setDiscards] = useState(0)
  const [refusal, setRefusal] = useState<Refusal>()
  const change = (part: Partial<Draft>) => setDraft((held) => ({ ...held, ...part }))
  const isChanged = JSON.stringify(draft) !== JSON.stringify(saved)

  function discard() {
    setDraft(saved)
    setRefusal(undefined)
    setDiscards(discards + 1)
  }
  async function onSubmit(event: FormEvent) {
    event.preventDefault()
    setBusy(true)
    setRefusal(undefined)
    try {
      const answer = await api.patch<Inbox>(`/v1/inboxes/${inbox.id}`, bodyOf(draft))
      show(answer)
      setSaved(draftOf(answer))
      setDraft(draftOf(answer))
      say('Saved')
    } catch (error) {
      setRefusal(
        error instanceof Refusal ? error : new Refusal({ status: 0, code: 'unreachable', title: explain(error) }),
      )
    }
    setBusy(false)
  }

  const domainError = refusal?.problem.errors?.find((error) => error.pointer.includes('allowed_domains'))
  return (
    <form onSubmit={onSubmit} className="mt-8 flex flex-col">
      <Group title="Look">
        <Field label="Name" hint="At the top of the chat." error={refusal?.field('name')}>
          {(control) => (
            <Input
              {...control}
              value={draft.name}
              maxLength={100}
              required
              onChange={(event) => change({ name: event.target.value })}
            />
          )}
        </Field>
        <BrandColor
          key={discards}
          value={draft.brand_color}
          onChange={(brand_color) => change({ brand_color })}
          error={refusal?.field('brand_color')}
        />
        <Field label="Greeting" hint="The first thing a visitor reads." error={refusal?.field('greeting')}>
          {(control) => (
            <TextArea
              {...control}
              dir="auto"
              rows={2}
              maxLength={500}
              value={draft.greeting ?? ''}
              onChange={(event) => change({ greeting: event.target.value })}
            />
          )}
        </Field>
      </Group>
      <Group title="Before the first message">
        <div className="grid gap-4 sm:grid-cols-2">
          <AskedField
            label="Name"
            value={draft.pre_chat.name}
            onChange={(name) => change({ pre_chat: { ...draft.pre_chat, name } })}
          />
          <AskedField
            label="E-mail"
            value={draft.pre_chat.email}
            onChange={(email) => change({ pre_chat: { ...draft.pre_chat, email } })}
          />
        </div>
      </Group>
      <Group title="Safety">
        <Field
          label="Allowed sites"
          hint="One per line, *.example.com for all beneath. Empty: the chat works on any site."
          error={domainError && 'One of these is not the name of a site.'}
        >
          {(control) => (
            <TextArea
              {...control}
              rows={3}
              spellCheck={false}
              placeholder="www.example.com"
              value={draft.domains}
              onChange={(event) => change({ domains: event.target.value })}
            />
          )}
        </Field>
        <Toggle
          label="Require a verified identity"
          hint="A visitor who says who they are must be signed for by your server; otherwise they stay anonymous."
          on={draft.require_identity}
          onChange={(require_identity) => change({ require_identity })}
        />
        <IdentitySecrets inbox={inbox} />
        <Toggle
          label="Let visitors send files"
          on={draft.attachments}
          onChange={(attachments) => change({ attachments })}
        />
        <Toggle
          label="Switched on"
          hint="Off, the chat is not shown. Conversations stay."
          on={draft.enabled}
          onChange={(enabled) => change({ enabled })}
        />
      </Group>
      {(isChanged || refusal) && (
        <div className="sticky bottom-0 flex animate-appear items-center justify-end gap-3 border-line border-t bg-surface py-4">
          {refusal && (
            <p role="alert" className="mr-auto text-red">
              {refusal.problem.errors?.length ? 'Not saved. See what is marked above.' : explain(refusal)}
            </p>
          )}
          <Button disabled={busy} onClick={discard}>
            Discard
          </Button>
          <Button look="primary" type="submit" busy={busy} disabled={busy}>
            Save
          </Button>
        </div>
      )}
    </form>
  )
}

function Group({ title, children }: { title: string; children: ReactNode }) {
  return (
    <fieldset className="flex flex-col gap-5 border-line border-t py-6">
      <legend className="sr-only">{title}</legend>
      <p className="font-medium text-ink-3 text-xs" aria-hidden>
        {title}
      </p>
      {children}
    </fieldset>
  )
}

function AskedField({ label, value, onChange }: { label: string; value: Asked; onChange: (value: Asked) => void }) {
  const options: [Asked, string][] = [
    ['off', 'Not asked'],
    ['optional', 'Asked, may be left empty'],
    ['required', 'Required'],
  ]
  return (
    <Field label={label}>
      {(control) => (
        <Select
          {...control}
          value={value}
          onChange={(event) => onChange(options.find(([key]) => key === event.target.value)?.[0] ?? value)}
        >
          {options.map(([key, name]) => (
            <option key={key} value={key}>
              {name}
            </option>
          ))}
        </Select>
      )}
    </Field>
  )
}

function Toggle({
  label,
  hint,
  on,
  onChange,
}: {
  label: string
  hint?: string
  on: boolean
  onChange: (on: boolean) => void
}) {
  return (
    <div className="flex items-center justify-between gap-6">
      <div>
        <p className="font-medium">{label}</p>
        {hint && <p className="mt-0.5 max-w-[52ch] text-ink-3 text-xs leading-[1.45]">{hint}</p>}
      </div>
      <Switch label={label} on={on} onChange={onChange} />
    </div>
  )
}

function draftOf({ name, enabled, settings }: Inbox): Draft {
  const chat = 'pre_chat' in settings ? settings : undefined
  return {
    name,
    enabled,
    greeting: chat?.greeting ?? null,
    brand_color: chat?.brand_color ?? null,
    pre_chat: chat?.pre_chat ?? { name: 'optional', email: 'optional' },
    attachments: chat?.attachments ?? true,
    require_identity: chat?.require_identity ?? false,
    domains: chat?.allowed_domains.join('\n') ?? '',
  }
}

function bodyOf({ name, enabled, domains, greeting, ...settings }: Draft) {
  const allowed_domains = domains.split(/[\s,]+/).filter(Boolean)
  return { name: name.trim(), enabled, settings: { ...settings, greeting: greeting?.trim() || null, allowed_domains } }
}
