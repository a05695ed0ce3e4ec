/** Keeps still what is being read: at the end it stays at the end, elsewhere the first visible message stays in its place. */
import { type RefObject, useCallback, useEffect, useLayoutEffect, useRef, useState } from 'react'

const endPx = 48
const olderPx = 800

type ThreadScroll = { isAtEnd: boolean; toEnd: () => void }

export function useThreadScroll(
  scroller: RefObject<HTMLElement | null>,
  content: RefObject<HTMLElement | null>,
  loadOlder: () => void,
  lastSent: string | undefined,
): ThreadScroll {
  const [isAtEnd, setAtEnd] = useState(true)
  const anchor = useRef<{ id: string; offset: number } | 'end'>('end')
  const load = useRef(loadOlder)
  load.current = loadOlder

  const restore = useCallback(() => {
    const frame = scroller.current
    if (!frame || !content.current) return
    if (anchor.current === 'end') {
      frame.scrollTop = frame.scrollHeight
      return
    }
    const element = content.current.querySelector(`[data-message="${anchor.current.id}"]`)
    if (element instanceof HTMLElement) frame.scrollTop = topIn(element, content.current) - anchor.current.offset
  }, [scroller, content])

  const toEnd = useCallback(() => {
    anchor.current = 'end'
    setAtEnd(true)
    restore()
  }, [restore])

  useLayoutEffect(restore)
  // What one sends oneself is always shown.
  useEffect(() => {
    if (lastSent) toEnd()
  }, [lastSent, toEnd])

  useEffect(() => {
    const frame = scroller.current
    const inner = content.current
    if (!frame || !inner) return
    const onScroll = () => {
      const rest = frame.scrollHeight - frame.clientHeight - frame.scrollTop
      setAtEnd(rest < endPx)
      anchor.current = rest < endPx ? 'end' : firstVisible(frame, inner)
      if (frame.scrollTop < olderPx) load.current()
    }
    const observer = new ResizeObserver(() => {
      restore()
      if (frame.scrollTop < olderPx) load.current()
    })
    observer.observe(inner)
    observer.observe(frame)
    frame.addEventListener('scroll', onScroll, { passive: true })
    return () => {
      observer.disconnect()
      frame.removeEventListener('scroll', onScroll)
    }
  })
  return { isAtEnd, toEnd }
}

function firstVisible(frame: HTMLElement, content: HTMLElement): { id: string; offset: number } | 'end' {
  for (const element of content.querySelectorAll('[data-message]')) {
    if (!(element instanceof HTMLElement)) continue
    const top = topIn(element, content)
    if (top + element.offsetHeight > frame.scrollTop)
      return { id: element.dataset['message'] ?? '', offset: top - frame.scrollTop }
  }
  return 'end'
}

function topIn(element: HTMLElement, content: HTMLElement): number {
  return element.getBoundingClientRect().top - content.getBoundingClientRect().top
}
