/**
 * Whom something is done for: one person, with what they are said to be and the session they have.
 *
 * While they are there, all of it is kept beside the page, where their other tabs see it. Who leaves (signs out, or gives
 * way to somebody else) takes it along: what was under way for them ends in their name, and nothing of it is kept.
 */
import type { Session, Stored } from '../bridge.ts'
import { type Host, sessionOf } from './host.ts'
import type { Intake } from './state.ts'

export interface Self {
  isHere(): boolean
  /** The text of what the page says of them. */
  claims(): string | null
  session(): Session | null
  keep(session: Session | null): void
  intake(): Intake | null
  leave(former: Stored): void
}

export function createSelf(host: Host): Self {
  let taken: Stored | null = null

  const get = (key: string) => (taken ? (taken[key] ?? null) : host.get(key))
  return {
    isHere: () => taken === null,
    claims: () => get('claims'),
    session: () => sessionOf(get('session')),
    keep(session) {
      const text = JSON.stringify(session)
      if (taken) taken = { ...taken, session: text }
      else host.set('session', session && text)
    },
    intake: () => JSON.parse(get('intake') ?? 'null'),
    leave(former) {
      taken = former
    },
  }
}
