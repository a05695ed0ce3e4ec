import { Check } from 'lucide-react'
import { DropdownMenu } from 'radix-ui'
import { cx } from './class-names.ts'
import { Kbd } from './kbd.tsx'
import type { MenuItem, MenuProps } from './menu.tsx'

type MenuPanelProps = MenuProps & { open: boolean; onOpenChange: (open: boolean) => void }

export function MenuPanel({ trigger, items, align = 'start', side = 'bottom', open, onOpenChange }: MenuPanelProps) {
  return (
    // Not modal: a modal menu locks scrolling with an inline style element, which our content policy refuses.
    <DropdownMenu.Root open={open} onOpenChange={onOpenChange} modal={false}>
      <DropdownMenu.Trigger asChild>{trigger}</DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content
          align={align}
          side={side}
          sideOffset={6}
          collisionPadding={8}
          loop
          className="z-30 max-h-(--radix-dropdown-menu-content-available-height) min-w-52 max-w-80 animate-appear scroll-quiet rounded-lg bg-raised p-1 shadow-float"
        >
          {items.map((item, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: items do not move while the menu is open.
            <Item key={index} item={item} />
          ))}
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  )
}

function Item({ item }: { item: MenuItem }) {
  if (item.kind === 'line') return <DropdownMenu.Separator className="-mx-1 my-1 h-px bg-line" />
  if (item.kind === 'heading')
    return <DropdownMenu.Label className="px-2 pt-2 pb-1 text-ink-3 text-xs">{item.label}</DropdownMenu.Label>

  const className = cx(
    'flex min-h-8 cursor-default select-none items-center gap-2.5 rounded-md px-2 py-1 text-sm outline-none',
    'data-highlighted:bg-ink/7 pointer-coarse:min-h-10',
    item.danger ? 'text-red' : 'text-ink',
  )
  const face = (
    <>
      {item.icon && <span className={item.danger ? 'text-red' : 'text-ink-3'}>{item.icon}</span>}
      <span className="min-w-0 flex-1">
        <span className="block truncate">{item.label}</span>
        {item.detail && <span className="block truncate text-ink-3 text-xs">{item.detail}</span>}
      </span>
      {item.checked && <Check size={16} className="text-accent-ink" aria-hidden />}
      {item.keys && <Kbd keys={item.keys} strong />}
    </>
  )
  if (item.checked === undefined)
    return (
      <DropdownMenu.Item className={className} onSelect={item.run}>
        {face}
      </DropdownMenu.Item>
    )
  return (
    <DropdownMenu.CheckboxItem className={className} checked={item.checked} onSelect={item.run}>
      {face}
    </DropdownMenu.CheckboxItem>
  )
}
