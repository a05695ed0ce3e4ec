/** A button that opens a short searchable list. The list is fetched when a hand comes near or a key asks for it. */
import { cloneElement, useEffect, useState } from 'react'
import type { ChoicesProps } from './choices.tsx'
import type { Trigger } from './menu.tsx'
import type { PickerPanel } from './picker-panel.tsx'

export type PickerProps = Omit<ChoicesProps, 'close' | 'onText'> & {
  trigger: Trigger
  open: boolean
  onOpenChange: (open: boolean) => void
  align?: 'start' | 'end'
}

let loaded: typeof PickerPanel | undefined
const load = async () => {
  const panel = await import('./picker-panel.tsx')
  loaded = panel.PickerPanel
}

export function Picker(props: PickerProps) {
  const [isReady, setReady] = useState(false)
  const { open, onOpenChange } = props

  useEffect(() => {
    if (open) load().then(() => setReady(true))
  }, [open])

  if (isReady && loaded) {
    const Panel = loaded
    return <Panel {...props} />
  }
  return cloneElement(props.trigger, {
    'aria-haspopup': 'dialog',
    'aria-expanded': open,
    onPointerEnter: load,
    onFocus: load,
    onClick: () => onOpenChange(true),
  })
}
