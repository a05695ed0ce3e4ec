import { useEffect, useRef } from 'react'
import { useSpace } from '../session/space.tsx'

const repeatMs = 3000

/** Tells the other side that one writes: at most every three seconds, and at once when one stops. Notes tell nobody. */
export function useTypingSignal(conversationId: string): { typed: () => void; stopped: () => void } {
  const { live } = useSpace()
  const last = useRef(0)

  function typed() {
    if (Date.now() - last.current < repeatMs) return
    last.current = Date.now()
    live.typing(conversationId, true)
  }
  function stopped() {
    if (last.current === 0) return
    last.current = 0
    live.typing(conversationId, false)
  }

  useEffect(
    () => () => {
      if (last.current > 0) live.typing(conversationId, false)
      last.current = 0
    },
    [live, conversationId],
  )
  return { typed, stopped }
}
