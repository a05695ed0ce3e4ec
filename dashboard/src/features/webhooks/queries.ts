import {
  type InfiniteData,
  keepPreviousData,
  type UseInfiniteQueryResult,
  type UseQueryResult,
  useInfiniteQuery,
  useQuery,
  useQueryClient,
} from '@tanstack/react-query'
import { useEffect } from 'react'
import type { Api } from '../../api.ts'
import type { List } from '../../cache.ts'
import { useSpace } from '../session/space.tsx'
import { settling, untilDue } from './due.ts'
import type { Delivery, DeliveryWithAttempts, Lookup, Webhook } from './schema.ts'

const key = ['webhooks']
const pageSize = 30
/** That an endpoint began to fail is told by no event. */
const again = 15_000
/** A page of the log is not asked for more often: requests are counted. */
const perPage = 3_000

/** Every endpoint. */
export function useWebhooks(): UseQueryResult<Webhook[]> {
  const { api, live } = useSpace()
  const client = useQueryClient()
  useEffect(
    () =>
      live.hear(({ type }) => {
        if (type.startsWith('webhook.')) client.invalidateQueries({ queryKey: key })
      }),
    [live, client],
  )
  return useQuery({
    queryKey: key,
    queryFn: ({ signal }) => all(api, signal),
    staleTime: 0,
    refetchInterval: again,
  })
}

/** Puts the endpoint the server answered with into the list, at once. */
export function useShowWebhook(): (one: Webhook) => void {
  const client = useQueryClient()
  return (one) =>
    client.setQueryData<Webhook[]>(key, (held) =>
      held?.some(({ id }) => id === one.id)
        ? held.map((other) => (other.id === one.id ? one : other))
        : held && [one, ...held],
    )
}

/** Has the endpoints asked for again when this changes: how one fares is seen first by what it was sent. */
export function useRefreshWebhooks(because: string): void {
  const client = useQueryClient()
  useEffect(() => {
    if (because) client.invalidateQueries({ queryKey: key })
  }, [client, because])
}

/** Takes a deleted endpoint out of the list. */
export function useHideWebhook(): (id: string) => void {
  const client = useQueryClient()
  return (id) => client.setQueryData<Webhook[]>(key, (held) => held?.filter((other) => other.id !== id))
}

/** What may be asked of an endpoint at all. */
export function useLookups(): UseQueryResult<Lookup[]> {
  const { api } = useSpace()
  return useQuery({
    queryKey: ['lookups'],
    queryFn: async ({ signal }) => (await api.get<List<Lookup>>('/v1/lookups', signal)).data,
  })
}

export type Filter = { status?: Delivery['status']; event_type?: string }

type Log = InfiniteData<List<Delivery>, string>

/** The log of an endpoint, newest first: asked for again when something happened, and when an attempt was due. */
export function useDeliveries(webhookId: string, filter: Filter): UseInfiniteQueryResult<Log> {
  const { api } = useSpace()
  useRefreshByEvents(webhookId)
  return useInfiniteQuery({
    queryKey: ['deliveries', webhookId, filter],
    queryFn: ({ pageParam, signal }) => {
      const params = new URLSearchParams({ ...filter, limit: String(pageSize) })
      if (pageParam) params.set('after', pageParam)
      return api.get<List<Delivery>>(`/v1/webhooks/${encodeURIComponent(webhookId)}/deliveries?${params}`, signal)
    },
    initialPageParam: '',
    getNextPageParam: (last) => last.next_cursor ?? undefined,
    placeholderData: keepPreviousData,
    staleTime: 0,
    refetchInterval: ({ state }) => {
      const pages = state.data?.pages ?? []
      const wait = untilDue(
        pages.flatMap(({ data }) => data),
        Date.now(),
      )
      return wait && Math.max(wait, pages.length * perPage)
    },
  })
}

/** Whatever happens may be a delivery. Where much happens, or much is shown, it is asked for more seldom. */
function useRefreshByEvents(webhookId: string): void {
  const { live } = useSpace()
  const client = useQueryClient()
  useEffect(() => {
    const queryKey = ['deliveries', webhookId]
    let timer: ReturnType<typeof setTimeout> | undefined
    let mayAt = 0
    const stop = live.hear(() => {
      timer ??= setTimeout(
        () => {
          const pages = client
            .getQueriesData<Log>({ queryKey, type: 'active' })
            .map(([, log]) => log?.pages.length ?? 0)
          timer = undefined
          mayAt = Date.now() + Math.max(1, ...pages) * perPage
          client.invalidateQueries({ queryKey })
        },
        Math.max(settling, mayAt - Date.now()),
      )
    })
    return () => {
      stop()
      clearTimeout(timer)
    }
  }, [live, client, webhookId])
}

/** One delivery with its attempts, asked for again while something is still to come of it. */
export function useDelivery(webhookId: string, id: string): UseQueryResult<DeliveryWithAttempts> {
  const { api } = useSpace()
  return useQuery({
    queryKey: ['delivery', webhookId, id],
    queryFn: ({ signal }) =>
      api.get<DeliveryWithAttempts>(
        `/v1/webhooks/${encodeURIComponent(webhookId)}/deliveries/${encodeURIComponent(id)}`,
        signal,
      ),
    staleTime: 0,
    refetchInterval: ({ state }) => (state.data ? untilDue([state.data], Date.now()) : false),
  })
}

/** Has all that is shown of an endpoint's deliveries asked for again. */
export function useRefreshDeliveries(webhookId: string): () => Promise<void> {
  const client = useQueryClient()
  return async () => {
    await Promise.all(
      ['deliveries', 'delivery'].map((name) => client.invalidateQueries({ queryKey: [name, webhookId] })),
    )
  }
}

async function all(api: Api, signal: AbortSignal): Promise<Webhook[]> {
  const webhooks: Webhook[] = []
  for (let after = ''; ; ) {
    const page = await api.get<List<Webhook>>(`/v1/webhooks?limit=200${after && `&after=${after}`}`, signal)
    webhooks.push(...page.data)
    if (!page.has_more || !page.next_cursor) return webhooks
    after = encodeURIComponent(page.next_cursor)
  }
}
