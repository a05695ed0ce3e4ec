/** Asks name and e-mail before the first message, as far as the inbox wants them. */
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks'
import type { Chat } from './chat.ts'
import { RichText } from './rich-text.tsx'
import type { Intake, State } from './state.ts'

const FIELDS = [
  { name: 'name', label: 'Name', type: 'text', autocomplete: 'name' },
  { name: 'email', label: 'E-mail', type: 'email', autocomplete: 'email' },
] as const

export function IntakeForm({ chat, state }: { chat: Chat; state: State }) {
  const settings = state.config?.settings
  const form = useRef<HTMLFormElement>(null)
  const [answers, setAnswers] = useState<Intake>({})
  const [errors, setErrors] = useState(state.intakeErrors)
  const fields = FIELDS.filter(({ name }) => settings && settings.pre_chat[name] !== 'off')

  const visit = useRef(state.visit)
  useLayoutEffect(() => {
    if (visit.current !== state.visit) {
      setAnswers({})
      setErrors({})
    }
    visit.current = state.visit
  }, [state.visit])

  useEffect(() => {
    const field =
      form.current?.querySelector<HTMLInputElement>('[aria-invalid]') ?? form.current?.querySelector('input')
    if (state.isOpen) field?.focus()
  }, [state.isOpen])

  function submit(event: Event) {
    event.preventDefault()
    const wrong: typeof errors = {}
    for (const { name, label } of fields) {
      const value = answers[name]?.trim() ?? ''
      if (!value && settings?.pre_chat[name] === 'required') wrong[name] = `${label} is needed to answer you.`
      if (value && name === 'email' && !/^\S+@\S+\.\S+$/.test(value))
        wrong[name] = 'An e-mail address looks like name@example.com.'
    }
    setErrors(wrong)
    const first = Object.keys(wrong)[0]
    if (first) form.current?.querySelector<HTMLInputElement>(`[name=${first}]`)?.focus()
    else chat.answer(answers)
  }

  return (
    <form ref={form} class="intake" noValidate onSubmit={submit}>
      {settings?.greeting && (
        <div class="greeting" dir="auto">
          <RichText body={settings.greeting} html={null} />
        </div>
      )}
      {fields.map(({ name, label, type, autocomplete }) => (
        <label key={name}>
          <span>
            {label}
            {settings?.pre_chat[name] === 'optional' && <small> (optional)</small>}
          </span>
          <input
            dir="auto"
            inputMode={type}
            name={name}
            maxLength={200}
            autocomplete={autocomplete}
            required={settings?.pre_chat[name] === 'required'}
            aria-invalid={errors[name] ? 'true' : undefined}
            aria-describedby={errors[name] ? `${name}-error` : undefined}
            value={answers[name] ?? ''}
            onInput={({ currentTarget }) => setAnswers({ ...answers, [name]: currentTarget.value })}
          />
          {errors[name] && (
            <small class="wrong" id={`${name}-error`}>
              {errors[name]}
            </small>
          )}
        </label>
      ))}
      <button type="submit" class="primary">
        Start chat
      </button>
    </form>
  )
}
