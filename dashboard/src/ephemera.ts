/** What is true for seconds and never stored: who is typing, who is looking at the same conversation. */
import type { LogEvent } from './cache.ts'

export type EphemeralFrame =
  | { type: 'typing'; conversation_id: string; author: { type: string; id: string; name: string | null }; on: boolean }
  | { type: 'viewing'; conversation_id?: string; user: { id: string; name: string }; on: boolean }
  | { type: 'presence'; user_id: string; presence: string }

export type Person = { id: string; name: string }

type Entry = Person & { conversation_id: string; kind: 'typing' | 'viewing'; until: number }

const typingMs = 6000
/** Repeated every 45 seconds for as long as it is true. */
const viewingMs = 100_000

export class Ephemera {
  #entries: Entry[] = []
  #listeners = new Set<() => void>()
  #sweep: ReturnType<typeof setTimeout> | undefined
  #answers = new Map<string, { key: string; people: Person[] }>()

  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** True when somebody new came to look, who does not know yet that we are here. */
  hear(frame: EphemeralFrame): boolean {
    if (frame.type === 'presence') return false
    const person = frame.type === 'typing' ? frame.author : frame.user
    const isTheirs = (entry: Entry) => entry.kind === frame.type && entry.id === person.id
    // One looks at one conversation at a time, but may type in a second tab.
    const others = this.#entries.filter(
      (entry) => !(isTheirs(entry) && (frame.type === 'viewing' || entry.conversation_id === frame.conversation_id)),
    )
    const { conversation_id } = frame
    if (!frame.on || !conversation_id) {
      this.#set(others)
      return false
    }
    const isNew = !this.#entries.some((entry) => isTheirs(entry) && entry.conversation_id === conversation_id)
    const until = Date.now() + (frame.type === 'typing' ? typingMs : viewingMs)
    this.#set([...others, { kind: frame.type, conversation_id, id: person.id, name: person.name ?? 'Visitor', until }])
    return isNew && frame.type === 'viewing'
  }

  /** Whoever has said it is no longer typing it. */
  said(event: LogEvent): void {
    const message = event.data.message
    if (!message || !event.type.startsWith('message.')) return
    this.#set(
      this.#entries.filter(
        (entry) =>
          !(
            entry.kind === 'typing' &&
            entry.conversation_id === message.conversation_id &&
            entry.id === message.author.id
          ),
      ),
    )
  }

  clear(): void {
    clearTimeout(this.#sweep)
    this.#set([])
  }

  /** The same array for as long as the answer is the same. */
  people(kind: 'typing' | 'viewing', conversationId: string): Person[] {
    const found = this.#entries.filter((entry) => entry.kind === kind && entry.conversation_id === conversationId)
    const key = found.map((entry) => entry.id).join()
    const slot = `${kind} ${conversationId}`
    const held = this.#answers.get(slot)
    if (held?.key === key) return held.people
    const people = found.map(({ id, name }) => ({ id, name }))
    this.#answers.set(slot, { key, people })
    return people
  }

  #set(entries: Entry[]) {
    if (entries.length === 0 && this.#entries.length === 0) return
    this.#entries = entries
    for (const listener of this.#listeners) listener()
    clearTimeout(this.#sweep)
    const next = Math.min(...entries.map((entry) => entry.until))
    if (entries.length > 0)
      this.#sweep = setTimeout(
        () => this.#set(this.#entries.filter((entry) => entry.until > Date.now())),
        next - Date.now() + 20,
      )
  }
}
