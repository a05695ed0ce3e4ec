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

/** `forget` lets go of all that is kept for the present visitor, and answers whether the app is there to end their session. */
export function createVisitor(
  url: string,
  store: Pick<Store, 'get' | 'set'>,
  forget: () => boolean,
  unread: (count: number) => void,
): Visitor {
  async function call(method: string, session: string) {
    const { token }: Session = JSON.parse(session)
    return fetch(url, {
      method,
      headers: { Authorization: `Bearer ${token}` },
      keepalive: true,
      signal: AbortSignal.timeout(15_000),
    })
  }

  function signOut() {
    const session = store.get('session')
    // Offline the token stays valid until it expires, but this browser has it no more.
    if (!forget() && session) call('DELETE', session).catch(() => {})
  }

  return {
    signOut,
    /** Only notes the claims: the server hears them when the visitor opens the chat, for looking at a page makes no contact. */
    identify(claims) {
      // Whether or not the server has heard of the one before: what was said so far may be theirs.
      const known = key(JSON.parse(store.get('claims') ?? '{}'))
      if (known && known !== key(claims)) signOut()
      // Equal claims are equal text: one order of keys.
      store.set('claims', JSON.stringify(claims, ['external_id', 'email', 'name', 'user_hash']))
    },
    async check() {
      const session = store.get('session')
      if (!session) return false
      try {
        const response = await call('GET', session)
        const { token, conversation }: Partial<VisitorBody> = await response.json()
        // An answer for one who has left, or whose token was replaced meanwhile.
        if (session !== store.get('session')) return true
        // What is still to be sent stays: it goes out under the next token.
        if (response.status === 401) store.set('session', null)
        if (token) store.set('session', JSON.stringify({ ...JSON.parse(session), token }))
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
