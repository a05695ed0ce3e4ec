import { CloudAlert, Lock } from 'lucide-react'
import type { ReactNode } from 'react'
import { Button } from './button.tsx'

type StateProps = { icon?: ReactNode; title: string; children?: ReactNode; action?: ReactNode }

/** What will be here, and the one action that starts it. */
export function EmptyState({ icon, title, children, action }: StateProps) {
  return (
    <div className="flex h-full animate-appear flex-col items-center justify-center gap-1.5 p-8 text-center">
      {icon && <span className="mb-2 text-ink-3">{icon}</span>}
      <h2 className="font-medium text-base text-ink">{title}</h2>
      {children && <div className="max-w-[40ch] text-balance text-ink-3 text-sm leading-[1.45]">{children}</div>}
      {action && <div className="mt-3">{action}</div>}
    </div>
  )
}

/** What happened, what is safe, and the way to try again. */
export function ErrorState({
  title,
  children,
  retry,
  reference,
}: StateProps & { retry?: () => void; reference?: string | undefined }) {
  return (
    <div role="alert" className="h-full">
      <EmptyState
        icon={<CloudAlert size={20} aria-hidden />}
        title={title}
        action={retry && <Button onClick={retry}>Try again</Button>}
      >
        {children}
        {reference && <p className="mt-1 select-all font-mono text-xs">{reference}</p>}
      </EmptyState>
    </div>
  )
}

export function ForbiddenState({ title, children }: StateProps) {
  return (
    <EmptyState icon={<Lock size={20} aria-hidden />} title={title}>
      {children}
    </EmptyState>
  )
}
