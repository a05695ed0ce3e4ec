/** The door. With `#link=…` in the address it opens by itself, once, for whoever was given that link. */
import { useQueryClient } from '@tanstack/react-query'
import { getRouteApi, useNavigate } from '@tanstack/react-router'
import { type FormEvent, useEffect, useRef, useState } from 'react'
import { createApi, isStatus, Refusal } from '../../api.ts'
import { Button } from '../../ui/button.tsx'
import { Field, Input } from '../../ui/input.tsx'
import { Logo } from '../../ui/logo.tsx'
import { Spinner } from '../../ui/spinner.tsx'
import { useTitle } from '../../ui/title.ts'

const route = getRouteApi('/sign-in')

export function SignInPage() {
  useTitle('Sign in')
  const { to } = route.useSearch()
  const client = useQueryClient()
  const navigate = useNavigate()
  const [busy, setBusy] = useState(false)
  const [error, setError] = useState<string>()
  const [isLink, setIsLink] = useState(() => location.hash.startsWith('#link='))
  const tried = useRef(false)

  async function enter(attempt: () => Promise<unknown>, refused: string) {
    setBusy(true)
    setError(undefined)
    try {
      await attempt()
      client.clear()
      // Only a path of our own: an address from elsewhere must not choose where a person lands.
      await navigate({ href: to?.startsWith('/w/') ? to : '/', replace: true })
    } catch (reason) {
      setError(sentence(reason, refused))
      setIsLink(false)
    }
    setBusy(false)
  }

  useEffect(() => {
    if (!isLink || tried.current) return
    tried.current = true
    const token = location.hash.slice('#link='.length)
    // The token is used once; it does not stay in the address or the history.
    history.replaceState(history.state, '', location.pathname + location.search)
    enter(
      () => createApi().post('/auth/link', { token }),
      'This link was used already, or is older than 15 minutes. Sign in with your password, or ask for a new link.',
    )
  })

  function onSubmit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault()
    const form = new FormData(event.currentTarget)
    const credentials = { email: form.get('email'), password: form.get('password') }
    enter(() => createApi().post('/auth/sign-in/email', credentials), 'E-mail and password do not match.')
  }

  return (
    <main className="grid h-full grid-rows-[1fr_auto_1.4fr] scroll-quiet justify-items-center px-6">
      <div />
      <div className="w-full max-w-80">
        <span className="-ml-2 block">
          <Logo size={44} label="Antiphon" />
        </span>
        <h1 className="mt-5 font-semibold text-2xl tracking-[-0.02em]">
          {isLink ? 'Welcome' : 'Sign in to your desk'}
        </h1>
        {isLink ? (
          <p className="mt-3 flex items-center gap-2 text-base text-ink-2" role="status">
            <Spinner /> Opening your desk…
          </p>
        ) : (
          <form onSubmit={onSubmit} className="mt-6 flex flex-col gap-4">
            {error && (
              <p role="alert" className="rounded-md bg-red-paper px-3 py-2 text-red text-sm leading-[1.45]">
                {error}
              </p>
            )}
            <Field label="E-mail">
              {(control) => (
                <Input
                  {...control}
                  name="email"
                  type="email"
                  autoComplete="username"
                  required
                  autoFocus
                  className="h-10 text-base"
                />
              )}
            </Field>
            <Field label="Password">
              {(control) => (
                <Input
                  {...control}
                  name="password"
                  type="password"
                  autoComplete="current-password"
                  required
                  className="h-10 text-base"
                />
              )}
            </Field>
            <Button look="primary" size="lg" type="submit" busy={busy} disabled={busy} className="mt-1">
              Sign in
            </Button>
          </form>
        )}
      </div>
      <p className="self-end py-6 text-ink-3 text-xs">Antiphon · call and response</p>
    </main>
  )
}

function sentence(reason: unknown, refused: string): string {
  if (isStatus(reason, 401)) return refused
  if (reason instanceof Refusal && reason.problem.status === 429)
    return 'Too many attempts. Wait a minute, then try again.'
  if (reason instanceof Refusal && reason.problem.status < 500) return reason.message
  return 'The server cannot be reached. Try again in a moment.'
}
