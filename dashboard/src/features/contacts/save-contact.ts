import { applyEvent } from '../../apply-event.ts'
import { readCache, writeCache } from '../../query-cache.ts'
import { useSpace } from '../session/space.tsx'
import type { Contact } from './schema.ts'

type Change = Partial<Record<'name' | 'email' | 'phone', string | null>> & { tags?: string[] }

/** Saves and shows what the server made of it. Refusals are the caller's to show. */
export function useSaveContact(id: string): (change: Change) => Promise<void> {
  const { api, client, user } = useSpace()
  return async (change) => {
    const contact = await api.patch<Contact>(`/v1/contacts/${id}`, change)
    const before = { ...readCache(client, user.id), counts: undefined }
    const event = { id: '', type: 'contact.updated', cursor: '', data: { contact }, previous: null, created_at: '' }
    writeCache(client, before, applyEvent(before, event))
  }
}
