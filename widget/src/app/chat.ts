/** The conversation of one visitor in one inbox: follows who the visitor is, what arrives, and what the views ask for. */
import type { Stored, ToApp } from '../bridge.ts'
import { createDelivery } from './delivery.ts'
import { createFeed } from './feed.ts'
import type { Host } from './host.ts'
import { type Live, openLive } from './live.ts'
import * as outbox from './outbox.ts'
import { paint } from './paint.ts'
import { createReceipts } from './receipts.ts'
import { createRequests } from './requests.ts'
import { speaker } from './say.ts'
import { createSelf } from './self.ts'
import { createStore, type Intake, type State, type Store } from './state.ts'
import { type Thread, unread } from './thread.ts'
import { createUploads, type Uploads } from './uploads.ts'
import { createVisitors } from './visitors.ts'
import type { LiveEvent, VisitorMessage } from './wire.ts'

export interface Chat {
  store: Store
  uploads: Uploads
  /** Starts, or starts again after it could not. */
  start(): Promise<void>
  close(): void
  send(body: string): void
  retry(id: string): void
  discard(id: string): void
  answer(intake: Intake): void
  older(): Promise<void>
  typed(): void
  atEnd(isAtEnd: boolean): void
  draft(): string
  keepDraft(text: string): void
}

const TYPING = { repeat: 3_000, expiry: 6_000 }
/** Shorter breaks of the socket are not worth a word. */
const GRACE = 4_000

