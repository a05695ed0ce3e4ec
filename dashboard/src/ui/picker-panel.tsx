import { Check, Plus } from 'lucide-react'
import { Popover } from 'radix-ui'
import { type KeyboardEvent, useEffect, useId, useRef, useState } from 'react'
import { cx } from './class-names.ts'
import type { Choice, PickerProps } from './picker.tsx'

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

type ChoicesProps = Omit<PickerProps, 'trigger' | 'align' | 'open' | 'onOpenChange'> & { close: () => void }

function Choices({ label, choices, onPick, onCreate, several, close }: ChoicesProps) {
  const [text, setText] = useState('')
  const [at, setAt] = useState(0)
  const list = useRef<HTMLDivElement>(null)
  const id = useId()

  const wanted = text.trim().toLocaleLowerCase()
  const found = choices.filter((choice) =>
    `${choice.label} ${choice.detail ?? ''}`.toLocaleLowerCase().includes(wanted),
  )
  const isNew = onCreate && wanted !== '' && !choices.some((choice) => choice.label.toLocaleLowerCase() === wanted)
  const count = found.length + (isNew ? 1 : 0)

  useEffect(() => {
    list.current?.querySelector(`#${CSS.escape(`${id}-${at}`)}`)?.scrollIntoView({ block: 'nearest' })
  }, [at, id])

  function pick(index: number) {
    const choice = found[index]
    if (choice) onPick(choice.id)
    if (!choice && isNew) onCreate?.(text.trim())
    setText('')
    if (!several) close()
  }

  function onKeyDown(event: KeyboardEvent) {
    if (event.key === 'ArrowDown') setAt((at + 1) % Math.max(count, 1))
    else if (event.key === 'ArrowUp') setAt((at - 1 + count) % Math.max(count, 1))
    else if (event.key === 'Enter' && count > 0) pick(at)
    else return
    event.preventDefault()
  }

  return (
    <>
      <input
        role="combobox"
        aria-expanded
        aria-controls={id}
        aria-activedescendant={count > 0 ? `${id}-${at}` : undefined}
        aria-label={label}
        placeholder={label}
        value={text}
        onChange={(event) => {
          setText(event.target.value)
          setAt(0)
        }}
        onKeyDown={onKeyDown}
        className="h-10 w-full border-line border-b bg-transparent px-3 text-sm outline-none pointer-coarse:text-lg"
      />
      <div ref={list} id={id} role="listbox" aria-label={label} className="max-h-72 scroll-quiet p-1">
        {found.map((choice, index) => (
          <Option
            key={choice.id}
            id={`${id}-${index}`}
            choice={choice}
            isAt={index === at}
            onPoint={() => setAt(index)}
            onPick={() => pick(index)}
          />
        ))}
        {isNew && (
          <Option
            id={`${id}-${found.length}`}
            choice={{ id: 'new', label: `Create “${text.trim()}”`, icon: <Plus size={16} /> }}
            isAt={at === found.length}
            onPoint={() => setAt(found.length)}
            onPick={() => pick(found.length)}
          />
        )}
        {count === 0 && <p className="px-2 py-3 text-ink-3 text-sm">Nothing by that name.</p>}
      </div>
    </>
  )
}

type OptionProps = { id: string; choice: Choice; isAt: boolean; onPoint: () => void; onPick: () => void }

function Option({ id, choice, isAt, onPoint, onPick }: OptionProps) {
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the combobox above holds the keyboard for its options.
    <div
      id={id}
      role="option"
      tabIndex={-1}
      aria-selected={choice.chosen ?? false}
      onPointerMove={onPoint}
      onClick={onPick}
      className={cx(
        'flex min-h-8 select-none items-center gap-2.5 rounded-md px-2 py-1 text-sm pointer-coarse:min-h-10',
        isAt && 'bg-hover',
      )}
    >
      {choice.icon && <span className="flex w-5 justify-center text-ink-3">{choice.icon}</span>}
      <span className="min-w-0 flex-1 truncate">
        {choice.label}
        {choice.detail && <span className="ml-1.5 text-ink-3">{choice.detail}</span>}
      </span>
      {choice.chosen && <Check size={16} className="shrink-0 text-accent-ink" aria-hidden />}
    </div>
  )
}
