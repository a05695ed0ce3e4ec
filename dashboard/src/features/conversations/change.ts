/** Changes to a conversation, shown at once and taken back if the server refuses. */
import { explain } from '../../api.ts'
import { applyEvent } from '../../apply-event.ts'
import { readCache, writeCache } from '../../query-cache.ts'
import { complain, say } from '../../ui/toast.tsx'
import { type Space, useSpace } from '../session/space.tsx'
import { nameOf } from './names.ts'
import type { Conversation } from './schema.ts'

export type Change = Partial<Pick<Conversation, 'status' | 'assignee_id' | 'priority' | 'tags' | 'subject'>>

export function useChange(): (conversation: Conversation, change: Change) => void {
  const space = useSpace()
  return (conversation, change) => apply(space, conversation, change)
}

/** Resolving takes a row out of sight, so it says so and offers the way back. */
export function useToggleResolved(): (conversation: Conversation) => void {
  const space = useSpace()
  return (conversation) => {
    const status = conversation.status === 'resolved' ? 'open' : 'resolved'
    apply(space, conversation, { status }, () => {
      const undo = {
        label: 'Undo',
        run: () => apply(space, { ...conversation, status }, { status: conversation.status }),
      }
      say(`${nameOf(conversation.contact)} ${status === 'resolved' ? 'resolved' : 'reopened'}`, undo)
    })
  }
}

function apply(space: Space, conversation: Conversation, change: Change, then?: () => void) {
  show(space, { ...conversation, ...change })
  space.api.patch<Conversation>(`/v1/conversations/${conversation.id}`, change).then(
    // What became of it comes with its event; the answer may be older than that.
    () => then?.(),
    (error: unknown) => {
      show(space, conversation)
      space.client.invalidateQueries({ queryKey: ['conversation', conversation.id] })
      complain(explain(error))
    },
  )
}

/** The counts wait for the event, which every change has exactly one of. */
function show({ client, user }: Space, conversation: Conversation) {
  const before = { ...readCache(client, user.id), counts: undefined }
  const event = {
    id: '',
    type: 'conversation.updated',
    cursor: '',
    data: { conversation },
    previous: null,
    created_at: '',
  }
  writeCache(client, before, applyEvent(before, event))
}
