import { cx } from './class-names.ts'

type SwitchProps = { on: boolean; onChange: (on: boolean) => void; label: string; id?: string }

export function Switch({ on, onChange, label, id }: SwitchProps) {
  return (
    <button
      type="button"
      role="switch"
      id={id}
      aria-checked={on}
      aria-label={label}
      onClick={() => onChange(!on)}
      className={cx(
        'inline-flex h-5 w-9 shrink-0 items-center rounded-full p-0.5 transition-colors',
        on ? 'bg-accent' : 'bg-field',
      )}
    >
      <span className={cx('size-4 rounded-full bg-surface transition-transform', on && 'translate-x-4')} />
    </button>
  )
}
