import { cx } from './class-names.ts'

/** A place held in the shape of what is coming. It shows itself after 150 ms, so that quick answers never flicker. */
export function Skeleton({ className }: { className?: string }) {
  return <span aria-hidden className={cx('block animate-breathe rounded-sm bg-ink/8', className)} />
}
