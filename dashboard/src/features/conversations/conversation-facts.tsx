import { ChevronDown, ChevronsUp, ChevronUp, Equal } from 'lucide-react'
import type { ReactNode } from 'react'
import { Menu } from '../../ui/menu.tsx'
import { Time } from '../../ui/time.tsx'
import { useInboxes } from '../inboxes/queries.ts'
import { useMayWrite } from '../session/space.tsx'
import { TagsField } from '../tags/tags-field.tsx'
import { useChange } from './change.ts'
import { priorityNames, statusNames } from './names.ts'
import type { Conversation, Priority } from './schema.ts'

const priorities: Priority[] = ['urgent', 'high', 'normal', 'low']

const icons: Record<Priority, ReactNode> = {
  urgent: <ChevronsUp size={16} className="text-red" aria-hidden />,
  high: <ChevronUp size={16} className="text-ink" aria-hidden />,
  normal: <Equal size={16} className="text-ink-3" aria-hidden />,
  low: <ChevronDown size={16} className="text-ink-3" aria-hidden />,
}

export function ConversationFacts({ conversation }: { conversation: Conversation }) {
  const inbox = useInboxes().data?.find((one) => one.id === conversation.inbox_id)
  const mayWrite = useMayWrite()
  const change = useChange()
  const { priority } = conversation

  return (
    <div className="flex flex-col">
      <Fact label="Status">{statusNames[conversation.status]}</Fact>
      <Fact label="Priority">
        {mayWrite ? (
          <Menu
            trigger={
              <button
                type="button"
                className="flex h-7 items-center gap-1.5 rounded-md px-2 transition-colors hover:bg-hover"
              >
                {icons[priority]} {priorityNames[priority]}
                <span className="sr-only">: change the priority</span>
              </button>
            }
            items={priorities.map((one) => ({
              label: priorityNames[one],
              icon: icons[one],
              checked: one === priority,
              run: () => change(conversation, { priority: one }),
            }))}
          />
        ) : (
          priorityNames[priority]
        )}
      </Fact>
      {inbox && <Fact label="Inbox">{inbox.name}</Fact>}
      <Fact label="Begun">
        <Time at={conversation.created_at} className="tabular" />
      </Fact>
      <TagsField
        label="Tags"
        of="the conversation"
        tags={conversation.tags}
        onChange={(tags) => change(conversation, { tags })}
      />
    </div>
  )
}

function Fact({ label, children }: { label: string; children: ReactNode }) {
  return (
    <div className="flex min-h-8 items-center">
      <span className="w-16 shrink-0 text-ink-3">{label}</span>
      <div className="min-w-0 truncate px-2 has-[button]:px-0">{children}</div>
    </div>
  )
}
