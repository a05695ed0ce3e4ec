import { infiniteQueryOptions } from '@tanstack/react-query'
import type { Api } from '../../api.ts'
import type { MessagePage } from '../../cache.ts'

const pageSize = 50

/** Newest first: the next page is the one before. */
export const threadQuery = (api: Api, conversationId: string) =>
  infiniteQueryOptions({
    queryKey: ['thread', conversationId],
    queryFn: ({ pageParam, signal }) => {
      const params = new URLSearchParams({ sort: '-position', limit: String(pageSize) })
      if (pageParam) params.set('after', pageParam)
      return api.get<MessagePage>(`/v1/conversations/${encodeURIComponent(conversationId)}/messages?${params}`, signal)
    },
    initialPageParam: '',
    getNextPageParam: (last) => last.next_cursor ?? undefined,
  })
