/** A button with a menu. What floats is fetched when a hand comes near, so that the first paint does not wait for it. */
import { type ComponentProps, cloneElement, type ReactElement, type ReactNode, useState } from 'react'
import type { MenuPanel } from './menu-panel.tsx'

export type MenuItem =
  | { kind: 'heading'; label: string }
  | { kind: 'line' }
  | {
      kind?: 'item'
      label: string
      detail?: string
      icon?: ReactNode
      keys?: string
      checked?: boolean
      danger?: boolean
      run: () => void
    }

export type Trigger = ReactElement<ComponentProps<'button'>>

export type MenuProps = {
  trigger: Trigger
  items: MenuItem[]
  align?: 'start' | 'end'
  side?: 'top' | 'right' | 'bottom'
}

let loaded: typeof MenuPanel | undefined
const load = async () => {
  const panel = await import('./menu-panel.tsx')
  loaded = panel.MenuPanel
}

export function Menu(props: MenuProps) {
  const [isOpen, setOpen] = useState(false)
  const [wasOpened, setWasOpened] = useState(false)
  const [, setReady] = useState(false)

  async function open() {
    setOpen(true)
    await load()
    setWasOpened(true)
    setReady(true)
  }

  if (wasOpened && loaded) {
    const Panel = loaded
    return <Panel {...props} open={isOpen} onOpenChange={setOpen} />
  }
  return cloneElement(props.trigger, {
    'aria-haspopup': 'menu',
    'aria-expanded': isOpen,
    onPointerEnter: load,
    onFocus: load,
    onClick: open,
    onKeyDown: (event) => {
      if (event.key !== 'ArrowDown') return
      event.preventDefault()
      open()
    },
  })
}
