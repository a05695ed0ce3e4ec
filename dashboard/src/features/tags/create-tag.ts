import { applyEvent } from '../../apply-event.ts'
import { readCache, writeCache } from '../../query-cache.ts'
import { useSpace } from '../session/space.tsx'
import type { Tag } from './schema.ts'

export function useCreateTag(): (name: string) => Promise<Tag> {
  const { api, client, user } = useSpace()
  return async (name) => {
    const tag = await api.post<Tag>('/v1/tags', { name })
    const before = readCache(client, user.id)
    const event = { id: '', type: 'tag.created', cursor: '', data: { tag }, previous: null, created_at: '' }
    writeCache(client, before, applyEvent(before, event))
    return tag
  }
}
