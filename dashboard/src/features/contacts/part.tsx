import type { ReactNode } from 'react'

/** One part of the context pane, under a hairline. */
export function Part({ title, children }: { title?: string; children: ReactNode }) {
  return (
    <section className="border-line border-t px-5 py-3">
      {title && <h3 className="mb-1 font-medium text-ink-3 text-xs">{title}</h3>}
      {children}
    </section>
  )
}
