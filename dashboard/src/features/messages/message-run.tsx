/**
 * What one person said in one go. Customers stand left and are round, we stand right and are square: told apart before a
 * word is read. An arc holds each run together, open toward the other.
 */
import { Check, CheckCheck, CircleAlert, Clock3 } from 'lucide-react'
import { Avatar } from '../../ui/avatar.tsx'
import { Button } from '../../ui/button.tsx'
import { cx } from '../../ui/class-names.ts'
import { Clock, clock } from '../../ui/time.tsx'
import { useMayWrite, useSpace } from '../session/space.tsx'
import { isUnproven } from './arrange.ts'
import { MessageBody } from './message-body.tsx'
import type { Message } from './schema.ts'

const authorKinds = { contact: '', user: '', api: 'API', bot: 'Bot', system: 'Automatic' }

export function MessageRun({ side, messages }: { side: 'theirs' | 'ours'; messages: Message[] }) {
  const first = messages[0]
  if (!first) return null
  const name = first.author.name ?? (side === 'theirs' ? 'Visitor' : 'Us')
  const isOurs = side === 'ours'
  const kind = authorKinds[first.author.type]
  return (
    <article
      aria-label={`${name} wrote`}
      className={cx('flex gap-3 py-2 max-md:gap-2', isOurs ? 'flex-row-reverse pl-[12%]' : 'pr-[12%]')}
    >
      <span className="pt-0.5 max-md:hidden">
        <Avatar name={name} shape={isOurs ? 'square' : 'round'} />
      </span>
      <div className={cx('flex min-w-0 flex-col gap-1', isOurs && 'items-end')}>
        <header className={cx('flex max-w-full items-baseline gap-2', isOurs && 'flex-row-reverse')}>
          <span dir="auto" className="min-w-0 truncate font-medium text-sm">
            {name}
          </span>
          {kind && <span className="text-ink-3 text-xs">{kind}</span>}
          {first.author.name && isUnproven(first) && (
            <span className="shrink-0 text-ink-3 text-xs" data-tip="Nobody has signed for it that this is who they say">
              not verified
            </span>
          )}
          <Clock at={first.created_at} className="tabular shrink-0 text-ink-3 text-xs" />
        </header>
        <div
          className={cx(
            'flex max-w-full flex-col gap-2 py-0.5',
            isOurs
              ? 'items-end rounded-r-lg border-accent/50 border-r-2 pr-3'
              : 'rounded-l-lg border-line-strong border-l-2 pl-3',
          )}
        >
          {messages.map((message, index) => (
            <OneMessage key={message.id} message={message} isOurs={isOurs} isLast={index === messages.length - 1} />
          ))}
        </div>
      </div>
    </article>
  )
}

function OneMessage({ message, isOurs, isLast }: { message: Message; isOurs: boolean; isLast: boolean }) {
  return (
    <div
      data-message={message.id}
      className={cx('group/message flex max-w-full flex-col gap-1', isOurs && 'items-end')}
    >
      <div className={cx('flex max-w-full items-end gap-2', isOurs && 'flex-row-reverse')}>
        <MessageBody message={message} />
        {isOurs && message.status !== 'failed' && !message.deleted_at && (
          <StatusSign message={message} isQuiet={!isLast} />
        )}
      </div>
      {message.status === 'failed' && <Failure message={message} />}
    </div>
  )
}

/** Why it did not arrive, and the next step. */
function Failure({ message }: { message: Message }) {
  const { outbox } = useSpace()
  const mayWrite = useMayWrite()
  const { conversation_id, body } = message
  const again = () => outbox.send({ conversation_id, type: 'outgoing', body, attachments: [] })
  return (
    <div className="flex flex-wrap items-center justify-end gap-2 text-red text-xs">
      <CircleAlert size={14} className="shrink-0" aria-hidden />
      <span>Not delivered. {message.error?.detail ?? 'The channel gave no reason.'}</span>
      {mayWrite && message.attachments.length === 0 && (
        <Button size="sm" onClick={again}>
          Send again
        </Button>
      )}
    </div>
  )
}

/** A sign at the side, in words on hover and to a screen reader. */
function StatusSign({ message, isQuiet }: { message: Message; isQuiet: boolean }) {
  const words = inWords(message)
  return (
    <span
      data-tip={words}
      className={cx(
        'shrink-0 pb-0.5',
        message.status === 'read' ? 'text-accent-ink' : 'text-ink-3',
        isQuiet && 'opacity-0 group-hover/message:opacity-100',
      )}
    >
      {message.status === 'queued' && <Clock3 size={14} aria-hidden />}
      {message.status === 'sent' && <Check size={14} aria-hidden />}
      {(message.status === 'delivered' || message.status === 'read') && <CheckCheck size={14} aria-hidden />}
      <span className="sr-only">{words}</span>
    </span>
  )
}

function inWords(message: Message): string {
  const { status, sent_at, delivered_at, read_at } = message
  if (status === 'queued') return 'Waiting to be sent'
  if (read_at && delivered_at && delivered_at !== read_at)
    return `Delivered ${clock(delivered_at)}, read ${clock(read_at)}`
  if (read_at) return `Read ${clock(read_at)}`
  if (delivered_at) return `Delivered ${clock(delivered_at)}`
  return sent_at ? `Sent ${clock(sent_at)}` : 'Sent'
}
