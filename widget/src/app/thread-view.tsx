/** The conversation: days, messages, what is on its way. It stays at its end while one is there, and otherwise moves nothing that is being read. */
import { useCallback, useLayoutEffect, useRef, useState } from 'preact/hooks'
import type { Chat } from './chat.ts'
import { Icon } from './icons.tsx'
import { MessageView, PendingView } from './message-view.tsx'
import { RichText } from './rich-text.tsx'
import { dayName } from './say.ts'
import type { State } from './state.ts'
import type { VisitorMessage } from './wire.ts'

/** Closer to an edge than this counts as being there. */
const NEAR = 48
/** Messages of one author this far apart do not join. */
const APART = 5 * 60_000

export function ThreadView({ chat, state }: { chat: Chat; state: State }) {
  const { thread, outbox, config, progress, typing, isLoadingOlder, isOpen } = state
  const { scroller, isAtEnd, onScroll, toEnd } = useScroll(chat, state)
  const house = config?.name ?? 'Chat'
  const lastMine = thread.messages.findLast((message) => message.type === 'incoming')
  const read = thread.conversation?.team_read_position ?? 0
  const isEmpty = thread.messages.length === 0 && outbox.length === 0

  return (
    <div class="thread-area">
      <section
        ref={scroller}
        class="thread"
        aria-label="Conversation"
        aria-busy={isLoadingOlder}
        tabIndex={isOpen ? 0 : -1}
        onScroll={onScroll}
      >
        {thread.floor === 0 && config?.settings.greeting && (
          <div class="greeting" dir="auto">
            <RichText body={config.settings.greeting} html={null} />
          </div>
        )}
        {isEmpty && !config?.settings.greeting && <p class="notice">Write to us. The conversation will be here.</p>}
        {thread.floor > 0 && (
          <button type="button" class="link older" onClick={chat.older} disabled={isLoadingOlder}>
            {isLoadingOlder ? 'Loading…' : 'Earlier messages'}
          </button>
        )}
        <ol>
          {thread.messages.flatMap((message, index) => {
            const before = thread.messages[index - 1]
            const isNewDay = !before || dayName(before.created_at) !== dayName(message.created_at)
            const state =
              message === lastMine && !message.deleted_at ? (read >= message.position ? 'Read' : 'Delivered') : null
            return [
              isNewDay && (
                <li class="day" key={`day ${message.created_at}`}>
                  {dayName(message.created_at)}
                </li>
              ),
              <MessageView
                key={message.id}
                message={message}
                house={house}
                isFirst={isNewDay || !joins(before, message)}
                state={state}
              />,
            ]
          })}
          {outbox.map((pending) => (
            <PendingView key={pending.client_message_id} chat={chat} pending={pending} progress={progress} />
          ))}
        </ol>
        {thread.conversation?.status === 'resolved' && (
          <p class="notice">This conversation was closed. Write to open it again.</p>
        )}
        <div class="typing" role="status">
          {typing && (
            <>
              <span class="dots" aria-hidden="true">
                <i />
                <i />
                <i />
              </span>
              <span>
                <bdi>{typing}</bdi> is writing
              </span>
            </>
          )}
        </div>
      </section>
      {!isAtEnd && (
        <button type="button" class="to-end" onClick={toEnd}>
          <Icon name="down" size={16} /> Latest
        </button>
      )}
    </div>
  )
}

function useScroll(chat: Chat, { thread, outbox }: State) {
  const scroller = useRef<HTMLElement>(null)
  const place = useRef({ isAtEnd: true, height: 0, floor: 0, waiting: 0 })
  const [isAtEnd, setAtEnd] = useState(true)

  const toEnd = useCallback(() => scroller.current?.scrollTo({ top: scroller.current.scrollHeight }), [])

  function onScroll() {
    const box = scroller.current
    if (!box) return
    const end = box.scrollHeight - box.scrollTop - box.clientHeight < NEAR
    place.current.isAtEnd = end
    setAtEnd(end)
    chat.atEnd(end)
    if (box.scrollTop < NEAR && thread.floor > 0) void chat.older()
  }

  useLayoutEffect(() => {
    const box = scroller.current
    if (!box) return
    const { height, floor, waiting, isAtEnd } = place.current
    const wrote = outbox.length > waiting
    // Earlier messages came in above: what is being read stays where it is.
    if (thread.floor < floor) box.scrollTop += box.scrollHeight - height
    else if (isAtEnd || wrote) toEnd()
    place.current = { isAtEnd: isAtEnd || wrote, height: box.scrollHeight, floor: thread.floor, waiting: outbox.length }
  })

  useLayoutEffect(() => {
    if (!scroller.current) return
    // The room changes when the keyboard comes out, the composer grows or the panel is first shown.
    const observer = new ResizeObserver(() => place.current.isAtEnd && toEnd())
    observer.observe(scroller.current)
    return () => observer.disconnect()
  }, [toEnd])

  return { scroller, isAtEnd, onScroll, toEnd }
}

function joins(before: VisitorMessage, message: VisitorMessage): boolean {
  const isSame = before.type === message.type && before.author.name === message.author.name
  return isSame && Date.parse(message.created_at) - Date.parse(before.created_at) < APART
}
