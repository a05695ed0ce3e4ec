import { FlaskConical, Radio } from 'lucide-react'
import { useId } from 'react'
import { cx } from '../../ui/class-names.ts'

const modes = [
  { id: 'live', name: 'Live', hint: 'Real customers, real messages.', Icon: Radio },
  { id: 'test', name: 'Test', hint: 'Acts in the sandbox; nothing leaves it.', Icon: FlaskConical },
] as const

type ModeFieldProps = { mode: 'live' | 'test'; isSandbox: boolean; onChange: (mode: 'live' | 'test') => void }

export function ModeField({ mode, isSandbox, onChange }: ModeFieldProps) {
  const name = useId()
  return (
    <fieldset>
      <legend className="mb-1.5 font-medium">Mode</legend>
      <div className="grid gap-2 sm:grid-cols-2">
        {modes.map(({ id, name: word, hint, Icon }) => {
          const isOut = isSandbox && id === 'live'
          return (
            <label
              key={id}
              className={cx(
                'flex items-center gap-3 rounded-md px-3 py-2 ring-1 ring-inset transition-colors',
                'has-focus-visible:outline-2 has-focus-visible:outline-accent has-focus-visible:outline-offset-2',
                mode === id ? 'bg-accent-paper ring-accent' : 'ring-line-strong',
                isOut ? 'opacity-60' : 'cursor-pointer',
                !isOut && mode !== id && 'hover:bg-hover',
              )}
            >
              <input
                type="radio"
                name={name}
                className="sr-only"
                checked={mode === id}
                disabled={isOut}
                onChange={() => onChange(id)}
              />
              <Icon size={16} className={mode === id ? 'text-accent-ink' : 'text-ink-3'} aria-hidden />
              <span>
                <span className="block font-medium">{word}</span>
                <span className="mt-0.5 block text-ink-3 text-xs">
                  {isOut ? 'Leave test mode to make a live key.' : hint}
                </span>
              </span>
            </label>
          )
        })}
      </div>
    </fieldset>
  )
}
