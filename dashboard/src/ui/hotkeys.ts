/** Single keys and two-key sequences (`g i`), silent while one writes or while something floats above. */
import { useEffect, useRef } from 'react'

export type Hotkeys = Record<string, (event: KeyboardEvent) => void>

const sequenceMs = 900
let lead = ''
let leadAt = 0

export function useHotkeys(keys: Hotkeys, enabled = true): void {
  const latest = useRef(keys)
  latest.current = keys

  useEffect(() => {
    if (!enabled) return
    const onKey = (event: KeyboardEvent) => {
      if (event.defaultPrevented || isBusy(event)) return
      const pressed = nameOf(event)
      const sequence = Date.now() - leadAt < sequenceMs ? `${lead} ${pressed}` : ''
      const run = latest.current[sequence] ?? (lead && sequence ? undefined : latest.current[pressed])
      if (!run) return
      event.preventDefault()
      run(event)
    }
    document.addEventListener('keydown', onKey)
    return () => document.removeEventListener('keydown', onKey)
  }, [enabled])
}

function nameOf(event: KeyboardEvent): string {
  const key = event.key === ' ' ? 'Space' : event.key
  return event.metaKey || event.ctrlKey ? `mod+${key}` : key
}

function isBusy(event: KeyboardEvent): boolean {
  if (event.altKey || event.isComposing) return true
  const target = event.target instanceof Element ? event.target : null
  if (document.querySelector('dialog[open]') || target?.closest('[role="menu"], [data-floating]')) return true
  if (event.metaKey || event.ctrlKey) return false
  return Boolean(target?.closest('input, textarea, select, [contenteditable="true"]'))
}

// One listener remembers the first key of a sequence for everyone, after all have seen it.
if (typeof document !== 'undefined') {
  addEventListener('keydown', (event) => {
    if (isBusy(event) || event.key.length !== 1) return
    lead = event.key === 'g' && !event.metaKey && !event.ctrlKey ? 'g' : ''
    leadAt = lead ? Date.now() : 0
  })
}
