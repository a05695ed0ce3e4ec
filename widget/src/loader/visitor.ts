/** Who the visitor is, as far as the customer's page knows: claims, token, sign-out, and whether something unread waits. */
import type { Claims, Session } from '../bridge.ts'
import type { Store } from './store.ts'

export interface Visitor {
  identify(claims: Claims): void
  signOut(): void
  /** Asks what waits for a returning visitor. Answers whether it is worth asking again later. */
  check(): Promise<boolean>
}

interface VisitorBody {
  token: string
  conversation: { unread_count: number } | null
}

/** `forget` lets go of all that is kept for the present visitor. */
export function createVisitor(url: string, store: Store, forget: () => void, unread: (count: number) => void): Visitor {
  function session(): Session | null {
    try {
      return JSON.parse(store.get('session') ?? 'null')
    } catch {
      return null
    }
  }

  const call = (method: string, { token }: Session) =>
    fetch(url, {
      method,
      headers: { Authorization: `Bearer ${token}` },
      keepalive: true,
      signal: AbortSignal.timeout(15_000),
    })

  function signOut() {
    const ended = session()
    forget()
    // Offline the token stays valid until it expires, but this browser has it no more.
    if (ended) call('DELETE', ended).catch(() => {})
  }

  return {
    signOut,
    /** Only notes the claims: the server hears them when the visitor opens the chat, for looking at a page makes no contact. */
    identify(claims) {
      // Whether or not the server has heard of the one before: what was said so far may be theirs.
      const known: Claims | null = JSON.parse(store.get('claims') ?? 'null')
      if (known && key(known) !== key(claims)) signOut()
      // Equal claims are equal text: one order of keys.
      store.set('claims', JSON.stringify(claims, ['external_id', 'email', 'name', 'user_hash']))
    },
    async check() {
      const now = session()
      if (!now) return false
      try {
        const response = await call('GET', now)
        if (response.status === 401) {
          // What is still to be sent stays: it goes out under the next token.
          store.set('session', null)
          unread(0)
          return false
        }
        const { token, conversation }: VisitorBody = await response.json()
        if (token !== now.token) store.set('session', JSON.stringify({ ...now, token }))
        unread(conversation?.unread_count ?? 0)
        return conversation !== null
      } catch {
        return true
      }
    },
  }
}

function key(claims: Claims): string | undefined {
  return claims.external_id ?? claims.email
}
