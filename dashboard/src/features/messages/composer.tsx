/** Where we answer: a reply to the customer or a note among us. Always in reach, never over the last message. */
import { Lock, Paperclip, Reply, SendHorizontal } from 'lucide-react'
import {
  type ClipboardEvent,
  type KeyboardEvent,
  type ReactNode,
  type RefObject,
  useLayoutEffect,
  useRef,
  useState,
} from 'react'
import { Button, IconButton } from '../../ui/button.tsx'
import { cx } from '../../ui/class-names.ts'
import { useIntent } from '../conversations/intent.ts'
import { nameOf } from '../conversations/names.ts'
import type { Conversation } from '../conversations/schema.ts'
import { AttachingChips } from '../files/attaching-chips.tsx'
import { useUploads } from '../files/uploads.ts'
import { useMayWrite, useSpace } from '../session/space.tsx'
import { useDraft } from './drafts.ts'
import { useDropped } from './drop-zone.ts'
import type { Unsent } from './outbox.ts'
import { useTypingSignal } from './typing-signal.ts'

const maxLines = 14

export function Composer({ conversation }: { conversation: Conversation }) {
  if (!useMayWrite())
    return (
      <p className="shrink-0 border-line border-t px-6 py-4 text-center text-ink-3">
        You may read here, not write. An admin can make you an agent.
      </p>
    )
  return <OpenComposer conversation={conversation} />
}

function OpenComposer({ conversation }: { conversation: Conversation }) {
  const { outbox } = useSpace()
  const [type, setType] = useState<Unsent['type']>('outgoing')
  const [text, setText] = useDraft(conversation.id, type)
  const uploads = useUploads()
  const typing = useTypingSignal(conversation.id)
  const area = useRef<HTMLTextAreaElement>(null)
  const picker = useRef<HTMLInputElement>(null)
  const isNote = type === 'note'

  const focus = (next: Unsent['type']) => {
    setType(next)
    requestAnimationFrame(() => area.current?.focus())
  }
  useIntent(conversation.id, 'reply', () => focus('outgoing'))
  useIntent(conversation.id, 'note', () => focus('note'))
  const isDropping = useDropped(uploads.add)
  useGrowing(area, text)

  const isUploading = uploads.items.some((item) => !item.stored && !item.error)
  const isBroken = uploads.items.some((item) => item.error)
  const files = uploads.items.flatMap((item) => (item.stored ? [item.stored] : []))
  const isReady = (text.trim() !== '' || files.length > 0) && !isUploading && !isBroken

  function send() {
    if (!isReady) return
    outbox.send({ conversation_id: conversation.id, type, body: text.trim(), attachments: files })
    typing.stopped()
    setText('')
    uploads.clear()
    area.current?.focus()
  }
  function onKeyDown(event: KeyboardEvent) {
    if (event.key === 'Enter' && (event.metaKey || event.ctrlKey)) {
      event.preventDefault()
      send()
    }
    if (event.key === 'Escape') area.current?.blur()
  }
  function onPaste(event: ClipboardEvent) {
    if (event.clipboardData.files.length === 0) return
    event.preventDefault()
    uploads.add(event.clipboardData.files)
  }
  function onChange(next: string) {
    setText(next)
    if (isNote) return
    if (next.trim()) typing.typed()
    else typing.stopped()
  }

  return (
    <div className="mx-auto w-full max-w-[880px] shrink-0 px-6 pb-4 max-md:px-2 max-md:pb-[max(8px,env(safe-area-inset-bottom))]">
      <section
        aria-label="Write"
        className={cx(
          'rounded-lg ring-1 ring-inset transition-colors focus-within:ring-field',
          isNote ? 'bg-violet-paper ring-violet-line' : 'bg-raised ring-line-strong',
          isDropping && 'ring-2 ring-accent!',
        )}
      >
        <div role="tablist" aria-label="Kind of message" className="flex gap-1 px-2 pt-2">
          <TypeTab
            isOn={!isNote}
            keys="r"
            onClick={() => focus('outgoing')}
            icon={<Reply size={14} aria-hidden />}
            name="Reply"
          />
          <TypeTab
            isOn={isNote}
            keys="n"
            onClick={() => focus('note')}
            icon={<Lock size={14} aria-hidden />}
            name="Note"
          />
        </div>
        <textarea
          ref={area}
          rows={1}
          dir="auto"
          value={text}
          aria-label={isNote ? 'Private note' : `Reply to ${nameOf(conversation.contact)}`}
          placeholder={isNote ? 'For the team only' : `Reply to ${nameOf(conversation.contact)}`}
          onChange={(event) => onChange(event.target.value)}
          onKeyDown={onKeyDown}
          onPaste={onPaste}
          onBlur={typing.stopped}
          className="block w-full resize-none placeholder:overflow-hidden placeholder:text-ellipsis placeholder:whitespace-nowrap bg-transparent px-3.5 py-2 text-base leading-[1.45] outline-none pointer-coarse:text-lg"
        />
        <AttachingChips items={uploads.items} />
        <div className="flex items-center gap-1 px-2 pb-2">
          <IconButton label="Attach files" side="top" onClick={() => picker.current?.click()}>
            <Paperclip size={16} />
          </IconButton>
          <input
            ref={picker}
            type="file"
            multiple
            hidden
            onChange={(event) => {
              uploads.add(event.target.files ?? [])
              event.target.value = ''
            }}
          />
          <span className="flex-1" />
          <Button
            look={isReady ? 'primary' : 'plain'}
            aria-disabled={!isReady}
            icon={isNote ? <Lock size={14} aria-hidden /> : <SendHorizontal size={14} aria-hidden />}
            keys="mod+Enter"
            className={isReady ? '' : 'text-ink-3!'}
            onClick={send}
          >
            {isNote ? 'Add note' : 'Send'}
          </Button>
        </div>
      </section>
    </div>
  )
}

type TypeTabProps = { isOn: boolean; keys: string; name: string; icon: ReactNode; onClick: () => void }

function TypeTab({ isOn, keys, name, icon, onClick }: TypeTabProps) {
  return (
    <button
      type="button"
      role="tab"
      aria-selected={isOn}
      data-tip={name}
      data-tip-keys={keys}
      onClick={onClick}
      className={cx(
        'flex h-7 items-center gap-1.5 rounded-md px-2 text-sm transition-colors',
        isOn ? 'bg-ink/7 font-medium text-ink' : 'text-ink-3 hover:text-ink',
      )}
    >
      {icon}
      {name}
    </button>
  )
}

/** As tall as its text, up to a bound. */
function useGrowing(area: RefObject<HTMLTextAreaElement | null>, text: string) {
  useLayoutEffect(() => {
    const element = area.current
    if (!element || element.value !== text) return
    element.style.height = 'auto'
    const line = Number.parseFloat(getComputedStyle(element).lineHeight)
    element.style.height = `${Math.min(element.scrollHeight, line * maxLines + 16)}px`
  }, [area, text])
}
