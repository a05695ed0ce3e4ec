import { cx } from './class-names.ts'

const isApple = /Mac|iPhone|iPad/.test(navigator.userAgent)

/** `mod+Enter`, `g i`: keys as the reader's keyboard names them. */
export function Kbd({ keys, strong = false }: { keys: string; strong?: boolean }) {
  return (
    <span className="inline-flex items-center gap-0.5 pointer-coarse:hidden" aria-hidden>
      {keys.split(/[ +]/).map((key) => (
        <kbd
          key={key}
          className={cx(
            'inline-flex h-[18px] min-w-[18px] items-center justify-center rounded-sm px-1 font-sans text-xs',
            strong
              ? 'bg-sunken text-ink-2 ring-1 ring-line ring-inset'
              : 'ring-1 ring-current/30 ring-inset opacity-80',
          )}
        >
          {nameOf(key)}
        </kbd>
      ))}
    </span>
  )
}

function nameOf(key: string): string {
  if (key === 'mod') return isApple ? '⌘' : 'Ctrl'
  if (key === 'Enter') return isApple ? '↵' : 'Enter'
  if (key === 'Escape') return 'Esc'
  return key.length === 1 ? key.toUpperCase() : key
}
