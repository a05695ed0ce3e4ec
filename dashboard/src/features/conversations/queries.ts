import { infiniteQueryOptions, queryOptions, type UseQueryResult, useQuery } from '@tanstack/react-query'
import type { Api } from '../../api.ts'
import type { ConversationFilter, ConversationPage, List } from '../../cache.ts'
import { edgeOf } from '../../place-conversation.ts'
import { useApi } from '../session/space.tsx'
import type { Conversation, Counts } from './schema.ts'

const pageSize = 50

export const listQuery = (api: Api, filter: ConversationFilter) =>
  infiniteQueryOptions({
    queryKey: ['list', filter],
    queryFn: async ({ pageParam, signal }): Promise<ConversationPage> => {
      const { assignee, ...rest } = filter
      const params = new URLSearchParams({ ...rest, limit: String(pageSize) })
      if (assignee) params.set('assignee_id', assignee)
      if (pageParam) params.set('after', pageParam)
      const page = await api.get<List<Conversation>>(`/v1/conversations?${params}`, signal)
      return { ...page, filter, edge: edgeOf(page) }
    },
    initialPageParam: '',
    getNextPageParam: (last) => last.next_cursor ?? undefined,
  })

export const conversationQuery = (api: Api, id: string) =>
  queryOptions({
    queryKey: ['conversation', id],
    queryFn: ({ signal }) => api.get<Conversation>(`/v1/conversations/${encodeURIComponent(id)}`, signal),
  })

export function useCounts(): UseQueryResult<Counts> {
  const api = useApi()
  return useQuery({
    queryKey: ['counts'],
    queryFn: ({ signal }) => api.get<Counts>('/v1/conversations/counts', signal),
  })
}