export function createChat(inbox: string, host: Host): Chat {
  const store = createStore(host.hello.open)
  const requests = createRequests(inbox, () => host.session()?.token ?? null)
  const uploads = createUploads(host, requests, store)
  const receipts = createReceipts(host, requests, store)
  const feed = createFeed({ host, requests, store, changed, ended })

  let who = meet()
  let live: Live | null = null
  let shown: string | null = null
  let typedAt = 0
  /** What the loader counts; null: it has asked the server itself, and this app knows nothing yet. */
  let told: number | null = null
  let typing: ReturnType<typeof setTimeout>
  let grace: ReturnType<typeof setTimeout>

  store.subscribe(() => {
    const { contact, thread } = store.get()
    if (told === null && !contact) return
    const count = receipts.isSeen() ? 0 : unread(thread)
    if (count !== told) host.tell({ type: 'unread', count })
    told = count
  })

  async function start() {
    store.set({ phase: 'loading', failure: null })
    const answer = await requests.config()
    if (!answer.ok) return store.set({ phase: 'failed', failure: failureOf(answer.status) })
    const { brand_color } = answer.body.settings
    paint(host.hello.color ?? brand_color)
    host.set('look', brand_color)
    store.set({ config: answer.body, intake: JSON.parse(host.get('intake') ?? 'null') })
    who.delivery.restore()
    await follow()
    store.set({ phase: 'ready' })
    if (store.get().isOpen) opened()
    else if (host.session()) who.delivery.flush()
  }

  /** Whoever is at the page now. */
  function meet() {
    const self = createSelf(host)
    const visitors = createVisitors(inbox, { self, host, requests })
    const delivery = createDelivery({ self, host, requests, store, uploads, visitors, arrived, ended })
    return { self, visitors, delivery }
  }

  /** From the instant somebody leaves nothing of theirs is shown; what they wrote is still sent, as theirs. */
  function part(former: Stored, isOurs: boolean) {
    who.self.leave(former)
    who.delivery.leave(isOurs)
    who = meet()
    uploads.clear()
    receipts.clear()
    store.set({ visit: store.get().visit + 1, intake: null, intakeErrors: {} })
    void follow()
  }

  /** Shows the conversation of whoever the session is for, and of nobody else from the instant it changes. */
  async function follow() {
    const session = host.session()
    if (shown === (session?.contact_id ?? null)) return
    shown = session?.contact_id ?? null
    live?.stop()
    live = null
    clearTimeout(grace)
    feed.clear()
    if (!session) return
    live = openLive(() => host.session()?.token ?? null, {
      event: hear,
      typing: (author, on) => showTyping(on ? speaker(author, house()) : null),
      restart: () => void feed.catchUp(),
      up,
      ended,
    })
    await feed.load()
  }

  const house = () => store.get().config?.name ?? 'Chat'

  function hear(event: LiveEvent) {
    feed.hear(event)
    const { message } = event.data
    if (!message || (event.type !== 'message.sent' && event.type !== 'message.received')) return
    const { id, type, body, author, created_at } = message
    if (type === 'outgoing') {
      showTyping(null)
      store.set({ announced: { id, text: `${speaker(author, house())}: ${body || 'sent a file'}` } })
    }
    host.tell({ type: 'message', message: { id, type, body, created_at } })
  }

  function changed({ messages }: Thread) {
    for (const { client_message_id } of messages) if (client_message_id) who.delivery.drop(client_message_id)
    receipts.update()
  }

  function arrived(message: VisitorMessage | null) {
    store.set({ isOnline: true })
    if (host.session()?.contact_id !== shown) void follow()
    else if (message) feed.add(message)
    else void feed.catchUp()
  }

  function ended() {
    host.set('session', null)
    void follow()
  }

  function opened() {
    receipts.update()
    live?.wake()
    feed.refresh()
    goOn()
  }

  /** What waited for the visitor to be there, or for the network. */
  function goOn() {
    const { isOpen, phase } = store.get()
    if (isOpen && phase === 'ready' && host.get('claims') !== null && !who.visitors.isSettled()) void claim()
    else who.delivery.flush()
  }

  /** The page says who the visitor is; who has proven it may see more than before, even as the same contact. */
  async function claim() {
    const claimant = who
    const { ok } = await claimant.visitors.ensure()
    if (claimant !== who) return
    if (ok) shown = null
    await follow()
    who.delivery.flush()
  }

  function up(isUp: boolean) {
    clearTimeout(grace)
    if (!isUp) {
      showTyping(null)
      grace = setTimeout(() => store.set({ isOnline: false }), GRACE)
      return
    }
    store.set({ isOnline: true })
    goOn()
  }

  function showTyping(name: string | null) {
    clearTimeout(typing)
    if (name !== store.get().typing) store.set({ typing: name })
    if (name) typing = setTimeout(() => store.set({ typing: null }), TYPING.expiry)
  }

  function obey(message: ToApp) {
    if (message.type === 'open' || message.type === 'close') {
      store.set({ isOpen: message.type === 'open' })
      if (store.get().isOpen && store.get().phase === 'ready') opened()
    }
    if (message.type === 'all') void follow()
    if (message.type !== 'stored') return
    const { key, value } = message
    if (key === 'session') void follow()
    if (key === 'claims' && value && store.get().isOpen) goOn()
    if (key === 'intake' && store.get().phase === 'ready') store.set({ intake: JSON.parse(value ?? 'null') })
    if (key.startsWith(outbox.OUT)) who.delivery.heard(key.slice(outbox.OUT.length), value)
  }

  host.hear(obey)
  host.left(part)
  window.addEventListener('offline', () => store.set({ isOnline: false, typing: null }))
  window.addEventListener('online', () => {
    store.set({ isOnline: true })
    live?.wake()
    goOn()
  })
  window.addEventListener('pagehide', () => live?.stop())
  // Shown again out of the browser's memory, it has missed too much.
  window.addEventListener('pageshow', ({ persisted }) => persisted && location.reload())

  return {
    store,
    uploads,
    start,
    close: () => host.tell({ type: 'close' }),
    send(body) {
      const files = uploads
        .take()
        .map(({ key, name, size, content_type, id }) => ({ key, name, size, content_type, id }))
      const created_at = new Date().toISOString()
      const client_message_id = newId()
      typedAt = 0
      live?.typing(false)
      who.delivery.put({ client_message_id, body, files, created_at, state: 'waiting', reason: null })
    },
    retry(id) {
      who.delivery.change(id, { state: 'waiting', reason: null })
      who.delivery.flush()
    },
    discard: (id) => who.delivery.drop(id),
    answer(intake) {
      host.set('intake', JSON.stringify(intake))
      store.set({ intake, intakeErrors: {} })
      who.delivery.flush()
    },
    older: feed.older,
    typed() {
      if (Date.now() - typedAt < TYPING.repeat) return
      typedAt = Date.now()
      live?.typing(true)
    },
    atEnd: receipts.atEnd,
    draft: () => host.get('draft') ?? '',
    keepDraft: (text) => host.set('draft', text || null),
  }
}

/** Whether the form comes before the first message. */
export function asksFirst({ config, contact, thread, intake }: State): boolean {
  const asked = config?.settings.pre_chat
  if (!asked || intake || contact || thread.conversation) return false
  return asked.name !== 'off' || asked.email !== 'off'
}

function failureOf(status: number): string {
  if (status === 404) return 'There is no chat under this address.'
  if (status === 403) return 'This chat is not open to this site.'
  return 'The chat cannot be reached. What you write is safe.'
}

/** randomUUID, which browsers offer on secure pages only, or its like. */
function newId(): string {
  if (crypto.randomUUID) return crypto.randomUUID()
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, '0')).join('')
}
