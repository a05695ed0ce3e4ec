/**
 * What the loader (on the customer's page) and the app (in the frame) say to each other.
 *
 * The loader posts one `Hello` to the frame's exact origin and hands it one end of a MessageChannel. Everything after
 * that travels on the channel, which nobody else holds: neither side listens to its window for anything more.
 */

/** Who the customer's page says its visitor is. */
export interface Claims {
  external_id?: string | undefined
  email?: string | undefined
  name?: string | undefined
  user_hash?: string | undefined
}

/** Whom a visitor token stands for; kept under the key `session`. */
export interface Session {
  token: string
  contact_id: string
  /** The text of the claims that the server has heard for this token. */
  claims: string | null
}

/**
 * Everything kept for this inbox in the customer's page: `session`, `claims` (of the page, perhaps not yet heard by the
 * server), `look` (the brand colour), `draft`, `intake` (answers to the pre-chat form), `out:<client_message_id>`; and
 * `person`, which is another with every sign-out: all the rest belongs to the one person, and goes when they do.
 */
export type Stored = Record<string, string>

export interface Hello {
  antiphon: 'hello'
  stored: Stored
  open: boolean
  color: string | null
}

export type ToApp =
  | { type: 'open' }
  | { type: 'close' }
  /** The visitor signed out on this very page, or somebody else signed in: the app ends the session, once it has said what they had to say. */
  | { type: 'left'; person: string }
  /** A key changed: the loader did it, or another tab. `null`: it is gone. */
  | { type: 'stored'; key: string; value: string | null }
  /** The answer to `read`. */
  | { type: 'all'; stored: Stored }

export type ToLoader =
  | { type: 'ready' }
  | { type: 'close' }
  | { type: 'read' }
  /** Kept only if `person` is still the one there: what is written for one who has left comes to nothing. */
  | { type: 'store'; key: string; value: string | null; person: string | null }
  | { type: 'unread'; count: number }
  | { type: 'message'; message: { id: string; type: 'incoming' | 'outgoing'; body: string; created_at: string } }

/** Tells a greeting of the loader from whatever else arrives at a window. */
export function isHello(data: unknown): data is Hello {
  return typeof data === 'object' && data !== null && 'antiphon' in data && data.antiphon === 'hello'
}
