/** The browser's own modal dialog: focus stays inside, Escape closes, focus returns to where it was. */
import { X } from 'lucide-react'
import { type ReactNode, useEffect, useId, useRef } from 'react'
import { IconButton } from './button.tsx'
import { cx } from './class-names.ts'

type DialogProps = { title: string; onClose: () => void; wide?: boolean; children: ReactNode }

export function Dialog({ title, onClose, wide = false, children }: DialogProps) {
  const element = useRef<HTMLDialogElement>(null)
  const heading = useId()

  useEffect(() => {
    const dialog = element.current
    dialog?.showModal()
    // The browser would choose the first button, which closes. A field is what one came for; else the dialog itself.
    const field = dialog?.querySelector('input, textarea, select')
    if (field instanceof HTMLElement) field.focus()
    else dialog?.focus()
    return () => dialog?.close()
  }, [])

  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: Escape is the keyboard's way, and the browser sees to it.
    <dialog
      ref={element}
      tabIndex={-1}
      aria-labelledby={heading}
      onCancel={(event) => {
        event.preventDefault()
        onClose()
      }}
      onClick={(event) => event.target === event.currentTarget && onClose()}
      className={cx(
        'm-auto outline-none max-h-[85dvh] w-[calc(100%-2rem)] rounded-lg bg-raised text-ink shadow-float open:animate-rise',
        'backdrop:bg-ink/25 dark:backdrop:bg-sunken/70',
        wide ? 'max-w-2xl' : 'max-w-md',
      )}
    >
      <div className="flex items-center justify-between gap-4 py-3 pr-3 pl-5">
        <h2 id={heading} className="font-semibold text-lg">
          {title}
        </h2>
        <IconButton label="Close" onClick={onClose}>
          <X size={16} />
        </IconButton>
      </div>
      <div className="px-5 pb-5">{children}</div>
    </dialog>
  )
}
