/** What an endpoint is told of: all of it, a set that is often wanted, or each noun and event by itself. */
import { ChevronRight } from 'lucide-react'
import { useId, useState } from 'react'
import { cx } from '../../ui/class-names.ts'
import { allOf, everything, holds, isSame, type Noun, nouns, presets, withNoun, withType } from './event-names.ts'

type EventsFieldProps = {
  events: readonly string[]
  onChange: (events: string[]) => void
  error: string | undefined
}

export function EventsField({ events, onChange, error }: EventsFieldProps) {
  const id = useId()
  const known = presets.find((one) => isSame(one.events, events))
  const [isPicking, setPicking] = useState(!known)
  const preset = isPicking ? undefined : known

  function choose(chosen: readonly string[]) {
    setPicking(false)
    onChange([...chosen])
  }
  function startPicking() {
    setPicking(true)
    if (events.includes(everything)) onChange([])
  }

  return (
    <fieldset aria-describedby={`${id}-note`} data-wrong={error ? '' : undefined} className="flex flex-col gap-2">
      <legend className="mb-1.5 font-medium">Told of</legend>
      <div className="flex flex-wrap gap-1.5">
        {presets.map((one) => (
          <button
            key={one.id}
            type="button"
            aria-pressed={one === preset}
            onClick={() => choose(one.events)}
            className={chip(one === preset)}
          >
            {one.label}
          </button>
        ))}
        <button type="button" aria-pressed={!preset} onClick={startPicking} className={chip(!preset)}>
          Pick
        </button>
      </div>
      <p id={`${id}-note`} className={cx('text-xs leading-[1.45]', error ? 'text-red' : 'text-ink-3')}>
        {error ?? preset?.hint ?? 'All of a noun includes what comes later.'}
      </p>
      {!preset && (
        <ul aria-label="Events" className="divide-y divide-line border-line border-y">
          {nouns.map((noun) => (
            <NounRow key={noun.id} noun={noun} events={events} onChange={onChange} />
          ))}
        </ul>
      )}
    </fieldset>
  )
}

type NounRowProps = { noun: Noun; events: readonly string[]; onChange: (events: string[]) => void }

function NounRow({ noun, events, onChange }: NounRowProps) {
  const id = useId()
  const isWhole = holds(events, allOf(noun.id))
  const count = noun.events.filter(({ type }) => holds(events, type)).length
  const [isOpen, setOpen] = useState(!isWhole && count > 0)
  return (
    <li>
      <div className="flex items-center gap-2 px-1">
        <label className="flex h-9 flex-1 cursor-pointer items-center gap-2.5 pointer-coarse:h-11">
          <input
            type="checkbox"
            aria-label={`All of ${noun.name}`}
            checked={isWhole}
            ref={(box) => {
              if (box) box.indeterminate = !isWhole && count > 0
            }}
            onChange={(event) => onChange(withNoun(events, noun, event.target.checked))}
            className="size-4 accent-accent"
          />
          {noun.name}
          <span className="text-ink-3 text-xs tabular-nums">
            {isWhole ? 'all' : count > 0 && `${count} of ${noun.events.length}`}
          </span>
        </label>
        <button
          type="button"
          aria-expanded={isOpen}
          aria-controls={id}
          onClick={() => setOpen(!isOpen)}
          className="flex h-8 items-center gap-1 rounded-md px-2 text-ink-3 text-xs hover:bg-hover hover:text-ink pointer-coarse:h-11"
        >
          <span className="sr-only">{noun.name}: </span>
          {noun.events.length === 1 ? '1 event' : `${noun.events.length} events`}
          <ChevronRight size={14} className={cx('transition-transform', isOpen && 'rotate-90')} aria-hidden />
        </button>
      </div>
      {isOpen && (
        <ul id={id} aria-label={noun.name} className="pb-2">
          {noun.events.map(({ type, when }) => (
            <li key={type}>
              <label className="flex min-h-8 cursor-pointer items-baseline gap-2.5 py-1.5 pl-7.5 pointer-coarse:min-h-11">
                <input
                  type="checkbox"
                  aria-label={type}
                  checked={holds(events, type)}
                  onChange={(event) => onChange(withType(events, noun, { type, on: event.target.checked }))}
                  className="size-4 shrink-0 translate-y-[3px] accent-accent"
                />
                <span className="leading-[1.45]">
                  <code className="font-mono text-xs">{type}</code>
                  <span className="ml-2 text-ink-3 text-xs">{when}</span>
                </span>
              </label>
            </li>
          ))}
        </ul>
      )}
    </li>
  )
}

function chip(isOn: boolean): string {
  return cx(
    'h-8 rounded-md px-3 text-sm ring-1 ring-inset transition-colors pointer-coarse:h-10',
    isOn ? 'bg-accent-paper font-medium text-accent-ink ring-accent' : 'text-ink-2 ring-line-strong hover:bg-hover',
  )
}
