/** What is wrong with an endpoint, in a few words with a sign; nothing where it works. */
import { CircleOff, TriangleAlert } from 'lucide-react'
import { cx } from '../../ui/class-names.ts'
import { exact, span, useNow } from '../../ui/time.tsx'
import type { Webhook } from './schema.ts'

export function WebhookState({ webhook, className }: { webhook: Webhook; className?: string }) {
  const now = useNow()
  const { enabled, disabled_reason: reason, disabled_at, failing_since } = webhook
  const look = cx('inline-flex items-center gap-1', className)
  if (!enabled)
    return (
      <span
        className={cx(look, reason === 'user' ? 'text-ink-3' : 'text-red')}
        data-tip={disabled_at && exact(disabled_at)}
      >
        <CircleOff size={12} aria-hidden /> {reason ? words[reason] : 'Off'}
      </span>
    )
  if (failing_since)
    return (
      <span className={cx(look, 'text-amber')} data-tip={`Since ${exact(failing_since)}`}>
        <TriangleAlert size={12} aria-hidden /> Failing {sinceOf(failing_since, now)}
      </span>
    )
  return null
}

const words = { user: 'Off', gone: 'Off: it answered 410', failing: 'Off: it failed for five days' } as const

function sinceOf(at: string, now: number): string {
  const text = span(now - Date.parse(at))
  return text === 'now' ? 'since just now' : `for ${text}`
}
