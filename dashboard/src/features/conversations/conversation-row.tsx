import { CheckCheck, ChevronsUp, ChevronUp, CircleCheck, Lock, Reply, RotateCcw, UserRoundPlus } from 'lucide-react'
import { type MouseEvent, memo, type ReactNode } from 'react'
import { Avatar } from '../../ui/avatar.tsx'
import { cx } from '../../ui/class-names.ts'
import { useMayWrite, useSpace } from '../session/space.tsx'
import { useUsers } from '../users/queries.ts'
import { useChange, useToggleResolved } from './change.ts'
import { nameOf } from './names.ts'
import type { Conversation } from './schema.ts'
import { WaitingOrTime } from './waiting.tsx'

export const rowHeight = 56

type RowProps = {
  conversation: Conversation
  top: number
  place: number
  of: number
  isOpen: boolean
  isAt: boolean
  showAssignee: boolean
  onOpen: (conversation: Conversation) => void
}

/** Who and when; what and its signs. */
export const ConversationRow = memo(function ConversationRow({
  conversation,
  top,
  place,
  of,
  isOpen,
  isAt,
  showAssignee,
  onOpen,
}: RowProps) {
  const name = nameOf(conversation.contact)
  const isUnread = conversation.unread_count > 0

  function onClick(event: MouseEvent) {
    if (event.metaKey || event.ctrlKey)
      window.open(location.pathname.replace(/(\/inbox\/[^/]+).*/, `$1/${conversation.id}`), '_blank')
    else onOpen(conversation)
  }

  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the list holds the keyboard for its rows.
    <div
      id={`row-${conversation.id}`}
      role="option"
      tabIndex={-1}
      aria-selected={isOpen}
      aria-posinset={place}
      aria-setsize={of}
      style={{ transform: `translateY(${top}px)`, height: rowHeight }}
      onClick={onClick}
      className={cx(
        'group absolute inset-x-0 top-0 flex cursor-default select-none items-center gap-3 pr-4 pl-4',
        isOpen ? 'bg-selected' : 'hover:bg-hover',
        isAt && !isOpen && 'rounded-lg outline-2 outline-line-strong -outline-offset-4',
        isAt &&
          'group-[&:focus-visible:not([data-mouse])]/list:rounded-lg group-[&:focus-visible:not([data-mouse])]/list:outline-2 group-[&:focus-visible:not([data-mouse])]/list:outline-accent group-[&:focus-visible:not([data-mouse])]/list:-outline-offset-4',
      )}
    >
      {isOpen && <OpenMark />}
      <Avatar name={name} url={conversation.contact.avatar_url} />
      <div className="flex min-w-0 flex-1 flex-col gap-1">
        <div className="flex items-baseline gap-2">
          <span
            dir="auto"
            className={cx('min-w-0 flex-1 truncate text-left', isUnread ? 'font-semibold' : 'font-medium text-ink-2')}
          >
            {name}
          </span>
          <WaitingOrTime conversation={conversation} />
        </div>
        <div className="flex items-center gap-2">
          <PreviewLine conversation={conversation} isUnread={isUnread} />
          <Signs conversation={conversation} showAssignee={showAssignee} />
        </div>
      </div>
      <QuickActions conversation={conversation} isOpen={isOpen} />
    </div>
  )
})

/** The open row is marked with the first arc of the logo: the call that is being answered. */
function OpenMark() {
  return (
    <svg
      viewBox="0 0 6 28"
      className="absolute top-3.5 left-1 h-7 w-1.5 stroke-accent"
      fill="none"
      strokeWidth="2"
      strokeLinecap="round"
      aria-hidden
    >
      <path d="M4.6 1.5A21 21 0 0 0 4.6 26.5" />
    </svg>
  )
}

