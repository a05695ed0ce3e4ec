/** Requests a minute against the limit: all of them, and by key. */
import { Activity } from 'lucide-react'
import { useState } from 'react'
import { explain, isStatus, requestIdOf } from '../../api.ts'
import { cx } from '../../ui/class-names.ts'
import { Skeleton } from '../../ui/skeleton.tsx'
import { EmptyState, ErrorState, ForbiddenState } from '../../ui/states.tsx'
import { SettingsHeading } from '../desk/settings-heading.tsx'
import { type Bin, busiest, type Span, spans, toBins } from './bins.ts'
import { useUsage } from './queries.ts'
import type { Usage } from './schema.ts'
import { UsageCallers } from './usage-callers.tsx'
import { UsageChart } from './usage-chart.tsx'
import { UsageTable } from './usage-table.tsx'
import { count, moment } from './words.ts'

export function UsagePage() {
  const [span, setSpan] = useState<Span>(spans[0])
  const { data, error, isPending, refetch } = useUsage(span.minutes)
  return (
    <>
      <SettingsHeading title="Usage">
        Requests a minute against the limit of the plan. The sandbox has the same limit, counted apart.
      </SettingsHeading>
      <SpanPicker span={span} onPick={setSpan} />
      {isPending && <Skeleton className="h-80 w-full animate-late" />}
      {isStatus(error, 403) && (
        <ForbiddenState title="Usage is for admins">Ask an admin of this workspace.</ForbiddenState>
      )}
      {error && !data && !isStatus(error, 403) && (
        <ErrorState title="The usage did not load" retry={refetch} reference={requestIdOf(error)}>
          {explain(error)}
        </ErrorState>
      )}
      {data && <Shown usage={data} />}
    </>
  )
}

/** What came back may still be of the span before: it is drawn as what it is. */
function Shown({ usage }: { usage: Usage }) {
  const minutes = (Date.parse(usage.until) - Date.parse(usage.from)) / 60_000 + 1
  const { per } = spans.find((one) => one.minutes === minutes) ?? spans[0]
  const bins = toBins(usage, usage.callers, per)
  return (
    <>
      <Figures usage={usage} bins={bins} />
      <UsageChart bins={bins} per={per} limit={usage.limit} />
      <Legend />
      <UsageTable bins={bins} per={per} />
      <h2 className="mt-8 mb-3 font-semibold text-base">By key</h2>
      {usage.callers.length === 0 && (
        <EmptyState icon={<Activity size={20} aria-hidden />} title="No requests yet">
          Whoever calls the API will be here, minute by minute.
        </EmptyState>
      )}
      {usage.callers.length > 0 && <UsageCallers usage={usage} per={per} />}
    </>
  )
}

function Figures({ usage, bins }: { usage: Usage; bins: readonly Bin[] }) {
  const { limit, standing } = usage
  const peak = busiest(bins)
  const refused = usage.callers.reduce((sum, caller) => sum + caller.refused, 0)
  const left = limit === null || standing === null ? 'no limit' : `of ${count(limit)} left this minute`
  return (
    <dl className="mb-6 grid grid-cols-3 gap-4">
      <Figure name="Now" value={standing === null ? '∞' : count(standing.remaining)} more={left} />
      <Figure
        name="Busiest minute"
        value={peak ? count(peak.requests + peak.refused) : '–'}
        more={peak ? moment(peak.at) : 'no requests'}
      />
      <Figure name="Refused" value={count(refused)} more="over a limit" isBad={refused > 0} />
    </dl>
  )
}

function Figure({ name, value, more, isBad = false }: { name: string; value: string; more: string; isBad?: boolean }) {
  return (
    <div className="min-w-0">
      <dt className="text-ink-3 text-xs">{name}</dt>
      <dd className={cx('mt-1 font-semibold text-xl tabular-nums tracking-[-0.015em]', isBad && 'text-red')}>
        {value}
        <span className="mt-0.5 block font-normal text-ink-3 text-xs tracking-normal">{more}</span>
      </dd>
    </div>
  )
}

function Legend() {
  return (
    <p className="mt-1 flex gap-4 text-ink-3 text-xs" aria-hidden="true">
      <span className="inline-flex items-center gap-1.5">
        <span className="size-2.5 bg-accent" /> let through
      </span>
      <span className="inline-flex items-center gap-1.5">
        <span className="size-2.5 bg-red-paper ring-1 ring-red ring-inset" /> refused
      </span>
    </p>
  )
}

function SpanPicker({ span, onPick }: { span: Span; onPick: (span: Span) => void }) {
  return (
    <fieldset className="mb-6 inline-flex rounded-md bg-sunken p-0.5">
      <legend className="sr-only">How far back</legend>
      {spans.map((one) => (
        <label
          key={one.id}
          className={cx(
            'relative flex h-7 cursor-pointer items-center whitespace-nowrap rounded px-2.5 text-sm transition-colors',
            'has-focus-visible:outline-2 has-focus-visible:outline-accent has-focus-visible:outline-offset-2',
            one.id === span.id ? 'bg-raised font-medium text-ink ring-1 ring-line-strong' : 'text-ink-2 hover:text-ink',
          )}
        >
          <input
            type="radio"
            name="span"
            className="sr-only"
            checked={one.id === span.id}
            onChange={() => onPick(one)}
          />
          {one.label}
        </label>
      ))}
    </fieldset>
  )
}
