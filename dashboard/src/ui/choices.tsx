import { Check, Plus } from 'lucide-react'
import { type KeyboardEvent, type ReactNode, useEffect, useId, useRef, useState } from 'react'
import { cx } from './class-names.ts'
import { Kbd } from './kbd.tsx'

export type Choice = {
  id: string
  label: string
  detail?: string
  icon?: ReactNode
  keys?: string
  chosen?: boolean
  /** Found by somebody else, for what was typed: shown whether its words contain that or not. */
  isFound?: boolean
}

export type ChoicesProps = {
  /** What is chosen here, for the placeholder and a screen reader: "Assign to". */
  label: string
  choices: Choice[]
  onPick: (id: string) => void
  /** Offered when what was typed is none of the choices. */
  onCreate?: (text: string) => void
  /** Stays open after a pick: several may be chosen. */
  several?: boolean
  onText?: (text: string) => void
  isTall?: boolean
  close: () => void
}

/** A field and the list below it that the field narrows down. The keyboard stays in the field. */
export function Choices({ label, choices, onPick, onCreate, several, onText, isTall = false, close }: ChoicesProps) {
  const [text, setText] = useState('')
  const [at, setAt] = useState(0)
  const list = useRef<HTMLDivElement>(null)
  const id = useId()

  const wanted = text.trim().toLocaleLowerCase()
  const found = choices.filter(
    (choice) => choice.isFound || `${choice.label} ${choice.detail ?? ''}`.toLocaleLowerCase().includes(wanted),
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
          onText?.(event.target.value)
          setAt(0)
        }}
        onKeyDown={onKeyDown}
        className="h-10 w-full border-line border-b bg-transparent px-3 text-sm outline-none pointer-coarse:text-lg"
      />
      <div
        ref={list}
        id={id}
        role="listbox"
        aria-label={label}
        className={cx('scroll-quiet p-1', isTall ? 'max-h-[min(28rem,60dvh)]' : 'max-h-72')}
      >
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
        isAt && 'bg-ink/7',
      )}
    >
      {choice.icon && <span className="flex w-5 justify-center text-ink-3">{choice.icon}</span>}
      <span className="min-w-0 flex-1 truncate">
        <bdi>{choice.label}</bdi>
        {choice.detail && <bdi className="ml-1.5 text-ink-3">{choice.detail}</bdi>}
      </span>
      {choice.keys && <Kbd keys={choice.keys} strong />}
      {choice.chosen && <Check size={16} className="shrink-0 text-accent-ink" aria-hidden />}
    </div>
  )
}
