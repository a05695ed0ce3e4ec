import { type UseQueryResult, useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect } from 'react'
import type { Api } from '../../api.ts'
import type { List } from '../../cache.ts'
import { useSpace } from '../session/space.tsx'
import type { ApiKey } from './schema.ts'

const key = ['api-keys']

/** Every key. When one was last used is told by no event, so the list is asked for whenever it is opened. */
export function useApiKeys(): UseQueryResult<ApiKey[]> {
  const { api, live } = useSpace()
  const client = useQueryClient()
  useEffect(
    () =>
      live.hear(({ type }) => {
        if (type.startsWith('api_key.')) client.invalidateQueries({ queryKey: key })
      }),
    [live, client],
  )
  return useQuery({ queryKey: key, queryFn: ({ signal }) => all(api, signal), staleTime: 0 })
}

/** Puts the key the server answered with into the list, at once. */
export function useShowKey(): (one: ApiKey) => void {
  const client = useQueryClient()
  return (one) =>
    client.setQueryData<ApiKey[]>(key, (held) =>
      held?.some(({ id }) => id === one.id)
        ? held.map((other) => (other.id === one.id ? one : other))
        : held && [one, ...held],
    )
}

/** Takes a revoked key out of the list. */
export function useHideKey(): (id: string) => void {
  const client = useQueryClient()
  return (id) => client.setQueryData<ApiKey[]>(key, (held) => held?.filter((other) => other.id !== id))
}

async function all(api: Api, signal: AbortSignal): Promise<ApiKey[]> {
  const keys: ApiKey[] = []
  for (let after = ''; ; ) {
    const page = await api.get<List<ApiKey>>(`/v1/api-keys?limit=200${after && `&after=${after}`}`, signal)
    keys.push(...page.data)
    if (!page.has_more || !page.next_cursor) return keys
    after = encodeURIComponent(page.next_cursor)
  }
}
