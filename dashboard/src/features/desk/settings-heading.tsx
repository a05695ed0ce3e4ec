import type { ReactNode } from 'react'
import { useTitle } from '../../ui/title.ts'

export function SettingsHeading({
  title,
  children,
  action,
}: {
  title: string
  children?: ReactNode
  action?: ReactNode
}) {
  useTitle(title, 'Settings')
  return (
    <header className="mb-6 flex items-start justify-between gap-4">
      <div>
        <h1 className="font-semibold text-xl tracking-[-0.015em]">{title}</h1>
        {children && <p className="mt-1 max-w-[56ch] text-ink-3 leading-[1.45]">{children}</p>}
      </div>
      {action}
    </header>
  )
}
