import { useState } from 'react'
import { Button } from '../../ui/button.tsx'
import { Field, Input } from '../../ui/input.tsx'

const fallback = '#0f766e'

type BrandColorProps = { value: string | null; onChange: (value: string | null) => void; error: string | undefined }

/** A colour by hand or by number. The widget sees to it that text on it can be read. */
export function BrandColor({ value, onChange, error }: BrandColorProps) {
  const [text, setText] = useState(value ?? '')
  const isColor = /^#[0-9a-f]{6}$/i.test(text)

  function write(next: string) {
    setText(next)
    if (/^#[0-9a-f]{6}$/i.test(next)) onChange(next.toLowerCase())
    if (next === '') onChange(null)
  }

  return (
    <Field
      label="Colour"
      hint="Text on it is darkened or lightened until it can be read."
      error={error ?? (text && !isColor ? 'Six digits after a #, such as #0f766e.' : undefined)}
    >
      {(control) => (
        <div className="flex items-center gap-2">
          <input
            type="color"
            aria-label="Choose a colour"
            value={isColor ? text : fallback}
            onChange={(event) => write(event.target.value)}
            className="h-8 w-10 cursor-pointer rounded-md bg-transparent"
          />
          <Input
            {...control}
            value={text}
            placeholder="As the product"
            spellCheck={false}
            maxLength={7}
            className="max-w-32 font-mono"
            onChange={(event) => write(event.target.value.trim())}
          />
          {text !== '' && (
            <Button look="quiet" onClick={() => write('')}>
              Clear
            </Button>
          )}
        </div>
      )}
    </Field>
  )
}
