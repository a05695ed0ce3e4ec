/** One line of the log: which event, what came of it, and when. */
import { getRouteApi, Link } from '@tanstack/react-router'
import { Time } from '../../ui/time.tsx'
import { OutcomeIcon } from './outcome-icon.tsx'
import type { Delivery } from './schema.ts'
import { lastOutcome, standing, useSeconds, wait } from './words.tsx'

const route = getRouteApi('/w/$space/settings/webhooks/$webhookId')

/** @param isHeld whether its endpoint is switched off: what waits goes on waiting. */
export function DeliveryRow({ delivery, isHeld }: { delivery: Delivery; isHeld: boolean }) {
  const params = route.useParams()
  const { id, event_type, attempts_count, status, next_attempt_at, created_at } = delivery
  const outcome = lastOutcome(delivery)
  return (
    <li
      data-delivery={id}
      className="relative flex min-h-14 items-center gap-3 px-2 py-2 has-[a:focus-visible]:outline-2 has-[a:focus-visible]:outline-accent hover:bg-hover"
    >
      <OutcomeIcon delivery={delivery} />
      <div className="min-w-0 flex-1">
        <Link
          to="/w/$space/settings/webhooks/$webhookId"
          params={params}
          search={{ delivery: id }}
          preload={false}
          className="block truncate font-mono text-sm outline-none after:absolute after:inset-0"
        >
          {event_type}
        </Link>
        <p className="mt-1 text-ink-3 text-xs leading-[1.45] tabular-nums">
          <span className={looks[status]}>
            {status === 'pending' && isHeld ? 'Waiting until the endpoint is switched on' : standing(delivery)}
          </span>
          {outcome && status !== 'succeeded' && <span> · {outcome.toLocaleLowerCase().replace('tls', 'TLS')}</span>}
          {attempts_count > 1 && <span> · {attempts_count} attempts</span>}
          {status === 'pending' && !isHeld && attempts_count > 0 && next_attempt_at && <Next at={next_attempt_at} />}
        </p>
      </div>
      <Time at={created_at} className="relative shrink-0 text-ink-3 text-xs tabular-nums" />
    </li>
  )
}

const looks = { pending: '', succeeded: 'text-green', failed: 'text-red' } as const

function Next({ at }: { at: string }) {
  const left = Date.parse(at) - useSeconds()
  return <span> · {left > 0 ? `again in ${wait(left)}` : 'being sent'}</span>
}
