import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { Logo } from '../../ui/logo.tsx'
import { EmptyState } from '../../ui/states.tsx'

export function NotFound({ title, children }: { title: string; children: ReactNode }) {
  return (
    <EmptyState
      icon={<Logo size={32} />}
      title={title}
      action={
        <Link to="/" className="text-accent-ink text-sm underline underline-offset-2">
          Go to the inbox
        </Link>
      }
    >
      {children}
    </EmptyState>
  )
}
