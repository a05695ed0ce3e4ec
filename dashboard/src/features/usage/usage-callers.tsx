/** Who made the requests: each with a small chart of its own, all on one scale. */
import { Ban, KeyRound, Users } from 'lucide-react'
import { type Bin, toBins } from './bins.ts'
import type { Usage, UsageCaller } from './schema.ts'
import { count, requests } from './words.ts'

export function UsageCallers({ usage, per }: { usage: Usage; per: number }) {
  const rows = usage.callers.map((caller) => ({ caller, bins: toBins(usage, [caller], per) }))
  const most = Math.max(1, ...rows.flatMap(({ bins }) => bins.map((bin) => bin.requests + bin.refused)))
  return (
    <ul aria-label="Who made the requests" className="divide-y divide-line border-line border-y">
      {rows.map(({ caller, bins }) => (
        <li key={`${caller.type} ${caller.id}`} className="flex min-h-14 items-center gap-3 px-2 py-2">
          <span className="flex size-8 shrink-0 items-center justify-center rounded-md bg-ink/6 text-ink-2">
            {caller.type === 'people' ? <Users size={16} aria-hidden /> : <KeyRound size={16} aria-hidden />}
          </span>
          <div className="min-w-0 flex-1">
            <p dir="auto" className="truncate font-medium">
              {nameOf(caller)}
            </p>
            <p className="mt-1 flex flex-wrap gap-x-1.5 text-ink-3 text-xs tabular-nums">
              <span>{requests(caller.requests)}</span>
              {caller.limit !== null && <span>· at most {count(caller.limit)} a minute</span>}
              {caller.refused > 0 && (
                <span className="inline-flex items-center gap-1 text-red">
                  <Ban size={12} aria-hidden /> {count(caller.refused)} refused
                </span>
              )}
            </p>
          </div>
          <Spark bins={bins} most={most} />
        </li>
      ))}
    </ul>
  )
}

const size = { width: 144, height: 32 }

function Spark({ bins, most }: { bins: readonly Bin[]; most: number }) {
  const slot = size.width / Math.max(bins.length, 1)
  const tall = (value: number) => (value / most) * size.height
  return (
    <svg
      viewBox={`0 0 ${size.width} ${size.height}`}
      className="h-8 w-36 shrink-0 border-line border-b max-md:w-20"
      preserveAspectRatio="none"
      aria-hidden="true"
    >
      {bins.map((bin, index) => (
        <g key={bin.at}>
          <rect
            x={index * slot}
            y={size.height - tall(bin.requests)}
            width={slot * 0.8}
            height={tall(bin.requests)}
            className="fill-accent"
          />
          <rect
            x={index * slot}
            y={size.height - tall(bin.requests + bin.refused)}
            width={slot * 0.8}
            height={tall(bin.refused)}
            className="fill-red"
          />
        </g>
      ))}
    </svg>
  )
}

function nameOf({ type, id, name }: UsageCaller): string {
  if (type === 'people') return 'People at the desk'
  if (type === 'others') return 'All other keys'
  return name ?? `A key that is gone (${id})`
}
