import { useEffect, useState } from 'react'
import { readStored, writeStored } from '../../ui/stored.ts'
import { useSpace } from '../session/space.tsx'
import type { Unsent } from './outbox.ts'

/** What was begun and not sent, kept per conversation and type across reloads. */
export function useDraft(conversationId: string, type: Unsent['type']): [string, (text: string) => void] {
  const { id, user } = useSpace()
  const key = `draft.${id}.${user.id}.${conversationId}.${type}`
  const [text, setText] = useState(() => readStored(key) ?? '')

  useEffect(() => setText(readStored(key) ?? ''), [key])
  function write(next: string) {
    setText(next)
    writeStored(key, next || null)
  }
  return [text, write]
}
