/** All that the views show, in one value, and how they hear that it changed. */
import type { Pending } from './outbox.ts'
import { emptyThread, type Thread } from './thread.ts'
import type { VisitorContact, WebChat } from './wire.ts'

/** A file in the composer, before its message is sent. */
export interface TrayFile {
  key: string
  name: string
  size: number
  content_type: string
  /** Of the uploaded file; null until it is. */
  id: string | null
  reason: string | null
}

/** What the pre-chat form was answered. */
export interface Intake {
  name?: string
  email?: string
}

export interface State {
  /** Counts the people who were here: with each, the views begin anew. */
  visit: number
  phase: 'loading' | 'failed' | 'ready'
  failure: string | null
  config: WebChat | null
  contact: VisitorContact | null
  thread: Thread
  outbox: Pending[]
  tray: TrayFile[]
  /** How far each upload is, 0 to 1, by the file's key. */
  progress: Record<string, number>
  isOpen: boolean
  isOnline: boolean
  isLoadingOlder: boolean
  /** Who is writing to the visitor. */
  typing: string | null
  /** Null: not asked yet. */
  intake: Intake | null
  /** What is wrong with the answers, by field. */
  intakeErrors: Partial<Record<keyof Intake, string>>
  /** The newest message from the other side, for those who listen. */
  announced: { id: string; text: string } | null
}

export interface Store {
  get(): State
  set(patch: Partial<State>): void
  subscribe(heard: () => void): () => void
}

export function createStore(isOpen: boolean): Store {
  let state: State = {
    visit: 0,
    phase: 'loading',
    failure: null,
    config: null,
    contact: null,
    thread: emptyThread,
    outbox: [],
    tray: [],
    progress: {},
    isOpen,
    isOnline: true,
    isLoadingOlder: false,
    typing: null,
    intake: null,
    intakeErrors: {},
    announced: null,
  }
  const listeners = new Set<() => void>()
  return {
    get: () => state,
    set(patch) {
      state = { ...state, ...patch }
      for (const heard of listeners) heard()
    },
    subscribe(heard) {
      listeners.add(heard)
      return () => listeners.delete(heard)
    },
  }
}
