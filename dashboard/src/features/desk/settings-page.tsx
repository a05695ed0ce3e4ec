import { getRouteApi, Link, Outlet } from '@tanstack/react-router'
import { useSettingsPages } from './settings-pages.ts'

const route = getRouteApi('/w/$space/settings')

const item =
  'ring-inside flex h-9 items-center gap-2.5 rounded-md px-2.5 text-ink-2 text-sm transition-colors hover:bg-hover hover:text-ink'
const active = { className: 'bg-selected! text-ink! font-medium' }

export function SettingsPage() {
  const { space } = route.useParams()
  const shown = useSettingsPages()
  return (
    <>
      <nav aria-label="Settings" className="flex w-56 shrink-0 flex-col border-line border-r px-3 max-md:hidden">
        <p className="flex h-14 items-center px-2.5 font-semibold text-base tracking-[-0.01em]">Settings</p>
        {shown.map(({ to, name, Icon }) => (
          <Link key={to} to={to} params={{ space }} className={item} activeProps={active}>
            <Icon size={16} aria-hidden /> {name}
          </Link>
        ))}
      </nav>
      <div className="flex min-w-0 flex-1 flex-col bg-surface">
        {/* On a phone the parts lie across the top. */}
        <nav aria-label="Settings" className="flex gap-4 overflow-x-auto border-line border-b px-4 md:hidden">
          {shown.map(({ to, name }) => (
            <Link
              key={to}
              to={to}
              params={{ space }}
              className="ring-inside flex h-12 shrink-0 items-center"
              activeProps={{ className: 'font-semibold' }}
            >
              {name}
            </Link>
          ))}
        </nav>
        <main className="min-h-0 flex-1 scroll-quiet">
          <div className="mx-auto max-w-2xl px-6 py-8 max-md:px-4">
            <Outlet />
          </div>
        </main>
      </div>
    </>
  )
}
