import { useState } from 'react'
import { readStored, writeStored } from '../../ui/stored.ts'
import { useSpace } from '../session/space.tsx'
import type { Unsent } from './outbox.ts'

/**
 * What was begun and not sent, kept per conversation and type across reloads. It changes in the same moment as what it is
 * for: what was meant for the team never stands, not even for one frame, where it would go to the customer.
 */
export function useDraft(conversationId: string, type: Unsent['type']): [string, (text: string) => void] {
  const { id, user } = useSpace()
  const key = `draft.${id}.${user.id}.${conversationId}.${type}`
  const [draft, setDraft] = useState({ key, text: readStored(key) ?? '' })
  const current = draft.key === key ? draft : { key, text: readStored(key) ?? '' }
  if (current !== draft) setDraft(current)

  function write(text: string) {
    setDraft({ key, text })
    writeStored(key, text || null)
  }
  return [current.text, write]
}
