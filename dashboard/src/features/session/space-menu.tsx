/** Which workspace, and live or test. */
import { useNavigate } from '@tanstack/react-router'
import { Building2, ChevronsUpDown, FlaskConical, Radio } from 'lucide-react'
import { Menu, type MenuItem } from '../../ui/menu.tsx'
import { slugOf } from './session.ts'
import { useSpace } from './space.tsx'

/** Leads to the inbox of another space. */
export function useGoToSpace(): (slug: string) => void {
  const navigate = useNavigate()
  return (slug) => {
    navigate({ to: '/w/$space/inbox', params: { space: slug } })
  }
}

export function SpaceMenu() {
  const { workspace, workspaces, mode } = useSpace()
  const go = useGoToSpace()

  const modes: MenuItem[] = [
    {
      label: 'Live',
      detail: 'Real customers',
      icon: <Radio size={16} />,
      checked: mode === 'live',
      run: () => go(slugOf(workspace, 'live')),
    },
    {
      label: 'Test',
      detail: 'Nothing leaves the building',
      icon: <FlaskConical size={16} />,
      checked: mode === 'test',
      run: () => go(slugOf(workspace, 'test')),
    },
  ]
  const others: MenuItem[] = workspaces.map((one) => ({
    label: one.name,
    icon: <Building2 size={16} />,
    checked: one.id === workspace.id,
    run: () => go(slugOf(one, mode)),
  }))
  const items: MenuItem[] =
    workspaces.length > 1 ? [...modes, { kind: 'heading', label: 'Workspaces' }, ...others] : modes

  return (
    <Menu
      items={items}
      trigger={
        <button
          type="button"
          className="-ml-1.5 flex min-w-0 items-center gap-1 rounded-md px-1.5 py-1 font-semibold text-base tracking-[-0.01em] transition-colors hover:bg-hover"
        >
          <span className="truncate">{workspace.name}</span>
          <ChevronsUpDown size={14} className="shrink-0 text-ink-3" aria-hidden />
          <span className="sr-only">: switch workspace or mode</span>
        </button>
      }
    />
  )
}
