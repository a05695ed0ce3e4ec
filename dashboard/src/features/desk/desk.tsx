/** The frame around everything: navigation, and beside it whatever the address names. */

import { useNavigate } from '@tanstack/react-router'
import { lazy, type ReactNode, Suspense, useState } from 'react'
import { chunk } from '../../chunk.ts'
import { useHotkeys } from '../../ui/hotkeys.ts'
import { Logo } from '../../ui/logo.tsx'
import { Skeleton } from '../../ui/skeleton.tsx'
import { useSpace } from '../session/space.tsx'
import { NavRail } from './nav-rail.tsx'
import { OfflineBar } from './offline-bar.tsx'
import { TestBand } from './test-band.tsx'

const Palette = lazy(() => chunk(() => import('./palette.tsx')))
const ShortcutSheet = lazy(() => chunk(() => import('./shortcut-sheet.tsx')))

export function Desk({ children }: { children: ReactNode }) {
  const { slug } = useSpace()
  const navigate = useNavigate()
  const [isSheetOpen, setSheetOpen] = useState(false)
  const [isPaletteOpen, setPaletteOpen] = useState(false)
  const goTo = (view: string) => navigate({ to: '/w/$space/inbox/$view', params: { space: slug, view } })

  useHotkeys({
    '?': () => setSheetOpen(true),
    'mod+k': () => setPaletteOpen(true),
    'g i': () => goTo('unassigned'),
    'g m': () => goTo('mine'),
    'g a': () => goTo('all'),
    'g s': () => navigate({ to: '/w/$space/settings/inboxes', params: { space: slug } }),
  })

  return (
    <div className="group/desk flex h-full flex-col">
      <TestBand />
      <OfflineBar />
      <div className="flex min-h-0 flex-1 max-md:flex-col-reverse">
        <NavRail onSearch={() => setPaletteOpen(true)} onShortcuts={() => setSheetOpen(true)} />
        <div className="flex min-h-0 min-w-0 flex-1">{children}</div>
      </div>
      {isPaletteOpen && (
        <Suspense>
          <Palette onClose={() => setPaletteOpen(false)} onShortcuts={() => setSheetOpen(true)} />
        </Suspense>
      )}
      {isSheetOpen && (
        <Suspense>
          <ShortcutSheet onClose={() => setSheetOpen(false)} />
        </Suspense>
      )}
    </div>
  )
}

/** The frame before it is known what it will hold. */
export function DeskSkeleton() {
  return (
    <div className="flex h-full" role="status" aria-label="Opening the desk">
      <div className="flex w-12 shrink-0 justify-center border-line border-r pt-3.5 max-md:hidden">
        <Logo size={22} />
      </div>
      <div className="w-full animate-late border-line md:w-80 md:border-r">
        <div className="p-4">
          <Skeleton className="h-4 w-32" />
        </div>
        <RowSkeletons count={9} />
      </div>
      <div className="flex-1 bg-surface max-md:hidden" />
    </div>
  )
}

/** Rows of a list of conversations, in their own measure. */
export function RowSkeletons({ count }: { count: number }) {
  return (
    <div className="animate-late" aria-hidden>
      {Array.from({ length: count }, (_, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the rows are all alike.
        <div key={index} className="flex h-16 items-center gap-3 px-4">
          <Skeleton className="size-8 shrink-0 rounded-full" />
          <div className="flex flex-1 flex-col gap-2">
            <Skeleton className={index % 2 ? 'h-3 w-2/5' : 'h-3 w-1/2'} />
            <Skeleton className={index % 3 ? 'h-3 w-5/6' : 'h-3 w-3/5'} />
          </div>
        </div>
      ))}
    </div>
  )
}
