import { CircleAlert, CloudUpload, Lock } from 'lucide-react'
import { Avatar } from '../../ui/avatar.tsx'
import { Button } from '../../ui/button.tsx'
import { cx } from '../../ui/class-names.ts'
import { Clock } from '../../ui/time.tsx'
import { AttachmentList } from '../files/attachment-list.tsx'
import { useSpace } from '../session/space.tsx'
import { Text } from './message-body.tsx'
import type { Unsent } from './outbox.ts'

/** Already said by us, not yet taken by the server: drawn where it will stand, a little paler. */
export function UnsentRun({ entries }: { entries: Unsent[] }) {
  const { user } = useSpace()
  const first = entries[0]
  if (!first) return null
  if (first.type === 'note')
    return (
      <article aria-label="Private note by you, not saved yet" className="my-2 rounded-lg bg-violet-paper px-4 py-3">
        <header className="mb-1 flex items-center gap-1.5 text-violet text-xs">
          <Lock size={12} aria-hidden />
          <span className="font-medium">Note by {user.name}</span>
          <Clock at={first.created_at} className="tabular" />
        </header>
        {entries.map((entry) => (
          <OneUnsent key={entry.client_message_id} entry={entry} />
        ))}
      </article>
    )
  return (
    <article aria-label="You wrote" className="flex flex-row-reverse gap-3 py-2 pl-[12%] max-md:gap-2">
      <span className="pt-0.5 max-md:hidden">
        <Avatar name={user.name} shape="square" />
      </span>
      <div className="flex min-w-0 flex-col items-end gap-1">
        <header className="flex max-w-full flex-row-reverse items-baseline gap-2">
          <span dir="auto" className="min-w-0 truncate font-medium text-sm">
            {user.name}
          </span>
          <Clock at={first.created_at} className="tabular shrink-0 text-ink-3 text-xs" />
        </header>
        <div className="flex max-w-full flex-col items-end gap-2 rounded-r-lg border-accent/50 border-r-2 py-0.5 pr-3">
          {entries.map((entry) => (
            <OneUnsent key={entry.client_message_id} entry={entry} />
          ))}
        </div>
      </div>
    </article>
  )
}

function OneUnsent({ entry }: { entry: Unsent }) {
  const { outbox } = useSpace()
  const isFailed = entry.state === 'failed'
  const isOurs = entry.type === 'outgoing'
  return (
    <div data-message={entry.client_message_id} className={cx('flex max-w-full flex-col gap-1', isOurs && 'items-end')}>
      <div className={cx('flex max-w-full items-end gap-2', isOurs && 'flex-row-reverse')}>
        <div className={cx('min-w-0', !isFailed && 'opacity-65')}>
          <Text body={entry.body} />
          <AttachmentList files={entry.attachments} />
        </div>
        {!isFailed && (
          <span className="animate-late pb-0.5 text-ink-3" data-tip="On its way">
            <CloudUpload size={14} aria-hidden />
            <span className="sr-only">On its way</span>
          </span>
        )}
      </div>
      {isFailed && (
        <div role="alert" className="flex flex-wrap items-center gap-2 text-red text-xs">
          <CircleAlert size={14} className="shrink-0" aria-hidden />
          <span>Not sent. {entry.reason}</span>
          <Button size="sm" onClick={() => outbox.retry(entry)}>
            Try again
          </Button>
          <Button size="sm" look="quiet" onClick={() => outbox.discard(entry)}>
            Discard
          </Button>
        </div>
      )}
    </div>
  )
}
