import { CircleAlert, Paperclip, RotateCcw, X } from 'lucide-react'
import { IconButton } from '../../ui/button.tsx'
import { cx } from '../../ui/class-names.ts'
import { sizeOf } from './size.ts'
import type { Attaching } from './uploads.ts'

export function AttachingChips({ items }: { items: Attaching[] }) {
  if (items.length === 0) return null
  return (
    <ul aria-label="Attachments" className="flex flex-wrap gap-2 px-3 pt-1 pb-2">
      {items.map((item) => (
        <li
          key={item.key}
          className={cx(
            'relative flex h-10 max-w-64 items-center gap-2 overflow-hidden rounded-md bg-paper pr-1 pl-2.5 ring-1 ring-line ring-inset',
            item.error && 'ring-red',
          )}
        >
          {item.error ? (
            <CircleAlert size={16} className="shrink-0 text-red" aria-hidden />
          ) : (
            <Paperclip size={16} className="shrink-0 text-ink-3" aria-hidden />
          )}
          <span className="min-w-0">
            <span className="block truncate">{item.name}</span>
            <span
              className={cx('tabular block truncate text-xs', item.error ? 'text-red' : 'text-ink-3')}
              data-tip={item.error}
            >
              {item.error ?? (item.stored ? sizeOf(item.size) : `${Math.round(item.progress * 100)} %`)}
            </span>
          </span>
          {item.error && (
            <IconButton label={`Try ${item.name} again`} className="size-7" onClick={item.retry}>
              <RotateCcw size={14} />
            </IconButton>
          )}
          <IconButton
            label={item.stored || item.error ? `Remove ${item.name}` : `Cancel ${item.name}`}
            className="size-7"
            onClick={item.remove}
          >
            <X size={14} />
          </IconButton>
          {!item.stored && !item.error && (
            <span
              aria-hidden
              className="absolute bottom-0 left-0 h-0.5 w-full origin-left bg-accent transition-transform"
              style={{ transform: `scaleX(${item.progress})` }}
            />
          )}
        </li>
      ))}
    </ul>
  )
}
