import { type RefObject, useLayoutEffect, useRef } from 'react'
import { rowHeight } from './conversation-row.tsx'
import type { Conversation } from './schema.ts'

/** Rows that arrive above do not push away what is being looked at, unless the list stands at its top. */
export function useSteadyScroll(scroller: RefObject<HTMLElement | null>, rows: Conversation[]): void {
  const before = useRef<string[]>([])

  useLayoutEffect(() => {
    const element = scroller.current
    const ids = rows.map((row) => row.id)
    const old = before.current
    before.current = ids
    if (!element || element.scrollTop < rowHeight || old.length === 0) return

    const first = Math.floor(element.scrollTop / rowHeight)
    // A visible row may itself be the one that moved: the first two that agree on the shift are believed.
    const shifts = old.slice(first, first + 5).flatMap((id, index) => {
      const now = ids.indexOf(id)
      return now < 0 ? [] : [now - (first + index)]
    })
    const shift = shifts.find((one, index) => shifts.indexOf(one) !== index) ?? 0
    if (shift !== 0) element.scrollTop += shift * rowHeight
  }, [rows, scroller])
}
