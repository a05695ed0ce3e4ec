import { type ComponentProps, type ReactNode, useId } from 'react'
import { cx } from './class-names.ts'

const box =
  'w-full rounded-md bg-raised text-ink ring-1 ring-inset ring-line-strong transition-shadow hover:ring-field aria-invalid:ring-red disabled:opacity-60'

export function Input({ className, ...rest }: ComponentProps<'input'>) {
  return <input {...rest} className={cx(box, 'h-8 px-2.5 text-sm pointer-coarse:text-lg', className)} />
}

export function TextArea({ className, ...rest }: ComponentProps<'textarea'>) {
  return <textarea {...rest} className={cx(box, 'min-h-16 resize-y px-2.5 py-1.5 text-sm leading-[1.45]', className)} />
}

export function Select({ className, ...rest }: ComponentProps<'select'>) {
  return <select {...rest} className={cx(box, 'h-8 px-2 text-sm', className)} />
}

type FieldProps = {
  label: string
  hint?: ReactNode
  error?: string | undefined
  children: (control: {
    id: string
    'aria-describedby': string | undefined
    'aria-invalid': boolean | undefined
  }) => ReactNode
}

/** A label, its control, and what is wrong with it, tied together for a screen reader. */
export function Field({ label, hint, error, children }: FieldProps) {
  const id = useId()
  const note = error ?? hint
  return (
    <div className="flex flex-col gap-1.5">
      <label htmlFor={id} className="font-medium text-ink text-sm">
        {label}
      </label>
      {children({ id, 'aria-describedby': note ? `${id}-note` : undefined, 'aria-invalid': error ? true : undefined })}
      {note && (
        <p id={`${id}-note`} className={cx('text-xs', error ? 'text-red' : 'text-ink-3')}>
          {note}
        </p>
      )}
    </div>
  )
}
