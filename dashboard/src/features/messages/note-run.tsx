import { Lock } from 'lucide-react'
import { Clock } from '../../ui/time.tsx'
import { MessageBody } from './message-body.tsx'
import type { Message } from './schema.ts'

/** For us alone: full width, on violet paper, under a lock. */
export function NoteRun({ messages }: { messages: Message[] }) {
  const first = messages[0]
  if (!first) return null
  return (
    <article
      aria-label={`Private note by ${first.author.name ?? 'us'}`}
      className="my-2 rounded-lg bg-violet-paper px-4 py-3"
    >
      <header className="mb-1 flex items-center gap-1.5 text-violet text-xs">
        <Lock size={12} aria-hidden />
        <span className="font-medium">Note by {first.author.name ?? 'us'}</span>
        <Clock at={first.created_at} className="tabular" />
      </header>
      <div className="flex flex-col gap-2">
        {messages.map((message) => (
          <div key={message.id} data-message={message.id}>
            <MessageBody message={message} />
          </div>
        ))}
      </div>
    </article>
  )
}
