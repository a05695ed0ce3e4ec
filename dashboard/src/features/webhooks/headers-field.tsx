/** Headers that are sent along. A value that was given once is not shown again; it stays unless another is typed. */
import { Plus, X } from 'lucide-react'
import { useId, useRef } from 'react'
import { Button, IconButton } from '../../ui/button.tsx'
import { Input } from '../../ui/input.tsx'
import { type HeaderLine, newLine, type Refused } from './draft.ts'

type HeadersFieldProps = { lines: HeaderLine[]; refused: Refused; onChange: (lines: HeaderLine[]) => void }

export function HeadersField({ lines, refused, onChange }: HeadersFieldProps) {
  const list = useRef<HTMLUListElement>(null)
  const change = (key: string, part: Partial<HeaderLine>) =>
    onChange(lines.map((line) => (line.key === key ? { ...line, ...part } : line)))
  function add() {
    onChange([...lines, newLine()])
    setTimeout(() => list.current?.querySelector<HTMLInputElement>('li:last-child input')?.focus())
  }
  return (
    <fieldset className="flex flex-col gap-2">
      <legend className="mb-1.5 font-medium">Headers</legend>
      {lines.length > 0 && (
        <ul ref={list} className="flex flex-col gap-2">
          {lines.map((line, index) => (
            <Line
              key={line.key}
              line={line}
              place={index + 1}
              error={refused[`headers ${line.key}`]}
              onChange={(part) => change(line.key, part)}
              onRemove={() => onChange(lines.filter(({ key }) => key !== line.key))}
            />
          ))}
        </ul>
      )}
      <p role="alert" className="text-red text-xs empty:hidden">
        {refused['headers']}
      </p>
      <div className="flex items-center gap-3">
        <Button size="sm" icon={<Plus size={14} aria-hidden />} onClick={add} disabled={lines.length >= 20}>
          Add a header
        </Button>
        <p className="text-ink-3 text-xs">Sent with every request; values are not shown again.</p>
      </div>
    </fieldset>
  )
}

type LineProps = {
  line: HeaderLine
  place: number
  error: string | undefined
  onChange: (part: Partial<HeaderLine>) => void
  onRemove: () => void
}

function Line({ line: { name, value, isKept }, place, error, onChange, onRemove }: LineProps) {
  const id = useId()
  const wrong = { 'aria-invalid': error ? true : undefined, 'aria-describedby': error ? id : undefined }
  return (
    <li>
      <div className="flex items-center gap-2">
        <Input
          {...wrong}
          aria-label={`Header ${place}: name`}
          value={name}
          readOnly={isKept}
          placeholder="X-Team"
          autoComplete="off"
          spellCheck={false}
          className="font-mono text-xs read-only:bg-sunken"
          onChange={(event) => onChange({ name: event.target.value })}
        />
        <Input
          {...wrong}
          aria-label={`Header ${place}: value`}
          value={value}
          placeholder={isKept ? '•••••••• stays as it is' : 'value'}
          autoComplete="off"
          spellCheck={false}
          className="font-mono text-xs"
          onChange={(event) => onChange({ value: event.target.value })}
        />
        <IconButton label={name ? `Remove ${name}` : `Remove header ${place}`} side="top" onClick={onRemove}>
          <X size={16} />
        </IconButton>
      </div>
      {error && (
        <p id={id} className="mt-1.5 text-red text-xs">
          {error}
        </p>
      )}
    </li>
  )
}
