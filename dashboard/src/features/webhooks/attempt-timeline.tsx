/**
 * The attempts of a delivery, one below the other: when each was made, how long it took of the time it has, and what came
 * of it; between them how long was waited, and at the end when the next is due.
 */
import { ChevronRight, CircleCheck, CircleDashed, CircleX } from 'lucide-react'
import { Fragment, useState } from 'react'
import { cx } from '../../ui/class-names.ts'
import { AttemptDetail } from './attempt-detail.tsx'
import type { DeliveryWithAttempts } from './schema.ts'
import { clockOf, duration, failureOf, momentOf, useSeconds, wait } from './words.tsx'

export type Attempt = DeliveryWithAttempts['attempts'][number]

/** Milliseconds after which an attempt is given up. */
const longest = { event: 15_000, lookup: 10_000 }

type AttemptTimelineProps = { delivery: DeliveryWithAttempts; isHeld: boolean }

/** @param isHeld whether the endpoint is switched off: what waits goes on waiting. */
export function AttemptTimeline({ delivery, isHeld }: AttemptTimelineProps) {
  const { attempts, kind } = delivery
  const [opened, setOpened] = useState<Record<number, boolean>>({})
  const last = attempts.at(-1)?.number
  return (
    <section aria-label="Attempts">
      <ol className="flex flex-col">
        {attempts.map((attempt, index) => {
          const before = attempts[index - 1]
          const isOpen = opened[attempt.number] ?? attempt.number === last
          return (
            <Fragment key={attempt.number}>
              {before && <Gap ms={Date.parse(attempt.at) - Date.parse(before.at) - before.duration_ms} />}
              <AttemptItem
                attempt={attempt}
                longest={longest[kind]}
                isEnd={delivery.status === 'succeeded' && attempt.number === last}
                isOpen={isOpen}
                onToggle={() => setOpened({ ...opened, [attempt.number]: !isOpen })}
              />
            </Fragment>
          )
        })}
        <End delivery={delivery} isHeld={isHeld} />
      </ol>
    </section>
  )
}

function Gap({ ms }: { ms: number }) {
  return (
    <li className="flex items-stretch gap-3">
      <span className="flex w-5 justify-center" aria-hidden>
        <span className="min-h-7 border-line-strong border-l" />
      </span>
      <span className="self-center text-ink-3 text-xs tabular-nums">{wait(ms)} later</span>
    </li>
  )
}

type AttemptItemProps = { attempt: Attempt; longest: number; isEnd: boolean; isOpen: boolean; onToggle: () => void }

function AttemptItem({ attempt, longest, isEnd, isOpen, onToggle }: AttemptItemProps) {
  const { number, at, duration_ms, response, error } = attempt
  const isTaken = error === null && response !== null && response.status >= 200 && response.status < 300
  return (
    <li>
      <button
        type="button"
        aria-expanded={isOpen}
        onClick={onToggle}
        className="-mx-2 flex w-[calc(100%+1rem)] items-center gap-3 rounded-md px-2 py-2 text-left hover:bg-hover"
      >
        <span className="flex w-5 shrink-0 justify-center">
          {isTaken ? (
            <CircleCheck size={20} className="text-green" aria-hidden />
          ) : (
            <CircleX size={20} className="text-red" aria-hidden />
          )}
        </span>
        <span className="min-w-0 flex-1">
          <span className="font-medium">{outcomeOf(attempt)}</span>
          <span className="mt-0.5 block text-ink-3 text-xs tabular-nums">
            <span className="sr-only">Attempt </span>
            <span aria-hidden>#</span>
            {number} · <time dateTime={at}>{clockOf(at)}</time>
          </span>
        </span>
        <span className="flex shrink-0 items-center gap-2 text-ink-3 text-xs tabular-nums">
          <Length ms={duration_ms} longest={longest} isTaken={isTaken} />
          <span className="w-13 text-right">{duration(duration_ms)}</span>
          <ChevronRight size={14} className={cx('transition-transform', isOpen && 'rotate-90')} aria-hidden />
        </span>
      </button>
      {isOpen && (
        <div
          className={cx(
            'relative before:absolute before:inset-y-0 before:left-2.5 before:border-line-strong before:border-l max-md:before:hidden',
            isEnd && 'before:hidden',
          )}
        >
          <AttemptDetail attempt={attempt} />
        </div>
      )}
    </li>
  )
}

/** How much of its time an attempt took. */
function Length({ ms, longest, isTaken }: { ms: number; longest: number; isTaken: boolean }) {
  const share = Math.min(ms / longest, 1) * 100
  return (
    <span
      className="relative block h-2 w-28 overflow-hidden rounded-full bg-ink/8 max-md:w-14"
      data-tip={`${duration(ms)} of at most ${longest / 1_000} s`}
      aria-hidden
    >
      <span
        className={cx('absolute inset-y-0 left-0 min-w-[3px] rounded-full', isTaken ? 'bg-green' : 'bg-red')}
        style={{ width: `${share}%` }}
      />
    </span>
  )
}

function outcomeOf({ response, error }: Attempt): string {
  if (error && response) return `${failureOf(error.code)}, answered ${response.status}`
  if (error) return failureOf(error.code)
  return response ? `Answered ${response.status}` : 'No answer'
}

/** What comes after the attempts there were. */
function End({ delivery, isHeld }: AttemptTimelineProps) {
  const { status, attempts, next_attempt_at: next, finished_at } = delivery
  if (status === 'succeeded') return null
  return (
    <>
      {attempts.length > 0 && (
        <li className="flex w-5 justify-center" aria-hidden>
          <span className="h-5 border-line-strong border-l border-dashed" />
        </li>
      )}
      <li className="flex items-center gap-3 py-2">
        <span className="flex w-5 shrink-0 justify-center text-ink-3">
          {status === 'failed' ? <CircleX size={20} aria-hidden /> : <CircleDashed size={20} aria-hidden />}
        </span>
        {status === 'failed' ? (
          <span className="text-ink-2">
            Given up {finished_at && <time dateTime={finished_at}>{momentOf(finished_at)}</time>}. It is not sent again
            unless it is replayed.
          </span>
        ) : (
          <Due at={next} isFirst={attempts.length === 0} isHeld={isHeld} />
        )}
      </li>
    </>
  )
}

function Due({ at, isFirst, isHeld }: { at: string | null; isFirst: boolean; isHeld: boolean }) {
  const now = useSeconds()
  const left = at === null ? 0 : Date.parse(at) - now
  if (isHeld) return <span className="text-ink-2">It waits until the endpoint is switched on.</span>
  if (left <= 0)
    return (
      <span className="text-ink-2">
        {isFirst ? 'The first attempt is under way.' : 'The next attempt is under way.'}
      </span>
    )
  return (
    <span className="text-ink-2">
      Next attempt in <span className="font-medium tabular-nums">{wait(left)}</span>
      <span className="block text-ink-3 text-xs tabular-nums">{at && momentOf(at)}</span>
    </span>
  )
}
