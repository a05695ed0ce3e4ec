/**
 * What was written and not yet taken by the server. An entry is kept in localStorage until it is acknowledged or given
 * up, and goes out under one `client_message_id`: however often it is tried, and from however many tabs, it is sent once.
 */
import type { QueryClient } from '@tanstack/react-query'
import { type Api, explain, Refusal } from '../../api.ts'
import { applyEvent } from '../../apply-event.ts'
import type { Live } from '../../live.ts'
import { readCache, writeCache } from '../../query-cache.ts'
import { readStored, storedKeys, writeStored } from '../../ui/stored.ts'
import type { File } from '../files/schema.ts'
import type { Message } from './schema.ts'

export type Unsent = {
  client_message_id: string
  conversation_id: string
  type: 'outgoing' | 'note'
  body: string
  attachments: File[]
  created_at: string
  state: 'waiting' | 'sending' | 'failed'
  reason?: string
}

const retryMs = 5000

export class Outbox {
  entries: readonly Unsent[] = []

  readonly #api: Api
  readonly #client: QueryClient
  readonly #userId: string
  readonly #prefix: string
  #listeners = new Set<() => void>()
  #isFlushing = false
  #timer: ReturnType<typeof setTimeout> | undefined
  #release: () => void = () => {}

  constructor(api: Api, client: QueryClient, userId: string) {
    this.#api = api
    this.#client = client
    this.#userId = userId
    this.#prefix = `outbox.${api.workspaceId}.${userId}.`
  }

  start(live: Live): void {
    const kept = storedKeys(this.#prefix).flatMap((key) => parse(readStored(key)))
    this.#set(kept.sort((a, b) => (a.created_at < b.created_at ? -1 : 1)))
    this.#release = live.subscribe(() => {
      if (live.state === 'online') this.flush()
    })
    this.flush()
  }

  stop(): void {
    clearTimeout(this.#timer)
    this.#release()
  }

  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  send(draft: Pick<Unsent, 'conversation_id' | 'type' | 'body' | 'attachments'>): void {
    const entry: Unsent = {
      ...draft,
      client_message_id: newId(),
      created_at: new Date().toISOString(),
      state: 'waiting',
    }
    writeStored(this.#prefix + entry.client_message_id, JSON.stringify(entry))
    this.#set([...this.entries, entry])
    this.flush()
  }

  retry(entry: Unsent): void {
    this.#change(entry, { state: 'waiting' })
    this.flush()
  }

  discard(entry: Unsent): void {
    writeStored(this.#prefix + entry.client_message_id, null)
    this.#set(this.entries.filter((other) => other.client_message_id !== entry.client_message_id))
  }

  /** Sends what waits, oldest first, until all is sent or the server cannot be reached. */
  async flush(): Promise<void> {
    if (this.#isFlushing) return
    this.#isFlushing = true
    clearTimeout(this.#timer)
    for (let entry = this.#next(); entry; entry = this.#next()) {
      const pause = await this.#try(entry)
      if (pause === 0) continue
      this.#timer = setTimeout(() => this.flush(), pause)
      break
    }
    this.#isFlushing = false
  }

  #next(): Unsent | undefined {
    return this.entries.find((entry) => entry.state === 'waiting')
  }

  /** Zero when the entry is done with, else how long to wait before trying again. */
  async #try(entry: Unsent): Promise<number> {
    this.#change(entry, { state: 'sending' })
    try {
      const message = await this.#api.post<Message>(`/v1/conversations/${entry.conversation_id}/messages`, {
        type: entry.type,
        body: entry.body,
        client_message_id: entry.client_message_id,
        ...(entry.attachments.length > 0 && { attachments: entry.attachments.map((file) => file.id) }),
      })
      this.#show(message)
      this.discard(entry)
      return 0
    } catch (error) {
      if (isFinal(error)) {
        this.#change(entry, { state: 'failed', reason: explain(error) })
        return 0
      }
      this.#change(entry, { state: 'waiting' })
      return (error instanceof Refusal && error.retryAfterMs) || retryMs
    }
  }

  #show(message: Message) {
    const before = { ...readCache(this.#client, this.#userId), counts: undefined }
    const event = {
      id: '',
      type: 'message.sent',
      cursor: '',
      data: { message },
      previous: null,
      created_at: message.created_at,
    }
    writeCache(this.#client, before, applyEvent(before, event))
  }

  #change(entry: Unsent, change: Partial<Unsent>) {
    this.#set(
      this.entries.map((other) =>
        other.client_message_id === entry.client_message_id ? { ...other, ...change } : other,
      ),
    )
  }

  #set(entries: readonly Unsent[]) {
    this.entries = entries
    for (const listener of this.#listeners) listener()
  }
}

/** A no that another try would only hear again. */
function isFinal(error: unknown): boolean {
  return (
    error instanceof Refusal &&
    error.problem.status < 500 &&
    ![401, 408, 425, 429].includes(error.problem.status) &&
    error.problem.code !== 'idempotency_in_flight'
  )
}

function parse(text: string | null): Unsent[] {
  if (!text) return []
  try {
    const entry: Unsent = JSON.parse(text)
    return [{ ...entry, state: 'waiting' }]
  } catch {
    return []
  }
}

/** `crypto.randomUUID` exists on https and on localhost only; a desk inside a company may be on neither. */
function newId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
}
