import type { ComponentProps, ReactNode } from 'react'
import { cx } from './class-names.ts'
import { Kbd } from './kbd.tsx'
import { Spinner } from './spinner.tsx'

type Look = 'primary' | 'plain' | 'quiet' | 'danger'

const looks: Record<Look, string> = {
  primary: 'bg-accent text-on-accent hover:bg-accent-strong font-medium',
  plain: 'bg-raised text-ink ring-1 ring-inset ring-line-strong hover:bg-hover font-medium',
  quiet: 'text-ink-2 hover:bg-hover hover:text-ink',
  danger: 'bg-raised text-red ring-1 ring-inset ring-line-strong hover:bg-red-paper font-medium',
}

const sizes = { sm: 'h-7 px-2 gap-1.5', md: 'h-8 px-3 gap-2', lg: 'h-10 px-4 gap-2 text-base' }

export type ButtonProps = Omit<ComponentProps<'button'>, 'children'> & {
  look?: Look
  size?: keyof typeof sizes
  icon?: ReactNode
  busy?: boolean
  keys?: string
  children: ReactNode
}

export function Button({ look = 'plain', size = 'md', icon, busy = false, keys, children, ...rest }: ButtonProps) {
  return (
    <button
      type="button"
      {...rest}
      aria-busy={busy || undefined}
      className={cx(
        'inline-flex shrink-0 select-none items-center justify-center whitespace-nowrap rounded-md text-sm transition-colors',
        'disabled:cursor-default disabled:opacity-50',
        looks[look],
        sizes[size],
        rest.className,
      )}
    >
      {busy ? <Spinner /> : icon}
      {children}
      {keys && <Kbd keys={keys} />}
    </button>
  )
}

export type IconButtonProps = Omit<ComponentProps<'button'>, 'aria-label' | 'children'> & {
  label: string
  keys?: string
  pressed?: boolean
  side?: 'top' | 'right' | 'bottom'
  children: ReactNode
}

/** An icon that says its name on hover and to a screen reader. */
export function IconButton({ label, keys, pressed, side = 'bottom', children, ...rest }: IconButtonProps) {
  return (
    <button
      type="button"
      aria-pressed={pressed}
      {...rest}
      aria-label={label}
      data-tip={label}
      data-tip-keys={keys}
      data-tip-side={side}
      className={cx(
        'inline-flex size-8 shrink-0 items-center justify-center rounded-md text-ink-2 transition-colors',
        'hover:bg-hover hover:text-ink disabled:cursor-default disabled:opacity-40 disabled:hover:bg-transparent',
        pressed && 'bg-hover text-ink',
        rest.className,
      )}
    >
      {children}
    </button>
  )
}
