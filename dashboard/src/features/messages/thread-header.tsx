import { getRouteApi, useNavigate } from '@tanstack/react-router'
import { ArrowLeft, CircleCheck, Eye, PanelRight, RotateCcw } from 'lucide-react'
import { useSyncExternalStore } from 'react'
import { Avatar } from '../../ui/avatar.tsx'
import { Button, IconButton } from '../../ui/button.tsx'
import { useHotkeys } from '../../ui/hotkeys.ts'
import { AssignPicker } from '../conversations/assign-picker.tsx'
import { useToggleResolved } from '../conversations/change.ts'
import { useIntent } from '../conversations/intent.ts'
import { nameOf, statusNames } from '../conversations/names.ts'
import type { Conversation } from '../conversations/schema.ts'
import { useMayWrite, useSpace } from '../session/space.tsx'

const route = getRouteApi('/w/$space/inbox/$view/$conversationId')

type ThreadHeaderProps = { conversation: Conversation; isContextShown: boolean; onToggleContext: () => void }

export function ThreadHeader({ conversation, isContextShown, onToggleContext }: ThreadHeaderProps) {
  const { space, view } = route.useParams()
  const search = route.useSearch()
  const navigate = useNavigate()
  const mayWrite = useMayWrite()
  const toggleResolved = useToggleResolved()
  const back = () => navigate({ to: '/w/$space/inbox/$view', params: { space, view }, search })
  useHotkeys({ Escape: back })
  useIntent(conversation.id, 'resolve', () => toggleResolved(conversation))

  const name = nameOf(conversation.contact)
  const isResolved = conversation.status === 'resolved'
  return (
    <header className="@container flex h-14 shrink-0 items-center gap-3 border-line border-b pr-3 pl-5 max-md:gap-2 max-md:px-2">
      <IconButton label="Back to the list" onClick={back} className="md:hidden">
        <ArrowLeft size={20} />
      </IconButton>
      <span className="max-md:hidden">
        <Avatar name={name} url={conversation.contact.avatar_url} />
      </span>
      <div className="min-w-0 flex-1">
        <h2 dir="auto" className="truncate text-left font-semibold text-base tracking-[-0.01em]">
          {name}
        </h2>
        <p className="flex min-w-0 items-center gap-1.5 text-ink-3 text-xs">
          <span className="tabular shrink-0">#{conversation.number}</span>
          {conversation.status !== 'open' && (
            <span className="flex shrink-0 items-center gap-1">
              · {isResolved && <CircleCheck size={12} className="text-green" aria-hidden />}
              {statusNames[conversation.status]}
            </span>
          )}
          {conversation.subject && (
            <span dir="auto" className="truncate">
              · {conversation.subject}
            </span>
          )}
        </p>
      </div>
      <Viewers conversationId={conversation.id} />
      {mayWrite && (
        <>
          <AssignPicker conversation={conversation} />
          <Button
            look={isResolved ? 'plain' : 'primary'}
            icon={isResolved ? <RotateCcw size={16} aria-hidden /> : <CircleCheck size={16} aria-hidden />}
            data-tip={isResolved ? 'Reopen' : 'Resolve'}
            data-tip-keys="e"
            data-tip-side="bottom"
            onClick={() => toggleResolved(conversation)}
          >
            <span className="max-md:sr-only">{isResolved ? 'Reopen' : 'Resolve'}</span>
          </Button>
        </>
      )}
      <IconButton
        label={isContextShown ? 'Hide the customer' : 'Show the customer'}
        keys="]"
        pressed={isContextShown}
        onClick={onToggleContext}
      >
        <PanelRight size={20} />
      </IconButton>
    </header>
  )
}

/** Two people answering the same customer should know of each other. */
function Viewers({ conversationId }: { conversationId: string }) {
  const { live, user } = useSpace()
  const people = useSyncExternalStore(live.ephemera.subscribe, () => live.ephemera.people('viewing', conversationId))
  const others = people.filter((person) => person.id !== user.id)
  const names = others.map((person) => person.name).join(', ')
  return (
    <div role="status" className="shrink-0">
      {others.length > 0 && (
        <span
          data-tip={`${names} ${others.length > 1 ? 'are' : 'is'} looking at this too`}
          data-tip-side="bottom"
          className="flex h-8 animate-appear items-center gap-1.5 rounded-md bg-amber-paper px-2 text-amber text-xs"
        >
          <Eye size={16} aria-hidden />
          <span className="max-w-36 truncate @max-2xl:hidden">
            {others.length > 1 ? `${others.length} others here` : `${others[0]?.name} is here`}
          </span>
          <span className="sr-only @2xl:hidden">{names} looking at this too</span>
        </span>
      )}
    </div>
  )
}
