/** What an endpoint may be asked in the middle of our own work, beside what it is told. */
import { useId } from 'react'
import { useLookups } from './queries.ts'

type LookupsFieldProps = {
  lookups: readonly string[]
  onChange: (lookups: string[]) => void
  error: string | undefined
}

export function LookupsField({ lookups, onChange, error }: LookupsFieldProps) {
  const id = useId()
  const { data } = useLookups()
  if (!data || data.length === 0) return null
  return (
    <fieldset aria-describedby={error && `${id}-note`} className="flex flex-col gap-1">
      <legend className="mb-1.5 font-medium">Answers</legend>
      {data.map(({ type, summary, fallback }) => (
        <label key={type} className="flex cursor-pointer items-baseline gap-2.5 px-1 py-1">
          <input
            type="checkbox"
            aria-label={type}
            aria-invalid={error ? true : undefined}
            checked={lookups.includes(type)}
            onChange={({ target: { checked } }) =>
              onChange(checked ? [...lookups, type] : lookups.filter((one) => one !== type))
            }
            className="size-4 shrink-0 translate-y-[3px] accent-accent"
          />
          <span className="leading-[1.45]">
            <code className="font-mono text-xs">{type}</code>
            <span className="mt-0.5 block text-ink-3 text-xs">
              {summary} Without an answer: {fallback.replace(/^[A-Z](?![A-Z])/, (letter) => letter.toLowerCase())}
            </span>
          </span>
        </label>
      ))}
      {error && (
        <p id={`${id}-note`} className="text-red text-xs">
          {error}
        </p>
      )}
    </fieldset>
  )
}
