/** One endpoint: where it is, what it hears, and whether it works. */
import { Link } from '@tanstack/react-router'
import { Ellipsis, Pencil, RefreshCw, Send, Trash2, Webhook as WebhookIcon } from 'lucide-react'
import { IconButton } from '../../ui/button.tsx'
import { cx } from '../../ui/class-names.ts'
import { Menu } from '../../ui/menu.tsx'
import { Switch } from '../../ui/switch.tsx'
import { useSpace } from '../session/space.tsx'
import { inWords } from './event-names.ts'
import type { Webhook } from './schema.ts'
import { useSendTest } from './use-send-test.ts'
import { useTurn } from './use-turn.ts'
import { WebhookState } from './webhook-state.tsx'

type WebhookRowProps = { webhook: Webhook; onDo: (what: 'change' | 'rotate' | 'delete') => void }

export function WebhookRow({ webhook, onDo }: WebhookRowProps) {
  const { slug } = useSpace()
  const [isOn, turn] = useTurn(webhook)
  const { sendTest } = useSendTest(webhook)
  const { id, url, description, events, lookups } = webhook
  const name = nameOf(webhook)
  const hears = [inWords(events), lookups.length > 0 && `answers ${lookups.join(', ')}`].filter(Boolean).join('; ')

  return (
    <li data-webhook={id} className="relative flex min-h-16 items-center gap-3 px-2 py-2.5 hover:bg-hover">
      <span className="flex size-8 shrink-0 items-center justify-center rounded-md bg-ink/6 text-ink-2 max-md:hidden">
        <WebhookIcon size={16} aria-hidden />
      </span>
      <div className={cx('min-w-0 flex-1', !webhook.enabled && 'text-ink-3')}>
        <p className="flex min-w-0 items-baseline gap-2">
          <Link
            to="/w/$space/settings/webhooks/$webhookId"
            params={{ space: slug, webhookId: id }}
            className="truncate rounded-sm font-medium after:absolute after:inset-0"
          >
            <bdi>{name}</bdi>
          </Link>
          <WebhookState webhook={webhook} className="shrink-0 text-xs" />
        </p>
        <p className="mt-1 flex gap-x-1 text-ink-3 text-xs max-md:flex-col max-md:gap-y-1">
          <span data-tip={[...events, ...lookups].join('  ')} className="relative shrink-0 max-md:shrink">
            {hears}
            {description && <span className="max-md:hidden"> ·</span>}
          </span>
          {description && <span className="truncate font-mono">{url.replace(/^https?:\/\//, '')}</span>}
        </p>
      </div>
      <span className="relative flex items-center gap-3">
        <Switch on={isOn} onChange={turn} label={`${name} is switched on`} />
        <Menu
          align="end"
          trigger={
            <IconButton label={`More for ${name}`} side="top">
              <Ellipsis size={16} />
            </IconButton>
          }
          items={[
            ...(webhook.enabled ? [{ label: 'Send test', icon: <Send size={16} />, run: sendTest }] : []),
            { label: 'Change', icon: <Pencil size={16} />, run: () => onDo('change') },
            { label: 'Rotate the secret', icon: <RefreshCw size={16} />, run: () => onDo('rotate') },
            { kind: 'line' },
            { label: 'Delete', icon: <Trash2 size={16} />, danger: true, run: () => onDo('delete') },
          ]}
        />
      </span>
    </li>
  )
}

/** What people call it: its description, or else where it is. */
export function nameOf({ description, url }: Webhook): string {
  return description ?? url.replace(/^https?:\/\//, '')
}
