/** The panel: header, conversation, composer, and what stands in for them while there is nothing, or something went wrong. */
import { useEffect, useLayoutEffect, useReducer, useRef, useState } from 'preact/hooks'
import { asksFirst, type Chat } from './chat.ts'
import { Composer } from './composer.tsx'
import { Icon } from './icons.tsx'
import { IntakeForm } from './intake-form.tsx'
import { waiting } from './outbox.ts'
import type { State } from './state.ts'
import { ThreadView } from './thread-view.tsx'

export function App({ chat }: { chat: Chat }) {
  const [, redraw] = useReducer((turn: number) => turn + 1, 0)
  useLayoutEffect(() => chat.store.subscribe(() => redraw(null)), [chat])
  const state = chat.store.get()
  const drop = useDrop(chat, state)

  useEffect(() => {
    function close(event: KeyboardEvent) {
      if (event.key === 'Escape' && !event.isComposing) chat.close()
    }
    document.addEventListener('keydown', close)
    return () => document.removeEventListener('keydown', close)
  }, [chat])

  return (
    <section class="app" aria-label={state.config?.name ?? 'Chat'} {...drop.handlers}>
      <Header chat={chat} name={state.config?.name} />
      <Body chat={chat} state={state} />
      <div class="spoken" role="log" aria-live="polite" aria-label="New messages">
        {state.announced && <p key={state.announced.id}>{state.announced.text}</p>}
      </div>
      {drop.isOver && <div class="drop">Drop to attach</div>}
    </section>
  )
}

function Header({ chat, name = 'Chat' }: { chat: Chat; name?: string | undefined }) {
  return (
    <header>
      <h1 dir="auto">{name}</h1>
      {window.parent !== window && (
        <button type="button" class="quiet" aria-label="Close the chat" title="Close" onClick={chat.close}>
          <Icon name="minimize" />
        </button>
      )}
    </header>
  )
}

function Body({ chat, state }: { chat: Chat; state: State }) {
  const { phase, config, failure } = state
  if (phase === 'failed') return <Failure words={failure} again={chat.start} />
  if (!config) return <Skeleton />
  if (!config.enabled) return <p class="notice centre">This chat is closed at the moment.</p>
  if (asksFirst(state)) return <IntakeForm chat={chat} state={state} />
  return (
    <>
      {phase === 'loading' ? <Skeleton /> : <ThreadView key={state.visit} chat={chat} state={state} />}
      <Connection state={state} />
      <Composer chat={chat} state={state} />
    </>
  )
}

function Connection({ state }: { state: State }) {
  const count = waiting(state.outbox)
  const promise = count === 1 ? 'Your message is kept and sent' : `${count} messages are kept and sent`
  return (
    <div role="status" class={state.isOnline ? 'spoken' : 'bar'}>
      {!state.isOnline && `No connection. ${count ? `${promise} when it is back.` : 'You can go on writing.'}`}
    </div>
  )
}

function Failure({ words, again }: { words: string | null; again: () => void }) {
  return (
    <div class="notice centre" role="alert">
      <p>{words}</p>
      <button type="button" class="primary" onClick={again}>
        Try again
      </button>
    </div>
  )
}

/** Rows like the real ones, and only when it takes long enough to be noticed. */
function Skeleton() {
  return (
    <div class="skeleton" aria-busy="true">
      <span class="spoken">Loading the conversation</span>
      <i />
      <i />
      <i />
    </div>
  )
}

function useDrop(chat: Chat, { config }: State) {
  const [isOver, setOver] = useState(false)
  const depth = useRef(0)
  const takes = (event: DragEvent) =>
    config?.settings.attachments === true && event.dataTransfer?.types.includes('Files') === true
  function move(event: DragEvent, by: number) {
    if (!takes(event)) return
    event.preventDefault()
    depth.current += by
    setOver(depth.current > 0)
  }
  const handlers = {
    onDragEnter: (event: DragEvent) => move(event, 1),
    onDragLeave: (event: DragEvent) => move(event, -1),
    onDragOver: (event: DragEvent) => move(event, 0),
    onDrop(event: DragEvent) {
      // A file dropped where it is not taken must not replace the page.
      event.preventDefault()
      if (takes(event)) chat.uploads.attach(event.dataTransfer?.files ?? [])
      depth.current = 0
      setOver(false)
    },
  }
  return { isOver, handlers }
}
