import { UserRound, UserRoundX } from 'lucide-react'
import { useState } from 'react'
import { Avatar } from '../../ui/avatar.tsx'
import { Button } from '../../ui/button.tsx'
import type { Choice } from '../../ui/choices.tsx'
import { Picker } from '../../ui/picker.tsx'
import { useSpace } from '../session/space.tsx'
import { useUsers } from '../users/queries.ts'
import type { User } from '../users/schema.ts'
import { useChange } from './change.ts'
import { useIntent } from './intent.ts'
import type { Conversation } from './schema.ts'

const order = { online: 0, away: 1, offline: 2 }

/** Gives the conversation to oneself, to somebody else, or to nobody. */
export function AssignPicker({ conversation }: { conversation: Conversation }) {
  const { user } = useSpace()
  const users = useUsers().data ?? []
  const change = useChange()
  const [isOpen, setOpen] = useState(false)
  useIntent(conversation.id, 'assign', () => setOpen(true))

  const assignee = users.find((one) => one.id === conversation.assignee_id)
  return (
    <Picker
      label="Assign to"
      align="end"
      open={isOpen}
      onOpenChange={setOpen}
      choices={choicesOf(users, user, conversation)}
      onPick={(id) => change(conversation, { assignee_id: id === 'nobody' ? null : id })}
      trigger={
        <Button
          look="quiet"
          data-tip={assignee ? `Assigned to ${assignee.name}` : 'Assign'}
          data-tip-keys="a"
          data-tip-side="bottom"
          className="max-md:px-1.5"
          icon={
            assignee ? <Avatar name={assignee.name} shape="square" size="sm" /> : <UserRound size={16} aria-hidden />
          }
        >
          <span className="max-w-32 truncate @max-2xl:sr-only">{assignee ? assignee.name : 'Assign'}</span>
        </Button>
      }
    />
  )
}

function choicesOf(users: User[], me: User, conversation: Conversation): Choice[] {
  const people = users
    .filter((one) => one.role !== 'viewer' || one.id === conversation.assignee_id)
    .sort(
      (a, b) =>
        Number(b.id === me.id) - Number(a.id === me.id) ||
        order[a.presence] - order[b.presence] ||
        a.name.localeCompare(b.name),
    )
    .map((one) => ({
      id: one.id,
      label: one.name,
      detail: one.id === me.id ? 'you' : one.presence,
      icon: <Avatar name={one.name} shape="square" size="sm" sign={one.presence} />,
      chosen: one.id === conversation.assignee_id,
    }))
  return [
    ...people,
    { id: 'nobody', label: 'Nobody', icon: <UserRoundX size={16} />, chosen: conversation.assignee_id === null },
  ]
}
