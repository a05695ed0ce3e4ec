/**
 * Messages of one person on their way. Each is stored under `out:<client_message_id>` from the moment the visitor sends it until the
 * server has it, so a reload or a closed laptop loses none, and each keeps its id through all retries, so none arrives twice.
 *
 *   waiting ──(its turn, the network is there)──▶ sending ──▶ gone from here, shown as a message
 *      ▲                                             │
 *      ├────────(network, 429, 5xx)──────────────────┤
 *      └────────(Retry)───────── refused ◀──(any other 4xx)
 */
import type { Stored } from '../bridge.ts'

export interface Pending {
  client_message_id: string
  body: string
  /** Names of files in `uploads.ts`. */
  files: PendingFile[]
  created_at: string
  state: 'waiting' | 'sending' | 'refused'
  /** Why it was refused, in words. */
  reason: string | null
}

export interface PendingFile {
  key: string
  name: string
  size: number
  content_type: string
  /** Of the uploaded file; null until it is. */
  id: string | null
}

export const OUT = 'out:'

/** At most this many wait; beyond it the composer refuses, in words. */
export const CAPACITY = 100

export function add(outbox: readonly Pending[], pending: Pending): Pending[] {
  return [...outbox.filter((other) => other.client_message_id !== pending.client_message_id), pending].sort(byTime)
}

export function change(outbox: readonly Pending[], id: string, patch: Partial<Pending>): Pending[] {
  return outbox.map((pending) => (pending.client_message_id === id ? { ...pending, ...patch } : pending))
}

export function remove(outbox: readonly Pending[], id: string | null): Pending[] {
  return outbox.filter((pending) => pending.client_message_id !== id)
}

/** The one to send now: the oldest that waits, and none while one is on its way, so they arrive in the order of writing. */
export function next(outbox: readonly Pending[]): Pending | null {
  if (outbox.some((pending) => pending.state === 'sending')) return null
  return outbox.find((pending) => pending.state === 'waiting') ?? null
}

export function waiting(outbox: readonly Pending[]): number {
  return outbox.filter((pending) => pending.state !== 'refused').length
}

/** What was on its way when the page went away waits again. */
export function restore(stored: Stored): Pending[] {
  return Object.entries(stored)
    .filter(([key]) => key.startsWith(OUT))
    .map(([, text]) => read(text))
    .filter((pending) => pending !== null)
    .sort(byTime)
}

export function read(text: string): Pending | null {
  try {
    const pending: Pending = JSON.parse(text)
    return pending.state === 'sending' ? { ...pending, state: 'waiting' } : pending
  } catch {
    return null
  }
}

/** What becomes of one after the server's answer; 0 is no answer at all. */
export function verdict(status: number, code?: string): 'sent' | 'again' | 'refused' {
  // The server has a message of this id already.
  if ((status >= 200 && status < 300) || code === 'client_message_id_taken') return 'sent'
  if (status === 0 || status === 408 || status === 425 || status === 429 || status >= 500) return 'again'
  return 'refused'
}

function byTime(one: Pending, other: Pending): number {
  return one.created_at < other.created_at ? -1 : Number(one.created_at > other.created_at)
}
