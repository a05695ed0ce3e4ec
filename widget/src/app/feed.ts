/** Reads the conversation and keeps it current: the newest page first, then what the events say, and the list again wherever events may be missing. */
import type { Host } from './host.ts'
import type { Requests } from './requests.ts'
import type { Store } from './state.ts'
import * as threads from './thread.ts'
import type { LiveEvent, VisitorMessage } from './wire.ts'

interface Parts {
  host: Host
  requests: Requests
  store: Store
  /** The thread shown is another now. */
  changed: (thread: threads.Thread) => void
  /** The token is no more. */
  ended: () => void
}

export interface Feed {
  /** Lets go of one visitor's conversation before the next one's. */
  clear(): void
  load(): Promise<void>
  /** Reads what was missed; the whole again if nothing has been read, or too much has been missed. */
  catchUp(): Promise<void>
  older(): Promise<void>
  hear(event: LiveEvent): void
  /** A message that the server has just taken. */
  add(message: VisitorMessage): void
  /** Reads again if addresses of files may have expired. */
  refresh(): void
}

/** Messages asked for at once when catching up, and how often at most in a row. */
const CATCH_UP = { limit: 200, pages: 25 }
/** Addresses of files hold for an hour. */
const STALE = 50 * 60_000
/** How often the newest page is read again because something came while it was on its way. */
const OVERTAKEN = 5
/** Before the first look is tried again. */
const RETRY = 5_000

export function createFeed({ host, requests, store, changed, ended }: Parts): Feed {
  /** Counts the visitors shown: an answer that comes for a former one is dropped. */
  let epoch = 0
  /** Counts what came by itself: a page that was asked for before may not have it. */
  let news = 0
  let loading: Promise<void> | null = null
  let loadedAt = 0
  let retry: ReturnType<typeof setTimeout>

  const current = () => store.get().thread

  function show(thread: threads.Thread) {
    store.set({ thread })
    changed(thread)
  }

  function load(): Promise<void> {
    loading ??= read().finally(() => {
      loading = null
    })
    return loading
  }

  async function read(turn = 0): Promise<void> {
    clearTimeout(retry)
    const begun = epoch
    const known = news
    const session = host.session()
    const [visitor, page] = await Promise.all([requests.visitor(), requests.messages({ limit: threads.PAGE })])
    if (begun !== epoch) return
    // A token that was renewed or replaced meanwhile says nothing about the session.
    const isOver = !visitor.ok && visitor.status === 401 && host.session()?.token === session?.token
    if (isOver) return ended()
    if (!visitor.ok || !page.ok) return later()
    if (known !== news && turn < OVERTAKEN) return read(turn + 1)
    const { token, contact } = visitor.body
    if (session && session.token !== token && host.session()?.token === session.token)
      host.set('session', JSON.stringify({ ...session, token }))
    loadedAt = Date.now()
    const thread = threads.begin(page.body)
    store.set({ contact, isOnline: true, thread })
    changed(thread)
  }

  function later() {
    store.set({ isOnline: false })
    retry = setTimeout(load, RETRY)
  }

  async function catchUp() {
    await loading
    const begun = epoch
    for (let turn = 0; turn < CATCH_UP.pages; turn += 1) {
      const thread = current()
      if (!thread.conversation) return load()
      const after = thread.messages.at(-1)?.position ?? thread.floor
      const page = await requests.messages({ after, limit: CATCH_UP.limit })
      if (begun !== epoch || !page.ok) return
      if (page.body.conversation?.id !== current().conversation?.id) return load()
      show(threads.addNewer(current(), page.body))
      if (!page.body.has_more) return
    }
    await load()
  }

  /** Events carry no addresses of files; the list does. */
  async function sign({ position }: VisitorMessage) {
    const begun = epoch
    const page = await requests.messages({ after: position - 1, limit: 1 })
    if (begun === epoch && page.ok) show(threads.addNewer(current(), page.body))
  }

  return {
    clear() {
      epoch += 1
      clearTimeout(retry)
      loading = null
      loadedAt = 0
      store.set({ contact: null, thread: threads.emptyThread, typing: null, announced: null })
    },
    load,
    catchUp,
    async older() {
      const begun = epoch
      const { thread, isLoadingOlder } = store.get()
      if (isLoadingOlder || thread.floor === 0) return
      store.set({ isLoadingOlder: true })
      const page = await requests.messages({ before: thread.floor + 1, limit: threads.PAGE })
      store.set({ isLoadingOlder: false })
      if (begun === epoch && page.ok) show(threads.addOlder(current(), page.body))
    },
    hear(event) {
      news += 1
      show(threads.applyEvent(current(), event))
      if (event.data.message?.attachments.some((file) => file.url === null)) void sign(event.data.message)
    },
    add(message) {
      news += 1
      if (current().conversation?.id !== message.conversation_id) void load()
      else show(threads.addNewer(current(), { data: [message], conversation: null }))
    },
    refresh() {
      if (loadedAt && Date.now() - loadedAt > STALE) void load()
    },
  }
}
