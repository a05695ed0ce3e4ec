import { BadgeCheck } from 'lucide-react'
import { type KeyboardEvent, useState } from 'react'
import { explain, Refusal } from '../../api.ts'
import { cx } from '../../ui/class-names.ts'
import { useMayWrite } from '../session/space.tsx'
import { useSaveContact } from './save-contact.ts'
import type { Contact } from './schema.ts'

const fields: { name: 'name' | 'email' | 'phone'; label: string; type: string }[] = [
  { name: 'name', label: 'Name', type: 'text' },
  { name: 'email', label: 'E-mail', type: 'email' },
  { name: 'phone', label: 'Phone', type: 'tel' },
]

const countries = new Intl.DisplayNames(undefined, { type: 'region', fallback: 'code' })

function countryName(code: string): string {
  return /^[a-z]{2}$/i.test(code) ? (countries.of(code.toUpperCase()) ?? code) : code
}

export function ContactFields({ contact }: { contact: Contact }) {
  const place = [contact.city, contact.country && countryName(contact.country)].filter(Boolean)
  return (
    <div className="flex flex-col">
      {fields.map((field) => (
        <EditableField key={`${contact.id} ${field.name}`} contact={contact} {...field} />
      ))}
      {place.length > 0 && <Fact label="Place" value={place.map((part) => `\u2068${part}\u2069`).join(', ')} />}
      {contact.company && <Fact label="Company" value={contact.company} />}
      {contact.external_id && <Fact label="Your id" value={contact.external_id} />}
      {contact.verified && (
        <p className="flex min-h-8 items-center gap-1.5 text-ink-3 text-xs">
          <BadgeCheck size={16} className="text-green" aria-hidden /> Identity verified
        </p>
      )}
    </div>
  )
}

function Fact({ label, value }: { label: string; value: string }) {
  return (
    <div className="flex min-h-8 items-center">
      <span className="w-16 shrink-0 text-ink-3">{label}</span>
      <span className="min-w-0 truncate px-2" title={value}>
        {value}
      </span>
    </div>
  )
}

type EditableFieldProps = { contact: Contact; name: 'name' | 'email' | 'phone'; label: string; type: string }

/** Text that turns into a field when one goes there; Enter or leaving saves, Escape takes it back. */
function EditableField({ contact, name, label, type }: EditableFieldProps) {
  const current = (name === 'phone' ? (contact.phone ?? contact.phone_raw) : contact[name]) ?? ''
  const mayWrite = useMayWrite()
  const save = useSaveContact(contact.id)
  const [edited, setEdited] = useState<string | null>(null)
  const [error, setError] = useState<string>()

  async function leave() {
    if (edited === null) return
    const next = edited.trim()
    if (next === current) return stop()
    try {
      await save({ [name]: next || null })
      stop()
    } catch (reason) {
      setError(reason instanceof Refusal ? (reason.field(name) ?? explain(reason)) : explain(reason))
    }
  }
  function stop() {
    setEdited(null)
    setError(undefined)
  }
  function onKeyDown(event: KeyboardEvent<HTMLInputElement>) {
    if (event.key === 'Enter') event.currentTarget.blur()
    if (event.key !== 'Escape') return
    stop()
    // The escape is spent on this field, not on the conversation.
    event.stopPropagation()
    event.nativeEvent.stopImmediatePropagation()
    const field = event.currentTarget
    requestAnimationFrame(() => field.blur())
  }

  const id = `contact-${name}`
  return (
    <div className="flex flex-col">
      <div className="flex min-h-8 items-center">
        <label htmlFor={id} className="w-16 shrink-0 text-ink-3">
          {label}
        </label>
        <input
          id={id}
          type={type}
          dir="auto"
          value={edited ?? current}
          readOnly={!mayWrite}
          placeholder={mayWrite ? 'Add' : '–'}
          title={current || undefined}
          aria-invalid={error ? true : undefined}
          aria-describedby={error ? `${id}-error` : undefined}
          onFocus={() => mayWrite && setEdited((held) => held ?? current)}
          onChange={(event) => setEdited(event.target.value)}
          onBlur={leave}
          onKeyDown={onKeyDown}
          className={cx(
            'h-7 min-w-0 flex-1 truncate rounded-md text-left bg-transparent px-2 transition-colors pointer-coarse:focus:text-lg',
            mayWrite && 'hover:bg-hover focus:bg-raised focus:outline-2 focus:outline-accent focus:-outline-offset-1',
            error && 'outline-2 outline-red -outline-offset-1',
          )}
        />
      </div>
      {error && (
        <p id={`${id}-error`} role="alert" className="pt-0.5 pb-1 pl-[72px] text-red text-xs">
          {error}
        </p>
      )}
    </div>
  )
}
