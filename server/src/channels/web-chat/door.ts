/** A visitor on the live socket: which events they see, and in which words. */
import type { Kernel } from '../../kernel/kernel.ts'
import type { LoggedEvent } from '../../kernel/outbox.ts'
import { cursorAt, type Ephemeral, type Guest } from '../../modules/live/service.ts'
import { contextOf, onSignOut, recognise } from './access.ts'
import { presentAuthor } from './present.ts'
import { frame, type Projection, project } from './projection.ts'
import { findSession } from './queries.ts'
import { currentConversation } from './visitors.ts'

const MOST_BEHIND = 1_000

/** Lets a visitor in by their token. */
export async function visitorDoor(kernel: Kernel, token: string, now: () => Date): Promise<Guest> {
  const caller = await recognise(kernel, token, now)
  const { session } = caller
  const ctx = contextOf(kernel, caller, now)
  let conversation_id: string | null = null
  // A session sees one conversation: its contact's latest when proven, otherwise the one that it began itself. It learns
  // of a newer one by its own first message there or, proven, by another proven session's.
  const isTheirs = ({ conversation, message }: Projection): boolean => {
    if (conversation.contact_id !== session.contact_id || conversation.inbox_id !== session.inbox_id) return false
    if (conversation.id === conversation_id) return true
    const { visitor_session_id, visitor_verified } = message?.metadata ?? {}
    const isNewer = conversation_id === null || conversation.id > conversation_id
    return isNewer && (visitor_session_id === session.id || (session.verified && visitor_verified === true))
  }
  return {
    caller,
    onSignOut: (listen) => onSignOut(kernel, session.id, listen),
    isEndedBy: (event) => event.type === 'contact.deleted' && idOf(event.data['contact']) === session.contact_id,
    speak: (frame) => {
      if (frame['type'] !== 'typing' || conversation_id === null) return null
      const author = { type: 'contact', id: session.contact_id, name: null }
      return { type: 'typing', conversation_id, author, on: frame['on'] === true }
    },
    view: {
      mostBehind: MOST_BEHIND,
      // Not from memory: it may have begun a moment ago.
      orient: async () => {
        const now = await findSession(ctx, session.id)
        conversation_id = (now && (await currentConversation(ctx, now)))?.id ?? null
      },
      showEphemeral: (message: Ephemeral) =>
        message.type === 'typing' && message.conversation_id === conversation_id ? typingOf(message) : null,
      show: (event: LoggedEvent) => {
        const shown = project(event)
        if (!shown || !isTheirs(shown)) return null
        conversation_id = shown.conversation.id
        return frame(event, shown, cursorAt(ctx, event.position))
      },
    },
  }
}

/** That somebody of the team is typing, as their messages name them. Nothing for what another page of the visitor says. */
function typingOf({ type, conversation_id, author, on }: Ephemeral): string | null {
  if (typeof author !== 'object' || author === null || !('type' in author) || author.type === 'contact') return null
  const name = 'name' in author && typeof author.name === 'string' ? author.name : null
  return JSON.stringify({ type, conversation_id, author: presentAuthor({ type: String(author.type), name }), on })
}

function idOf(value: unknown): unknown {
  return typeof value === 'object' && value !== null && 'id' in value ? value.id : undefined
}
