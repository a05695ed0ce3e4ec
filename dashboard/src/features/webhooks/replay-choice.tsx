import { useId } from 'react'
import { cx } from '../../ui/class-names.ts'

const choices = [
  { id: 'failed', name: 'What failed', hint: 'Given up after its attempts. What waits comes by itself.' },
  { id: 'all', name: 'Everything', hint: 'What was delivered as well.' },
] as const

type ReplayChoiceProps = { status: 'failed' | 'all'; onChange: (status: 'failed' | 'all') => void }

export function ReplayChoice({ status, onChange }: ReplayChoiceProps) {
  const group = useId()
  return (
    <fieldset>
      <legend className="mb-1.5 font-medium">Send again</legend>
      <div className="grid gap-2 sm:grid-cols-2">
        {choices.map(({ id, name, hint }) => (
          <label
            key={id}
            className={cx(
              'relative cursor-pointer rounded-md px-3 py-2 ring-1 ring-inset transition-colors',
              'has-focus-visible:outline-2 has-focus-visible:outline-accent has-focus-visible:outline-offset-2',
              status === id ? 'bg-accent-paper ring-accent' : 'ring-line-strong hover:bg-hover',
            )}
          >
            <input
              type="radio"
              name={group}
              className="sr-only"
              checked={status === id}
              onChange={() => onChange(id)}
            />
            <span className="block font-medium">{name}</span>
            <span className="mt-0.5 block text-ink-3 text-xs">{hint}</span>
          </label>
        ))}
      </div>
    </fieldset>
  )
}
