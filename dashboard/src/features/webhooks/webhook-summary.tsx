/** How an endpoint is set up, whether it works, and what can be done with it. */
import { CircleOff, Ellipsis, Pencil, RefreshCw, Send, Trash2, TriangleAlert } from 'lucide-react'
import type { ReactNode } from 'react'
import { Button, IconButton } from '../../ui/button.tsx'
import { cx } from '../../ui/class-names.ts'
import { Menu } from '../../ui/menu.tsx'
import { Switch } from '../../ui/switch.tsx'
import { exact, useNow } from '../../ui/time.tsx'
import { useTitle } from '../../ui/title.ts'
import { inWords } from './event-names.ts'
import type { Webhook } from './schema.ts'
import { useSendTest } from './use-send-test.ts'
import { useTurn } from './use-turn.ts'
import { nameOf } from './webhook-row.tsx'
import { WebhookState } from './webhook-state.tsx'
import { Ago, momentOf } from './words.tsx'

type WebhookSummaryProps = { webhook: Webhook; onDo: (what: 'change' | 'rotate' | 'delete') => void }

export function WebhookSummary({ webhook, onDo }: WebhookSummaryProps) {
  const name = nameOf(webhook)
  useTitle(name, 'Webhooks')
  const [isOn, turn] = useTurn(webhook)
  const { isSending, sendTest } = useSendTest(webhook)
  return (
    <div data-webhook={webhook.id}>
      <header className="flex items-start justify-between gap-4 max-md:flex-col">
        <div className="min-w-0">
          <h1 dir="auto" className="font-semibold text-xl tracking-[-0.015em] wrap-anywhere">
            {name}
          </h1>
          <p className="mt-1.5 text-sm">
            <WebhookState webhook={webhook} />
          </p>
        </div>
        <div className="flex shrink-0 items-center gap-2">
          <Switch on={isOn} onChange={turn} label="The endpoint is switched on" />
          <Button
            data-test
            className="ml-2"
            icon={<Send size={16} aria-hidden />}
            busy={isSending}
            disabled={isSending || !webhook.enabled}
            onClick={sendTest}
          >
            Send test
          </Button>
          <Menu
            align="end"
            trigger={
              <IconButton label="More for this endpoint">
                <Ellipsis size={16} />
              </IconButton>
            }
            items={[
              { label: 'Change', icon: <Pencil size={16} />, run: () => onDo('change') },
              { label: 'Rotate the secret', icon: <RefreshCw size={16} />, run: () => onDo('rotate') },
              { kind: 'line' },
              { label: 'Delete', icon: <Trash2 size={16} />, danger: true, run: () => onDo('delete') },
            ]}
          />
        </div>
      </header>
      <Trouble webhook={webhook} />
      <Pause webhook={webhook} />
      <Facts webhook={webhook} />
    </div>
  )
}

function Trouble({ webhook }: { webhook: Webhook }) {
  const { enabled, disabled_reason: reason, failing_since } = webhook
  if (enabled && !failing_since) return null
  if (!enabled && reason === 'user')
    return (
      <Note look="quiet">
        What happens while it is off is not sent to it. What already waited is sent when it is on again.
      </Note>
    )
  if (!enabled)
    return (
      <Note look="bad">
        {reason === 'gone'
          ? 'It answered 410 Gone, which says that nothing more is wanted there.'
          : 'Nothing but failure for five days.'}{' '}
        Once it is well, switch it on: what waited is sent then, and what failed can be replayed.
      </Note>
    )
  return (
    <Note look="warning">
      Nothing was accepted since {failing_since && exact(failing_since)}. Each event is tried ten times in about three
      days; after five days of nothing but failure the endpoint is switched off.
    </Note>
  )
}

/** That look-ups are left alone is no trouble of events, and may come with one. */
function Pause({ webhook: { enabled, lookups_paused_until: until } }: { webhook: Webhook }) {
  const now = useNow()
  if (!enabled || until === null || Date.parse(until) <= now) return null
  return (
    <Note look="warning">
      Look-ups failed several times in a row: it is not asked again before {momentOf(until)}, and what holds without an
      answer is used.
    </Note>
  )
}

const looks = {
  quiet: 'bg-sunken text-ink-2',
  warning: 'bg-amber-paper text-amber',
  bad: 'bg-red-paper text-red',
}

function Note({ look, children }: { look: keyof typeof looks; children: ReactNode }) {
  const Icon = look === 'quiet' ? CircleOff : TriangleAlert
  return (
    <p className={cx('mt-4 flex gap-2.5 rounded-md px-3 py-2.5 leading-[1.45]', looks[look])}>
      <Icon size={16} className="mt-0.5 shrink-0" aria-hidden />
      <span>{children}</span>
    </p>
  )
}

function Facts({ webhook }: { webhook: Webhook }) {
  const { url, events, lookups, headers, secrets, created_at } = webhook
  const names = Object.keys(headers)
  const [newest] = secrets
  const old = secrets.find(({ expires_at }) => expires_at !== null)
  return (
    <dl className="mt-5 grid grid-cols-[6rem_1fr] gap-x-4 gap-y-2 border-line border-y py-4 leading-[1.45] max-md:grid-cols-[5rem_1fr]">
      <Fact name="URL">
        <code className="select-all font-mono text-xs wrap-anywhere">{url}</code>
      </Fact>
      {events.length > 0 && (
        <Fact name="Told of">
          <span data-tip={events.join('  ')}>{inWords(events)}</span>
        </Fact>
      )}
      {lookups.length > 0 && <Fact name="Answers">{lookups.join(', ')}</Fact>}
      {names.length > 0 && (
        <Fact name="Headers">
          <span className="font-mono text-xs">{names.join(', ')}</span>
        </Fact>
      )}
      <Fact name="Secret">
        made <Ago at={newest?.created_at ?? created_at} />
        {old?.expires_at && <span className="text-amber">; the old one signs until {exact(old.expires_at)}</span>}
      </Fact>
    </dl>
  )
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <>
      <dt className="text-ink-3">{name}</dt>
      <dd className="min-w-0">{children}</dd>
    </>
  )
}
