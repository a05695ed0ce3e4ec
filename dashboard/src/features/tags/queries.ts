import { type UseQueryResult, useQuery } from '@tanstack/react-query'
import type { List } from '../../cache.ts'
import { useApi } from '../session/space.tsx'
import type { Tag } from './schema.ts'

export function useTags(): UseQueryResult<Tag[]> {
  const api = useApi()
  return useQuery({
    queryKey: ['tags'],
    queryFn: async ({ signal }) => (await api.get<List<Tag>>('/v1/tags?limit=200', signal)).data,
  })
}
