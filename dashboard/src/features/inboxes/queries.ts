import { type UseQueryResult, useQuery } from '@tanstack/react-query'
import type { List } from '../../cache.ts'
import { useApi } from '../session/space.tsx'
import type { Inbox } from './schema.ts'

export function useInboxes(): UseQueryResult<Inbox[]> {
  const api = useApi()
  return useQuery({
    queryKey: ['inboxes'],
    queryFn: async ({ signal }) => (await api.get<List<Inbox>>('/v1/inboxes?limit=200', signal)).data,
  })
}
