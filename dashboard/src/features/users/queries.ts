import { queryOptions, type UseQueryResult, useQuery } from '@tanstack/react-query'
import type { Api } from '../../api.ts'
import type { List } from '../../cache.ts'
import { useApi } from '../session/space.tsx'
import type { User } from './schema.ts'

export const usersQuery = (api: Api) =>
  queryOptions({
    queryKey: ['users'],
    queryFn: async ({ signal }) => (await api.get<List<User>>('/v1/users?limit=200', signal)).data,
  })

export function useUsers(): UseQueryResult<User[]> {
  return useQuery(usersQuery(useApi()))
}
