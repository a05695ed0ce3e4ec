/** One key: what it is called, what it may do, when it was last used, and whether it works. */
import { Ellipsis, FlaskConical, KeyRound, Pencil, RefreshCw, Trash2 } from 'lucide-react'
import { useState } from 'react'
import { explain } from '../../api.ts'
import { IconButton } from '../../ui/button.tsx'
import { cx } from '../../ui/class-names.ts'
import { Menu } from '../../ui/menu.tsx'
import { Switch } from '../../ui/switch.tsx'
import { exact, relative, useNow } from '../../ui/time.tsx'
import { complain } from '../../ui/toast.tsx'
import { useApi } from '../session/space.tsx'
import { useShowKey } from './queries.ts'
import { inWords, spelledOut } from './resources.ts'
import type { ApiKey } from './schema.ts'

type KeyRowProps = { apiKey: ApiKey; onDo: (what: 'change' | 'rotate' | 'revoke') => void }

export function KeyRow({ apiKey, onDo }: KeyRowProps) {
  const api = useApi()
  const show = useShowKey()
  const now = useNow()
  const [wanted, setWanted] = useState<boolean>()
  const { name, mode, active, scopes, allow } = apiKey
  const state = stateOf(apiKey, now)

  function turn(on: boolean) {
    setWanted(on)
    api
      .patch<ApiKey>(`/v1/api-keys/${apiKey.id}`, { active: on })
      .then(show, (error: unknown) => complain(explain(error)))
      .finally(() => setWanted(undefined))
  }

  return (
    <li data-key={apiKey.id} className="flex min-h-16 items-center gap-3 px-2 py-2.5">
      <span
        className={cx(
          'flex size-8 shrink-0 items-center justify-center rounded-md text-ink-2',
          mode === 'test' ? 'hatched bg-inverse text-on-inverse' : 'bg-ink/6',
        )}
      >
        {mode === 'test' ? <FlaskConical size={16} aria-hidden /> : <KeyRound size={16} aria-hidden />}
      </span>
      <div className={cx('min-w-0 flex-1', !state.works && 'text-ink-3')}>
        <p className="flex min-w-0 items-baseline gap-x-2 gap-y-1 max-md:flex-wrap">
          <span dir="auto" className="truncate font-medium">
            {name}
          </span>
          <code className="shrink-0 font-mono text-ink-3 text-xs max-md:hidden">{apiKey.id}</code>
          {state.word && <span className={cx('shrink-0 text-xs max-md:shrink', state.look)}>{state.word}</span>}
        </p>
        <p className="mt-1 text-ink-3 text-xs leading-[1.45]">
          {mode === 'test' ? 'Test' : 'Live'} · <span data-tip={spelledOut(scopes).join('  ')}>{inWords(scopes)}</span>
          {allow.length > 0 && (
            <>
              {' '}
              · <span data-tip={allow.join('  ')}>from {allow.length === 1 ? allow[0] : `${allow.length} places`}</span>
            </>
          )}{' '}
          · <LastUse apiKey={apiKey} now={now} />
        </p>
      </div>
      <Switch on={wanted ?? active} onChange={turn} label={`${name} is switched on`} />
      <Menu
        align="end"
        trigger={
          <IconButton label={`More for ${name}`} side="top">
            <Ellipsis size={16} />
          </IconButton>
        }
        items={[
          { label: 'Change', icon: <Pencil size={16} />, run: () => onDo('change') },
          { label: 'Rotate the secret', icon: <RefreshCw size={16} />, run: () => onDo('rotate') },
          { kind: 'line' },
          { label: 'Revoke', icon: <Trash2 size={16} />, danger: true, run: () => onDo('revoke') },
        ]}
      />
    </li>
  )
}

function LastUse({ apiKey: { last_used_at: at, last_used_address: address }, now }: { apiKey: ApiKey; now: number }) {
  if (!at) return 'never used'
  return (
    <span data-tip={`${exact(at)}${address ? `, from ${address}` : ''}`}>
      used <time dateTime={at}>{ago(at, now)}</time>
      {address && ` from ${address}`}
    </span>
  )
}

function ago(at: string, now: number): string {
  const text = relative(at, now)
  if (text === 'now') return 'just now'
  return now - Date.parse(at) < 86_400_000 ? `${text} ago` : `on ${text}`
}

const soon = 14 * 86_400_000

/** What there is to say beside the switch: an end, one that is near, a second secret. */
function stateOf(key: ApiKey, now: number): { works: boolean; word?: string; look?: string } {
  const { active, expires_at, old_secret_expires_at } = key
  if (!active) return { works: false, word: 'Off', look: 'text-ink-3' }
  const left = expires_at === null ? Number.POSITIVE_INFINITY : Date.parse(expires_at) - now
  if (left <= 0) return { works: false, word: `Expired ${dateOf(expires_at)}`, look: 'text-red' }
  if (old_secret_expires_at && Date.parse(old_secret_expires_at) > now)
    return { works: true, word: `Old secret works until ${momentOf(old_secret_expires_at)}`, look: 'text-amber' }
  if (left < soon) return { works: true, word: `Expires ${dateOf(expires_at)}`, look: 'text-amber' }
  return expires_at === null
    ? { works: true }
    : { works: true, word: `Until ${dateOf(expires_at)}`, look: 'text-ink-3' }
}

const day = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short', year: 'numeric' })
const moment = new Intl.DateTimeFormat(undefined, {
  day: 'numeric',
  month: 'short',
  hour: 'numeric',
  minute: '2-digit',
})
const dateOf = (at: string | null) => (at ? day.format(new Date(at)) : '')
const momentOf = (at: string) => moment.format(new Date(at))
