/** What a key may do: all of it, a set that is often wanted, or each resource by itself. */
import { useId, useState } from 'react'
import { cx } from '../../ui/class-names.ts'
import { holds, isSame, presets, resources, spelledOut } from './resources.ts'

type ScopesFieldProps = {
  scopes: readonly string[]
  onChange: (scopes: string[]) => void
  error: string | undefined
}

export function ScopesField({ scopes, onChange, error }: ScopesFieldProps) {
  const id = useId()
  const known = presets.find((one) => isSame(one.scopes, scopes))
  const [isPicking, setPicking] = useState(!known)
  const preset = isPicking ? undefined : known
  const isEverything = scopes.includes('*')

  function pick(scope: string, on: boolean) {
    const others = spelledOut(scopes).filter((one) => one !== scope)
    setPicking(true)
    onChange(on ? [...others, scope] : others)
  }
  function choose(chosen: readonly string[]) {
    setPicking(false)
    onChange([...chosen])
  }
  function startPicking() {
    setPicking(true)
    if (isEverything) onChange([])
  }

  return (
    <fieldset aria-describedby={`${id}-note`} data-wrong={error ? '' : undefined} className="flex flex-col gap-2">
      <legend className="mb-1.5 font-medium">May do</legend>
      <div className="flex flex-wrap gap-1.5">
        {presets.map((one) => (
          <button
            key={one.id}
            type="button"
            aria-pressed={one === preset}
            onClick={() => choose(one.scopes)}
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
        {error ?? preset?.hint ?? 'No more than the program needs.'}
      </p>
      {!isEverything && (
        <table className="w-full border-line border-y">
          <thead className="sr-only">
            <tr>
              <th>Resource</th>
              <th>Read</th>
              <th>Write</th>
            </tr>
          </thead>
          <tbody className="divide-y divide-line">
            {resources.map((resource) => (
              <tr key={resource.id}>
                <th scope="row" className="h-9 px-1 text-left font-normal">
                  {resource.name}
                </th>
                {['read', 'write'].map((action) => {
                  const scope = `${resource.id}:${action}`
                  return (
                    <td key={action} className="w-24 text-right">
                      {resource.actions.includes(action) && (
                        <label className="inline-flex h-9 cursor-pointer items-center gap-2 px-1 text-ink-2">
                          <input
                            type="checkbox"
                            aria-label={`${resource.name}: ${action}`}
                            checked={holds(scopes, scope)}
                            onChange={(event) => pick(scope, event.target.checked)}
                            className="size-4 accent-accent"
                          />
                          {action === 'read' ? 'Read' : 'Write'}
                        </label>
                      )}
                    </td>
                  )
                })}
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </fieldset>
  )
}

function chip(isOn: boolean): string {
  return cx(
    'h-8 rounded-md px-3 text-sm ring-1 ring-inset transition-colors pointer-coarse:h-10',
    isOn ? 'bg-accent-paper font-medium text-accent-ink ring-accent' : 'text-ink-2 ring-line-strong hover:bg-hover',
  )
}
