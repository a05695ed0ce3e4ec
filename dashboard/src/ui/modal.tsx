/** The browser's own modal dialog: focus stays inside, Escape closes, focus returns to where it was. */
import { type ReactNode, useEffect, useRef } from 'react'
import { cx } from './class-names.ts'

type ModalProps = { onClose: () => void; className: string; label?: string; labelledBy?: string; children: ReactNode }

export function Modal({ onClose, className, label, labelledBy, children }: ModalProps) {
  const element = useRef<HTMLDialogElement>(null)

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
      aria-label={label}
      aria-labelledby={labelledBy}
      onCancel={(event) => {
        event.preventDefault()
        onClose()
      }}
      onClick={(event) => event.target === event.currentTarget && onClose()}
      className={cx(
        'w-[calc(100%-2rem)] rounded-lg bg-raised text-ink shadow-float outline-none open:animate-rise',
        'backdrop:bg-scrim',
        className,
      )}
    >
      {children}
    </dialog>
  )
}
