import { applyEvent } from '../../apply-event.ts'
import { readCache, writeCache } from '../../query-cache.ts'
import { useSpace } from '../session/space.tsx'
import type { Inbox } from './schema.ts'

/** Shows an inbox as the server just answered it, before its event comes. */
export function useShowInbox(): (inbox: Inbox) => void {
  const { client, user } = useSpace()
  return (inbox) => {
    const before = readCache(client, user.id)
    const event = { id: '', type: 'inbox.updated', cursor: '', data: { inbox }, previous: null, created_at: '' }
    writeCache(client, before, applyEvent(before, event))
  }
}
