/** The line between two columns, moved by hand or with the arrow keys. */
import { type KeyboardEvent, type PointerEvent, useRef } from 'react'

type ResizerProps = { label: string; value: number; min: number; max: number; onChange: (value: number) => void }

export function Resizer({ label, value, min, max, onChange }: ResizerProps) {
  const start = useRef<{ x: number; value: number } | null>(null)
  const clamp = (next: number) => Math.round(Math.min(max, Math.max(min, next)))

  function onPointerDown(event: PointerEvent<HTMLDivElement>) {
    event.currentTarget.setPointerCapture(event.pointerId)
    start.current = { x: event.clientX, value }
  }
  function onPointerMove(event: PointerEvent) {
    if (start.current) onChange(clamp(start.current.value + event.clientX - start.current.x))
  }
  function onKeyDown(event: KeyboardEvent) {
    if (event.key === 'ArrowLeft') onChange(clamp(value - 16))
    if (event.key === 'ArrowRight') onChange(clamp(value + 16))
  }

  return (
    // biome-ignore lint/a11y/useSemanticElements: a rule cannot be moved; a window splitter can.
    <div
      role="separator"
      tabIndex={0}
      aria-orientation="vertical"
      aria-label={label}
      aria-valuenow={value}
      aria-valuemin={min}
      aria-valuemax={max}
      onPointerDown={onPointerDown}
      onPointerMove={onPointerMove}
      onPointerUp={() => {
        start.current = null
      }}
      onKeyDown={onKeyDown}
      className="absolute inset-y-0 right-0 z-10 w-px cursor-col-resize touch-none bg-line transition-colors before:absolute before:inset-y-0 before:-inset-x-1.5 hover:bg-line-strong max-md:hidden"
    />
  )
}
