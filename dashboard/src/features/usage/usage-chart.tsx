/** Requests a minute as bars against the limit. What was let through is filled, what was refused is hollow above it. */
import { useId } from 'react'
import { type Bin, busiest, ticks, topOf } from './bins.ts'
import { useWidth } from './use-width.ts'
import { count, describe, moment } from './words.ts'

type UsageChartProps = { bins: readonly Bin[]; per: number; limit: number | null }

const height = 232
const edge = { top: 26, right: 8, bottom: 26, left: 44 }
/** Pixels that the words of a time want to themselves, and those with a day in front. */
const labels = { clock: 76, day: 112 }

export function UsageChart({ bins, per, limit }: UsageChartProps) {
  const [frame, width] = useWidth<HTMLDivElement>()
  const id = useId()
  return (
    <div ref={frame} className="w-full" style={{ height }}>
      {width > 0 && (
        <svg width={width} height={height} role="img" aria-labelledby={`${id}-title ${id}-desc`} className="block">
          <title id={`${id}-title`}>Requests a minute</title>
          <desc id={`${id}-desc`}>{summary(bins, per, limit)}</desc>
          <Drawing bins={bins} per={per} limit={limit} width={width} />
        </svg>
      )}
    </div>
  )
}

function Drawing({ bins, per, limit, width }: UsageChartProps & { width: number }) {
  const peak = bins.reduce((most, bin) => Math.max(most, bin.requests + bin.refused), 0)
  const steps = ticks(topOf(peak, limit))
  const top = steps.at(-1) ?? 1
  const inner = { width: width - edge.left - edge.right, height: height - edge.top - edge.bottom }
  const slot = inner.width / Math.max(bins.length, 1)
  const gap = slot > 4 ? 1.5 : 0.5
  const x = (index: number) => edge.left + index * slot
  const y = (value: number) => edge.top + inner.height * (1 - value / top)
  const room = bins.length * per > 24 * 60 ? labels.day : labels.clock
  const every = Math.ceil((bins.length * room) / inner.width)
  const isLimitInSight = limit !== null && limit <= top

  return (
    <g className="text-xs tabular-nums">
      {steps.map((step) => (
        <g key={step}>
          <line x1={edge.left} x2={width - edge.right} y1={y(step)} y2={y(step)} className="stroke-line" />
          <text x={edge.left - 8} y={y(step) + 4} textAnchor="end" className="fill-ink-3">
            {count(step)}
          </text>
        </g>
      ))}
      <text x={0} y={12} className="fill-ink-3">
        requests a minute
      </text>
      {bins.map((bin, index) => (
        <g key={bin.at}>
          <Bar left={x(index)} width={slot - gap} from={y(0)} to={y(bin.requests)} className="fill-accent" />
          {bin.refused > 0 && (
            <Bar
              left={x(index) + 0.75}
              width={slot - gap - 1.5}
              from={y(bin.requests) - 1}
              to={y(bin.requests + bin.refused)}
              className="fill-red-paper stroke-red [stroke-width:1.5]"
            />
          )}
          <rect
            x={x(index)}
            y={edge.top}
            width={slot}
            height={inner.height}
            data-tip={describe(bin, per)}
            className="fill-transparent hover:fill-ink/5"
          />
          {index % every === 0 && x(index) + room * 0.8 < width && (
            <text x={x(index)} y={height - 8} className="fill-ink-3">
              {moment(bin.at)}
            </text>
          )}
        </g>
      ))}
      {isLimitInSight && (
        <line
          x1={edge.left}
          x2={width - edge.right}
          y1={y(limit)}
          y2={y(limit)}
          strokeDasharray="5 4"
          className="stroke-ink-2 [stroke-width:1.25]"
        />
      )}
      {limit !== null && (
        <text x={width - edge.right} y={12} textAnchor="end" className="fill-ink-2">
          {isLimitInSight ? `- - -  limit ${count(limit)}` : `limit ${count(limit)}, far above`}
        </text>
      )}
    </g>
  )
}

type BarProps = { left: number; width: number; from: number; to: number; className: string }

function Bar({ left, width, from, to, className }: BarProps) {
  if (from - to <= 0) return null
  return <rect x={left} y={to} width={Math.max(width, 0.5)} height={from - to} className={className} />
}

function summary(bins: readonly Bin[], per: number, limit: number | null): string {
  const peak = busiest(bins)
  const against = limit === null ? 'There is no limit.' : `The limit is ${count(limit)} a minute.`
  return peak ? `${against} The busiest: ${describe(peak, per)}.` : `${against} There were no requests.`
}
