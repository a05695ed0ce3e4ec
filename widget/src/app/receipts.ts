/** Tells the server how far messages have come: delivered when this app has them, read when the visitor has them before their eyes. */
import type { Host } from './host.ts'
import type { Requests } from './requests.ts'
import type { Store } from './state.ts'
import { markRead } from './thread.ts'

export interface Receipts {
  /** Looks again at what is to be told. */
  update(): void
  /** The end of the conversation came into view, or left it. */
  atEnd(isAtEnd: boolean): void
  /** Whether what arrives is before the visitor's eyes, as far as this frame knows. */
  isSeen(): boolean
  /** Forgets how far the one before was. */
  clear(): void
}

export function createReceipts(host: Host, requests: Requests, store: Store): Receipts {
  let isAtEnd = true
  let isTelling = false
  let delivered = 0

  const isSeen = () => store.get().isOpen && isAtEnd && document.visibilityState === 'visible'

  /** What the server does not know yet; null if there is nothing. */
  function news() {
    const { thread } = store.get()
    const position = thread.messages.findLast((message) => message.type === 'outgoing')?.position ?? 0
    const read = thread.conversation?.read_position ?? 0
    const isRead = isSeen()
    if (!thread.conversation || position <= (isRead ? read : Math.max(read, delivered))) return null
    return { id: thread.conversation.id, position, isRead }
  }

  async function update() {
    if (isTelling || !news()) return
    isTelling = true
    // The panel may have been closed this instant. Whoever shows this frame says so before they answer, and only then is
    // what arrived taken for seen.
    if (news()?.isRead) await host.fresh()
    const reached = news()
    const isTold = reached !== null && (await tell(reached))
    isTelling = false
    if (isTold) update()
  }

  /** Answers whether to look again. */
  async function tell({ id, position, isRead }: { id: string; position: number; isRead: boolean }): Promise<boolean> {
    const { thread } = store.get()
    if (isRead) store.set({ thread: markRead(thread, position) })
    const answer = await requests.read(position, !isRead)
    if (store.get().thread.conversation?.id !== id) return true
    if (answer.ok) delivered = position
    return answer.ok
  }

  document.addEventListener('visibilitychange', () => void update())
  return {
    update: () => void update(),
    atEnd(next) {
      isAtEnd = next
      if (next) void update()
    },
    isSeen,
    clear() {
      isAtEnd = true
      delivered = 0
    },
  }
}
