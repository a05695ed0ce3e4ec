/** Short words about what happened elsewhere, with the way back where there is one. */
import { CircleAlert, X } from 'lucide-react'
import { useEffect, useSyncExternalStore } from 'react'
import { IconButton } from './button.tsx'
import { cx } from './class-names.ts'

type Toast = { id: number; text: string; bad: boolean; action: { label: string; run: () => void } | undefined }

let toasts: readonly Toast[] = []
let nextId = 1
const listeners = new Set<() => void>()

function set(next: readonly Toast[]) {
  toasts = next
  for (const listener of listeners) listener()
}

export function say(text: string, action?: Toast['action']): void {
  set([...toasts.slice(-2), { id: nextId++, text, bad: false, action }])
}

export function complain(text: string, action?: Toast['action']): void {
  set([...toasts.slice(-2), { id: nextId++, text, bad: true, action }])
}

function dismiss(id: number) {
  set(toasts.filter((toast) => toast.id !== id))
}

function subscribe(listener: () => void) {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

export function Toaster() {
  const shown = useSyncExternalStore(subscribe, () => toasts)
  return (
    <div className="pointer-events-none fixed top-3 right-3 left-3 z-40 flex flex-col items-center gap-2 md:top-auto md:right-auto md:bottom-4 md:left-16 md:items-start">
      {/* Polite for good news, assertive for bad: two regions that are always there. */}
      <div role="status" className="contents">
        {shown
          .filter((toast) => !toast.bad)
          .map((toast) => (
            <ToastCard key={toast.id} toast={toast} />
          ))}
      </div>
      <div role="alert" className="contents">
        {shown
          .filter((toast) => toast.bad)
          .map((toast) => (
            <ToastCard key={toast.id} toast={toast} />
          ))}
      </div>
    </div>
  )
}

function ToastCard({ toast }: { toast: Toast }) {
  useEffect(() => {
    const timer = setTimeout(() => dismiss(toast.id), toast.bad ? 10_000 : 6000)
    return () => clearTimeout(timer)
  }, [toast])

  return (
    <div className="pointer-events-auto flex max-w-md animate-rise items-center gap-2 rounded-lg bg-inverse py-1 pr-1 pl-3 text-on-inverse text-sm shadow-float">
      {toast.bad && <CircleAlert size={16} className="shrink-0" aria-hidden />}
      <span className="py-1.5">{toast.text}</span>
      {toast.action && (
        <button
          type="button"
          className="rounded-md px-2 py-1.5 font-medium underline underline-offset-2"
          onClick={() => {
            toast.action?.run()
            dismiss(toast.id)
          }}
        >
          {toast.action.label}
        </button>
      )}
      <IconButton
        label="Dismiss"
        side="top"
        className={cx(
          'size-7 text-on-inverse/70 hover:bg-on-inverse/10 hover:text-on-inverse',
          !toast.action && 'ml-1',
        )}
        onClick={() => dismiss(toast.id)}
      >
        <X size={14} />
      </IconButton>
    </div>
  )
}
