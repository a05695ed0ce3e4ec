/** A button that opens a short searchable list. The list is fetched when a hand comes near or a key asks for it. */
import { cloneElement, type ReactNode, useEffect, useState } from 'react'
import type { Trigger } from './menu.tsx'
import type { PickerPanel } from './picker-panel.tsx'

export type Choice = { id: string; label: string; detail?: string; icon?: ReactNode; chosen?: boolean }

export type PickerProps = {
  trigger: Trigger
  /** What is chosen here, for the placeholder and a screen reader: "Assign to". */
  label: string
  choices: Choice[]
  onPick: (id: string) => void
  /** Offered when what was typed is none of the choices. */
  onCreate?: (text: string) => void
  open: boolean
  onOpenChange: (open: boolean) => void
  /** Stays open after a pick: several may be chosen. */
  several?: boolean
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
