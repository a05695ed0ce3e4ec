/** Tells the server how far messages have come: delivered when this app has them, read when the visitor has them before their eyes. */
import type { Requests } from './requests.ts'
import type { Store } from './state.ts'
import { markRead } from './thread.ts'

export interface Receipts {
  /** Looks again at what is to be told. */
  update(): void
  /** The end of the conversation came into view, or left it. */
  atEnd(isAtEnd: boolean): void
  /** Forgets how far the one before was. */
  clear(): void
}

export function createReceipts(requests: Requests, store: Store): Receipts {
  let isAtEnd = true
  let isTelling = false
  let delivered = 0

  async function update() {
    const { thread, isOpen } = store.get()
    const last = thread.messages.findLast((message) => message.type === 'outgoing')?.position ?? 0
    const isSeen = isOpen && isAtEnd && document.visibilityState === 'visible'
    const read = thread.conversation?.read_position ?? 0
    const isNews = last > (isSeen ? read : Math.max(read, delivered))
    if (!thread.conversation || !isNews || isTelling) return
    isTelling = true
    if (isSeen) store.set({ thread: markRead(thread, last) })
    const { id } = thread.conversation
    const answer = await requests.read(last, !isSeen)
    isTelling = false
    if (!answer.ok) return
    delivered = last
    if (store.get().thread.conversation?.id === id) void update()
  }

  document.addEventListener('visibilitychange', update)
  return {
    update: () => void update(),
    atEnd(next) {
      isAtEnd = next
      if (next) void update()
    },
    clear() {
      isAtEnd = true
      delivered = 0
    },
  }
}
