import type { Bin } from './bins.ts'
import { count, moment } from './words.ts'

/** What the chart draws, in numbers; bars that stand for nothing are left out. */
export function UsageTable({ bins, per }: { bins: readonly Bin[]; per: number }) {
  const rows = bins.filter(({ requests, refused }) => requests + refused > 0).toReversed()
  return (
    <details className="mt-2 text-sm">
      <summary className="inline-flex cursor-pointer rounded-md py-1 text-ink-3 hover:text-ink">
        Show as a table
      </summary>
      <section
        className="scroll-quiet mt-2 max-h-80 border-line border-y"
        aria-label="Requests a minute"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by the keyboard.
        tabIndex={0}
      >
        <table className="w-full tabular-nums">
          <thead className="sticky top-0 bg-surface text-ink-3 text-xs">
            <tr className="h-8 text-right">
              <th scope="col" className="px-2 text-left font-medium">
                {per === 1 ? 'Minute' : `Busiest minute of ${per}`}
              </th>
              <th scope="col" className="px-2 font-medium">
                Requests
              </th>
              <th scope="col" className="px-2 font-medium">
                Refused
              </th>
            </tr>
          </thead>
          <tbody className="divide-y divide-line">
            {rows.map((bin) => (
              <tr key={bin.at} className="h-8 text-right">
                <th scope="row" className="px-2 text-left font-normal">
                  {moment(bin.at)}
                </th>
                <td className="px-2">{count(bin.requests)}</td>
                <td className="px-2">{count(bin.refused)}</td>
              </tr>
            ))}
          </tbody>
        </table>
        {rows.length === 0 && <p className="px-2 py-3 text-ink-3">No requests.</p>}
      </section>
    </details>
  )
}
