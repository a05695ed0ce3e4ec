import type { ReactNode } from 'react'

export function TagChip({ name, children }: { name: string; children?: ReactNode }) {
  return (
    <span className="flex h-6 max-w-full items-center gap-1 rounded-md bg-ink/6 px-2 text-ink-2 text-xs">
      <span dir="auto" className="truncate">
        {name}
      </span>
      {children}
    </span>
  )
}
