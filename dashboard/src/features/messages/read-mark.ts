import { useEffect, useState } from 'react'
import type { Conversation } from '../conversations/schema.ts'
import { useMayWrite, useSpace } from '../session/space.tsx'
import type { Message } from './schema.ts'

/** Moves the team's read mark while the end is in sight and the window is looked at. Answers to where one has seen. */
export function useMarkRead(conversation: Conversation, last: Message | undefined, isAtEnd: boolean): number {
  const { api } = useSpace()
  const mayWrite = useMayWrite()
  const [seen, setSeen] = useState(conversation.team_read_position)
  const position = last?.position ?? 0
  const isUnread = conversation.unread_count > 0 || position > seen

  useEffect(() => {
    if (!isAtEnd || !isUnread || position === 0) return
    const look = () => {
      if (document.visibilityState !== 'visible' || !document.hasFocus()) return
      setSeen(position)
      // A mark that did not arrive moves with the next one; there is nothing to tell anyone.
      if (mayWrite && conversation.unread_count > 0)
        api.post(`/v1/conversations/${conversation.id}/read`, { position }).catch(() => {})
    }
    const timer = setTimeout(look, 300)
    addEventListener('focus', look)
    return () => {
      clearTimeout(timer)
      removeEventListener('focus', look)
    }
  }, [api, conversation.id, conversation.unread_count, isAtEnd, isUnread, mayWrite, position])
  return seen
}
