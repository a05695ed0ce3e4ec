import { Kbd } from '../../ui/kbd.tsx'
import { Logo } from '../../ui/logo.tsx'
import { EmptyState } from '../../ui/states.tsx'
import { useTitle } from '../../ui/title.ts'
import { useSpace } from '../session/space.tsx'
import { useCounts } from './queries.ts'

/** The thread's place while none is open. */
export function ChooseOne() {
  const { workspace, mode } = useSpace()
  const waiting = useCounts().data?.unassigned
  useTitle(mode === 'test' && 'Test', waiting ? `Inbox (${waiting})` : 'Inbox', workspace.name)
  return (
    <main className="flex-1 text-ink-3">
      <EmptyState icon={<Logo size={40} />} title="No conversation open">
        <span className="mt-1 flex items-center justify-center gap-1.5 pointer-coarse:hidden">
          <Kbd keys="j" strong /> <Kbd keys="k" strong /> to move, <Kbd keys="o" strong /> to open,{' '}
          <Kbd keys="?" strong /> for the rest
        </span>
      </EmptyState>
    </main>
  )
}
