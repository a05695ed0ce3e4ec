import { lazy, type ReactNode, Suspense } from 'react'
import { chunk } from '../../chunk.ts'
import { AttachmentList } from '../files/attachment-list.tsx'
import type { Message } from './schema.ts'

const HtmlBody = lazy(() => chunk(() => import('./html-body.tsx')))

export function MessageBody({ message }: { message: Message }) {
  if (message.deleted_at) return <p className="text-ink-3 text-sm italic">This message was deleted.</p>
  return (
    <div className="flex min-w-0 flex-col gap-2">
      {message.html ? (
        <Suspense fallback={<Text body={message.body} />}>
          <HtmlBody html={message.html} />
        </Suspense>
      ) : (
        <Text body={message.body} />
      )}
      <AttachmentList files={message.attachments} />
    </div>
  )
}

export const prose = 'max-w-[68ch] min-w-0 text-base leading-[1.45] wrap-anywhere text-start'

export function Text({ body }: { body: string }) {
  if (!body) return null
  return (
    <div dir="auto" className={`${prose} whitespace-pre-wrap`}>
      {withLinks(body)}
    </div>
  )
}

const address = /https?:\/\/[^\s<>"']+[^\s<>"'.,;:!?)\]}]/g

/** Addresses become links; everything else stays the text it is. */
function withLinks(body: string): ReactNode[] {
  const parts: ReactNode[] = []
  let from = 0
  for (const match of body.matchAll(address)) {
    parts.push(body.slice(from, match.index))
    parts.push(
      <a
        key={match.index}
        href={match[0]}
        target="_blank"
        rel="noopener noreferrer nofollow"
        className="text-accent-ink underline decoration-accent/40 underline-offset-2 hover:decoration-accent"
      >
        {match[0]}
      </a>,
    )
    from = match.index + match[0].length
  }
  parts.push(body.slice(from))
  return parts
}
