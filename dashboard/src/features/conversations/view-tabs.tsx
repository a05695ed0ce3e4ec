import { getRouteApi, Link } from '@tanstack/react-router'
import { useCounts } from './queries.ts'
import { views } from './views.ts'

const route = getRouteApi('/w/$space/inbox/$view')

export function ViewTabs() {
  const { space } = route.useParams()
  const { status } = route.useSearch()
  const counts = useCounts().data
  return (
    <nav aria-label="Views" className="flex shrink-0 gap-4 border-line border-b px-4">
      {views.map((view) => (
        <Link
          key={view.slug}
          to="/w/$space/inbox/$view"
          params={{ space, view: view.slug }}
          search={status ? { status } : {}}
          className="ring-inside relative -mb-px flex h-9 items-center gap-1.5 border-transparent border-b-2 text-ink-2 text-sm transition-colors hover:text-ink"
          activeProps={{ className: 'border-accent! text-ink! font-medium' }}
        >
          {view.name}
          {!status && counts && (
            <span className="tabular font-normal text-ink-3 text-xs">{short(counts[view.slug])}</span>
          )}
        </Link>
      ))}
    </nav>
  )
}

function short(count: number): string {
  return count > 999 ? `${(count / 1000).toFixed(count > 9999 ? 0 : 1)}k` : String(count)
}
