/** A time to go back to: a span that is often wanted, or any other. */
import { Field, Input, Select } from '../../ui/input.tsx'

const hour = 3_600_000
const spans = [
  { id: 'hour', label: 'The last hour', ms: hour },
  { id: 'day', label: 'The last day', ms: 24 * hour },
  { id: 'week', label: 'The last week', ms: 7 * 24 * hour },
  // A little less than the log holds: the end moves while one decides.
  { id: 'month', label: 'As far back as the log goes', ms: 30 * 24 * hour - 60_000 },
] as const

export type Since = { span: string; date: string }

type SinceFieldProps = { since: Since; error: string | undefined; onChange: (since: Since) => void }

export function SinceField({ since: { span, date }, error, onChange }: SinceFieldProps) {
  return (
    <Field label="Since" error={error}>
      {(control) => (
        <div className="flex flex-col gap-2">
          <Select {...control} value={span} onChange={(event) => onChange({ span: event.target.value, date })}>
            {spans.map(({ id, label }) => (
              <option key={id} value={id}>
                {label}
              </option>
            ))}
            <option value="on">A time</option>
          </Select>
          {span === 'on' && (
            <Input
              type="datetime-local"
              aria-label="The time"
              value={date}
              onChange={(event) => onChange({ span, date: event.target.value })}
            />
          )}
        </div>
      )}
    </Field>
  )
}

/** The time that is meant, seen from when one began to choose; undefined while there is none. */
export function sinceOf({ span, date }: Since, opened: number): string | undefined {
  const chosen = spans.find(({ id }) => id === span)
  const at = chosen ? new Date(opened - chosen.ms) : new Date(date)
  return Number.isNaN(at.getTime()) ? undefined : at.toISOString()
}
