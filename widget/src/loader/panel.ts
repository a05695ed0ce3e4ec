/** Opening and closing: what is shown, where the focus is, and how the panel fits a phone whose keyboard is out. */
import type { Parts } from './button.ts'
import type { Frame } from './frame.ts'

const FULL_SCREEN = '(max-width: 480px), (max-height: 440px) and (pointer: coarse)'

export interface Panel {
  isOpen(): boolean
  open(): void
  close(): void
  toggle(): void
}

export function createPanel({ root, toggle, panel }: Parts, frame: Frame, changed: (open: boolean) => void): Panel {
  const fullScreen = matchMedia(FULL_SCREEN)
  const viewport = window.visualViewport
  let open = false

  /** A phone's keyboard shrinks the visual viewport only: the panel follows it, so the composer stays above the keys. */
  function follow() {
    const full = open && fullScreen.matches
    panel.ariaModal = `${full}`
    panel.style.height = full ? `${viewport?.height}px` : ''
    panel.style.top = full ? `${viewport?.offsetTop}px` : ''
  }

  function show(next: boolean) {
    open = next
    toggle.ariaExpanded = `${open}`
    panel.toggleAttribute('data-closed', !open)
    follow()
    frame.tell({ type: open ? 'open' : 'close' })
    changed(open)
  }

  const self: Panel = {
    isOpen: () => open,
    open() {
      if (open) return
      frame.warm()
      show(true)
      frame.focus()
    },
    close() {
      if (!open) return
      const isInside = root.activeElement
      show(false)
      if (isInside) toggle.focus()
    },
    toggle: () => (open ? self.close() : self.open()),
  }

  toggle.onclick = self.toggle
  toggle.onpointerenter = toggle.onfocus = frame.warm
  panel.onkeydown = toggle.onkeydown = ({ key }) => {
    if (key === 'Escape') self.close()
  }
  viewport?.addEventListener('resize', follow)
  viewport?.addEventListener('scroll', follow)
  fullScreen.onchange = follow
  return self
}
