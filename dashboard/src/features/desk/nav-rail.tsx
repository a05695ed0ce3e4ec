import { Link } from '@tanstack/react-router'
import { FlaskConical, Inbox, Keyboard, PanelLeftClose, PanelLeftOpen, Search, Settings2 } from 'lucide-react'
import type { ReactNode } from 'react'
import { cx } from '../../ui/class-names.ts'
import { Logo } from '../../ui/logo.tsx'
import { useStoredFlag } from '../../ui/stored.ts'
import { AccountMenu } from '../session/account-menu.tsx'
import { slugOf } from '../session/session.ts'
import { useSpace } from '../session/space.tsx'
import { useGoToSpace } from '../session/space-menu.tsx'

const item =
  'flex h-9 w-full shrink-0 items-center gap-3 rounded-md px-[9px] text-ink-2 text-sm transition-colors hover:bg-hover hover:text-ink max-md:h-11 max-md:w-11 max-md:justify-center max-md:px-0'

/** 48 px of icons with their names on hover; wide enough for the names when asked. On a phone it lies at the bottom. */
export function NavRail({ onSearch, onShortcuts }: { onSearch: () => void; onShortcuts: () => void }) {
  const { slug, mode, workspace } = useSpace()
  const [isWide, setWide] = useStoredFlag('nav-wide', false)
  const go = useGoToSpace()
  const tip = (label: string) => (isWide ? {} : { 'data-tip': label, 'data-tip-side': 'right', 'aria-label': label })
  const name = (text: string): ReactNode => isWide && <span className="truncate max-md:hidden">{text}</span>

  return (
    <nav
      aria-label="Main"
      className={cx(
        'flex shrink-0 flex-col gap-1 border-line border-r p-1.5',
        'max-md:h-14 max-md:w-full max-md:flex-row max-md:items-center max-md:justify-around max-md:border-t max-md:border-r-0 max-md:pb-[env(safe-area-inset-bottom)] max-md:group-has-[[data-covers]]/desk:hidden',
        isWide ? 'md:w-44' : 'md:w-12',
      )}
    >
      <div className="flex h-10 items-center px-1.5 max-md:hidden">
        <Logo size={24} label="Antiphon" />
      </div>
      <Link
        to="/w/$space/inbox"
        params={{ space: slug }}
        {...tip('Inbox')}
        data-tip-keys="g i"
        className={item}
        activeProps={{ className: 'bg-accent-paper text-accent-ink! font-medium' }}
      >
        <Inbox size={20} className="shrink-0" aria-hidden />
        {name('Inbox')}
      </Link>
      <button type="button" {...tip('Search')} data-tip-keys="mod+k" className={item} onClick={onSearch}>
        <Search size={20} className="shrink-0" aria-hidden />
        {name('Search')}
      </button>
      <div className="flex-1 max-md:hidden" />
      <button
        type="button"
        role="switch"
        aria-checked={mode === 'test'}
        {...tip(mode === 'test' ? 'Back to live' : 'Test mode')}
        className={cx(
          item,
          mode === 'test' && 'hatched bg-inverse text-on-inverse hover:bg-inverse hover:text-on-inverse',
        )}
        onClick={() => go(slugOf(workspace, mode === 'test' ? 'live' : 'test'))}
      >
        <FlaskConical size={20} className="shrink-0" aria-hidden />
        {name('Test mode')}
      </button>
      <Link
        to="/w/$space/settings"
        params={{ space: slug }}
        {...tip('Settings')}
        data-tip-keys="g s"
        className={item}
        activeProps={{ className: 'bg-accent-paper text-accent-ink! font-medium' }}
      >
        <Settings2 size={20} className="shrink-0" aria-hidden />
        {name('Settings')}
      </Link>
      <button
        type="button"
        {...tip('Keyboard')}
        data-tip-keys="?"
        className={cx(item, 'max-md:hidden pointer-coarse:hidden')}
        onClick={onShortcuts}
      >
        <Keyboard size={20} className="shrink-0" aria-hidden />
        {name('Keyboard')}
      </button>
      <button
        type="button"
        {...tip('Show names')}
        aria-expanded={isWide}
        className={cx(item, 'max-md:hidden')}
        onClick={() => setWide(!isWide)}
      >
        {isWide ? (
          <PanelLeftClose size={20} className="shrink-0" aria-hidden />
        ) : (
          <PanelLeftOpen size={20} className="shrink-0" aria-hidden />
        )}
        {name('Hide names')}
      </button>
      <AccountMenu isWide={isWide} />
    </nav>
  )
}