function PreviewLine({ conversation, isUnread }: { conversation: Conversation; isUnread: boolean }) {
  const { preview, subject } = conversation
  const isOurs = preview?.type === 'outgoing'
  return (
    <span className={cx('flex min-w-0 flex-1 items-center gap-1', isUnread ? 'text-ink' : 'text-ink-3')}>
      {preview?.type === 'note' && <Lock size={12} className="shrink-0 text-violet" aria-label="Note" />}
      {isOurs && <Reply size={12} className="shrink-0" aria-label="We wrote" />}
      <span dir="auto" className="min-w-0 flex-1 truncate text-left leading-4">
        {subject && <span className="font-medium">{subject} · </span>}
        {preview?.body || (preview ? 'Attachment' : 'No messages yet')}
      </span>
    </span>
  )
}

function Signs({ conversation, showAssignee }: { conversation: Conversation; showAssignee: boolean }) {
  const assignee = useUsers().data?.find((user) => user.id === conversation.assignee_id)
  const { priority, unread_count, status } = conversation
  return (
    <span className="flex shrink-0 items-center gap-1.5">
      {priority === 'high' && (
        <ChevronUp size={14} className="text-ink-2" aria-label="High priority" data-tip="High priority" />
      )}
      {priority === 'urgent' && <ChevronsUp size={14} className="text-red" aria-label="Urgent" data-tip="Urgent" />}
      {status === 'resolved' && <CheckCheck size={14} className="text-green" aria-label="Resolved" />}
      {showAssignee && assignee && (
        <span data-tip={`Assigned to ${assignee.name}`}>
          <Avatar name={assignee.name} shape="square" size="sm" />
          <span className="sr-only">Assigned to {assignee.name}</span>
        </span>
      )}
      {unread_count > 0 && (
        <span className="tabular min-w-4 rounded-full bg-accent px-1 text-center font-medium text-on-accent text-xs leading-4">
          {unread_count > 99 ? '99+' : unread_count}
          <span className="sr-only"> unread</span>
        </span>
      )}
    </span>
  )
}

/** For the mouse only, laid over the right edge: the same is there by key and in the thread. */
function QuickActions({ conversation, isOpen }: { conversation: Conversation; isOpen: boolean }) {
  const { user } = useSpace()
  const mayWrite = useMayWrite()
  const change = useChange()
  const toggleResolved = useToggleResolved()
  if (!mayWrite) return null
  const isResolved = conversation.status === 'resolved'
  return (
    <div
      aria-hidden
      className={cx(
        'absolute inset-y-1.5 right-1.5 hidden items-center gap-0.5 pr-0.5 pl-8 group-hover:flex pointer-coarse:hidden!',
        isOpen
          ? 'bg-linear-to-r from-transparent to-35% to-selected'
          : 'bg-linear-to-r from-transparent to-35% to-hover',
      )}
    >
      {conversation.assignee_id !== user.id && (
        <QuickAction label="Assign to me" onClick={() => change(conversation, { assignee_id: user.id })}>
          <UserRoundPlus size={16} />
        </QuickAction>
      )}
      <QuickAction label={isResolved ? 'Reopen' : 'Resolve'} keys="e" onClick={() => toggleResolved(conversation)}>
        {isResolved ? <RotateCcw size={16} /> : <CircleCheck size={16} />}
      </QuickAction>
    </div>
  )
}

type QuickActionProps = { label: string; keys?: string; onClick: () => void; children: ReactNode }

function QuickAction({ label, keys, onClick, children }: QuickActionProps) {
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents lint/a11y/noStaticElementInteractions: a shortcut for the mouse within an option, which may hold nothing interactive.
    <span
      data-tip={label}
      data-tip-keys={keys}
      onClick={(event) => {
        event.stopPropagation()
        onClick()
      }}
      className="inline-flex size-7 cursor-pointer items-center justify-center rounded-md bg-raised text-ink-2 ring-1 ring-line-strong ring-inset transition-colors hover:text-ink"
    >
      {children}
    </span>
  )
}
