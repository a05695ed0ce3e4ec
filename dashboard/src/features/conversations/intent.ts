/** A key pressed in the list can mean the thread: "open this one and reply". The thread picks the intent up when it is there. */
import { useEffect, useSyncExternalStore } from 'react'

export type Intent = { conversationId: string; what: 'reply' | 'note' | 'assign' | 'resolve' }

let pending: Intent | null = null
const listeners = new Set<() => void>()

function set(intent: Intent | null) {
  pending = intent
  for (const listener of listeners) listener()
}

function subscribe(listener: () => void) {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

export const intend = (intent: Intent): void => set(intent)

/** Runs once for each intent that names this conversation. */
export function useIntent(conversationId: string, what: Intent['what'], run: () => void): void {
  const intent = useSyncExternalStore(subscribe, () => pending)
  useEffect(() => {
    if (intent?.conversationId !== conversationId || intent.what !== what) return
    set(null)
    run()
  })
}
