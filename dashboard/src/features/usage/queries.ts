import { keepPreviousData, type UseQueryResult, useQuery } from '@tanstack/react-query'
import { useApi } from '../session/space.tsx'
import type { Usage } from './schema.ts'

const again = 10_000

/** The last minutes, and again every ten seconds while they are looked at. */
export function useUsage(minutes: number): UseQueryResult<Usage> {
  const api = useApi()
  return useQuery({
    queryKey: ['usage', minutes],
    queryFn: ({ signal }) => api.get<Usage>(`/v1/usage?minutes=${minutes}`, signal),
    refetchInterval: again,
    placeholderData: keepPreviousData,
  })
}
