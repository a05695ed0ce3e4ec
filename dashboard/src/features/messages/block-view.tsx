import { memo, useState } from 'react'
import { Clock, dayName, useNow } from '../../ui/time.tsx'
import { activityWords } from './activity-words.ts'
import type { Block } from './arrange.ts'
import { MessageRun } from './message-run.tsx'
import { NoteRun } from './note-run.tsx'
import type { Message } from './schema.ts'
import { UnsentRun } from './unsent-run.tsx'

export const BlockView = memo(function BlockView({ block }: { block: Block }) {
  if (block.kind === 'day') return <DayLine at={block.at} />
  if (block.kind === 'unread') return <UnreadLine />
  if (block.kind === 'activity') return <Activity messages={block.messages} />
  if (block.kind === 'unsent') return <UnsentRun entries={block.entries} />
  if (block.side === 'note') return <NoteRun messages={block.messages} />
  return <MessageRun side={block.side} messages={block.messages} />
})

function DayLine({ at }: { at: string }) {
  const present = useNow()
  return (
    <div className="flex items-center gap-3 py-3 text-ink-3 text-xs">
      <span className="h-px flex-1 bg-line" />
      <time dateTime={at}>{dayName(at, present)}</time>
      <span className="h-px flex-1 bg-line" />
    </div>
  )
}

function UnreadLine() {
  return (
    <div className="flex items-center gap-3 py-2 font-medium text-accent-ink text-xs">
      <span className="h-px flex-1 bg-accent/40" />
      New
      <span className="h-px flex-1 bg-accent/40" />
    </div>
  )
}

const shownAtOnce = 2

/** What was done, not said: quiet lines, folded when there are many. */
function Activity({ messages }: { messages: Message[] }) {
  const [isUnfolded, setUnfolded] = useState(false)
  const isFolded = !isUnfolded && messages.length > shownAtOnce
  const shown = isFolded ? messages.slice(-1) : messages
  return (
    <div className="flex flex-col items-center gap-1 py-2.5 text-center text-ink-3 text-xs">
      {isFolded && (
        <button
          type="button"
          className="rounded-sm px-1 underline decoration-line-strong underline-offset-2 hover:text-ink"
          onClick={() => setUnfolded(true)}
        >
          {messages.length - 1} more changes
        </button>
      )}
      {shown.map((message) => (
        <p key={message.id} data-message={message.id}>
          {activityWords(message)} · <Clock at={message.created_at} className="tabular" />
        </p>
      ))}
    </div>
  )
}
