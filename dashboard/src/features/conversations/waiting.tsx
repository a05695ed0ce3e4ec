import { Hourglass } from 'lucide-react'
import { cx } from '../../ui/class-names.ts'
import { exact, span, Time, useNow } from '../../ui/time.tsx'
import type { Conversation } from './schema.ts'

const minute = 60_000
/** What an inbox promises where it promises nothing of its own. */
const promise = { soon: 15 * minute, broken: 120 * minute }

/** How long the customer has waited for us, amber and then red; otherwise when something was last said. */
export function WaitingOrTime({ conversation }: { conversation: Conversation }) {
  const present = useNow()
  const { waiting_since, last_message_at, created_at, status } = conversation
  if (!waiting_since || status !== 'open')
    return <Time at={last_message_at ?? created_at} className="tabular shrink-0 text-ink-3 text-xs" />

  const waited = present - Date.parse(waiting_since)
  const isLate = waited >= promise.soon
  return (
    <time
      dateTime={waiting_since}
      data-tip={`Waiting for a reply since\n${exact(waiting_since)}`}
      className={cx('tabular flex shrink-0 items-center gap-1 text-xs', toneOf(waited))}
    >
      {isLate && <Hourglass size={12} aria-hidden />}
      <span className="sr-only">waiting </span>
      {span(waited)}
    </time>
  )
}

function toneOf(waited: number): string {
  if (waited >= promise.broken) return 'font-medium text-red'
  return waited >= promise.soon ? 'font-medium text-amber' : 'text-ink-3'
}
