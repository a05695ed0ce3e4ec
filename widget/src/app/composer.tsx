/** Where the visitor writes: grows with the text, keeps it across reloads, takes files by button, paste and drop. */
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks'
import type { Chat } from './chat.ts'
import { FileChip } from './files-view.tsx'
import { Icon } from './icons.tsx'
import { CAPACITY } from './outbox.ts'
import type { State } from './state.ts'

const TALLEST = 132
const LONGEST = 10_000

export function Composer({ chat, state }: { chat: Chat; state: State }) {
  const [text, setText] = useState(chat.draft)
  const area = useRef<HTMLTextAreaElement>(null)
  const picker = useRef<HTMLInputElement>(null)
  const isFull = state.outbox.length >= CAPACITY
  const files = state.tray.filter((file) => !file.reason)
  const canSend = !isFull && (text.trim() !== '' || files.length > 0)

  useLayoutEffect(() => {
    if (!area.current) return
    area.current.style.height = 'auto'
    area.current.style.height = `${Math.min(area.current.scrollHeight, TALLEST)}px`
  })

  // Whoever comes next finds no word of the one before.
  const visit = useRef(state.visit)
  useLayoutEffect(() => {
    if (visit.current !== state.visit) setText(chat.draft())
    visit.current = state.visit
  }, [chat, state.visit])

  useEffect(() => {
    // On a touch screen the focus would bring the keyboard over the conversation.
    if (state.isOpen && matchMedia('(pointer: fine)').matches) area.current?.focus()
  }, [state.isOpen])

  function write(next: string) {
    setText(next)
    chat.keepDraft(next)
    if (next) chat.typed()
  }

  function send(event?: Event) {
    event?.preventDefault()
    area.current?.focus()
    if (!canSend) return
    chat.send(text.trim())
    write('')
  }

  function keys(event: KeyboardEvent) {
    const isSend = event.key === 'Enter' && !event.shiftKey && !event.isComposing
    if (isSend && matchMedia('(pointer: fine)').matches) send(event)
  }

  function paste(event: ClipboardEvent) {
    const pasted = event.clipboardData?.files
    if (!pasted?.length || !state.config?.settings.attachments) return
    event.preventDefault()
    chat.uploads.attach(pasted)
  }

  function pick({ currentTarget }: { currentTarget: HTMLInputElement }) {
    chat.uploads.attach(currentTarget.files ?? [])
    currentTarget.value = ''
    area.current?.focus()
  }

  return (
    <form class="composer" onSubmit={send}>
      {state.tray.length > 0 && (
        <ul class="tray" aria-label="Files to send">
          {state.tray.map((file) => (
            <FileChip
              key={file.key}
              file={file}
              progress={file.id ? 1 : state.progress[file.key]}
              remove={() => {
                chat.uploads.detach(file.key)
                area.current?.focus()
              }}
            />
          ))}
        </ul>
      )}
      {isFull && <p class="wrong">Too much waits to be sent. Write on when you are online again.</p>}
      <div class="line">
        {state.config?.settings.attachments && (
          <>
            <button
              type="button"
              class="quiet"
              aria-label="Attach a file"
              title="Attach a file"
              onClick={() => picker.current?.click()}
            >
              <Icon name="attach" />
            </button>
            <input ref={picker} type="file" multiple hidden onChange={pick} />
          </>
        )}
        <textarea
          ref={area}
          rows={1}
          dir="auto"
          maxLength={LONGEST}
          aria-label="Message"
          placeholder="Write a message"
          value={text}
          onInput={({ currentTarget }) => write(currentTarget.value)}
          onKeyDown={keys}
          onPaste={paste}
        />
        <button type="submit" class="send" aria-label="Send" title="Send" disabled={!canSend}>
          <Icon name="send" />
        </button>
      </div>
    </form>
  )
}
