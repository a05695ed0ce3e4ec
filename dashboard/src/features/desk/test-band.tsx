import { FlaskConical } from 'lucide-react'
import { slugOf } from '../session/session.ts'
import { useSpace } from '../session/space.tsx'
import { useGoToSpace } from '../session/space-menu.tsx'

/** The sign that nothing here is real. */
export function TestBand() {
  const { mode, workspace } = useSpace()
  const go = useGoToSpace()
  if (mode === 'live') return null
  return (
    <div
      role="status"
      className="hatched flex h-8 shrink-0 items-center justify-center gap-2 bg-inverse px-3 text-on-inverse text-sm"
    >
      <FlaskConical size={16} aria-hidden />
      <span className="truncate">
        <strong className="font-semibold">Test mode.</strong>{' '}
        <span className="max-sm:hidden">Nothing here reaches a customer.</span>
      </span>
      <button
        type="button"
        className="rounded-md px-2 py-1 font-medium underline underline-offset-2 outline-on-inverse!"
        onClick={() => go(slugOf(workspace, 'live'))}
      >
        Back to live
      </button>
    </div>
  )
}
