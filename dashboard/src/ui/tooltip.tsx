/** One layer for every tip: an element says `data-tip`, and this shows it on hover and on keyboard focus. */
import { useEffect, useLayoutEffect, useRef, useState } from 'react'
import { Kbd } from './kbd.tsx'

type Tip = { text: string; keys: string | undefined; side: string; box: DOMRect }

export default function TooltipLayer() {
  const [tip, setTip] = useState<Tip | null>(null)
  const bubble = useRef<HTMLDivElement>(null)

  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined
    let warmUntil = 0
    let held: Element | null = null

    function hide() {
      clearTimeout(timer)
      if (held) warmUntil = Date.now() + 300
      held = null
      setTip(null)
    }
    function consider(event: Event, wait: number) {
      const target = event.target instanceof Element ? event.target.closest('[data-tip]') : null
      if (target === held) return
      hide()
      if (!(target instanceof HTMLElement) || target.getAttribute('aria-expanded') === 'true') return
      held = target
      const show = () => {
        if (target.isConnected) setTip(read(target))
      }
      timer = setTimeout(show, Date.now() < warmUntil ? 0 : wait)
    }
    const onOver = (event: PointerEvent) => event.pointerType === 'mouse' && consider(event, 450)
    const onFocus = (event: FocusEvent) => {
      if (event.target instanceof Element && event.target.matches(':focus-visible')) consider(event, 0)
    }

    document.addEventListener('pointerover', onOver)
    document.addEventListener('focusin', onFocus)
    document.addEventListener('focusout', hide)
    document.addEventListener('pointerdown', hide, true)
    document.addEventListener('keydown', hide, true)
    document.addEventListener('scroll', hide, true)
    return () => {
      clearTimeout(timer)
      document.removeEventListener('pointerover', onOver)
      document.removeEventListener('focusin', onFocus)
      document.removeEventListener('focusout', hide)
      document.removeEventListener('pointerdown', hide, true)
      document.removeEventListener('keydown', hide, true)
      document.removeEventListener('scroll', hide, true)
    }
  }, [])

  useLayoutEffect(() => {
    if (tip && bubble.current) place(bubble.current, tip)
  }, [tip])

  if (!tip) return null
  return (
    <div
      ref={bubble}
      role="tooltip"
      className="pointer-events-none fixed top-0 left-0 z-50 flex max-w-72 animate-appear items-center gap-2 whitespace-pre-line rounded-md bg-inverse px-2 py-1 text-on-inverse text-xs"
    >
      {tip.text}
      {tip.keys && <Kbd keys={tip.keys} />}
    </div>
  )
}

function read(target: HTMLElement): Tip {
  return {
    text: target.dataset['tip'] ?? '',
    keys: target.dataset['tipKeys'],
    side: target.dataset['tipSide'] ?? 'top',
    box: target.getBoundingClientRect(),
  }
}

function place(bubble: HTMLElement, { box, side }: Tip) {
  const { offsetWidth: width, offsetHeight: height } = bubble
  const beside = side === 'right'
  const wanted = side === 'top' ? box.top - height - 6 : box.bottom + 6
  const fits = wanted >= 4 && wanted + height <= innerHeight - 4
  const other = side === 'top' ? box.bottom + 6 : box.top - height - 6
  const upright = fits ? wanted : other
  const left = beside ? box.right + 8 : box.left + box.width / 2 - width / 2
  const top = beside ? box.top + box.height / 2 - height / 2 : upright
  bubble.style.left = `${Math.round(Math.min(Math.max(4, left), innerWidth - width - 4))}px`
  bubble.style.top = `${Math.round(top)}px`
}
