import { Popover } from 'radix-ui'
import { Choices } from './choices.tsx'
import type { PickerProps } from './picker.tsx'

export function PickerPanel({ trigger, align = 'start', open, onOpenChange, ...rest }: PickerProps) {
  return (
    <Popover.Root open={open} onOpenChange={onOpenChange}>
      <Popover.Trigger asChild>{trigger}</Popover.Trigger>
      <Popover.Portal>
        <Popover.Content
          data-floating
          align={align}
          sideOffset={6}
          collisionPadding={8}
          aria-label={rest.label}
          className="z-30 w-72 animate-appear overflow-hidden rounded-lg bg-raised shadow-float outline-none"
        >
          <Choices {...rest} close={() => onOpenChange(false)} />
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  )
}
