/** One workspace, opened: its API, its cache and its socket live and end together. */
import { MutationCache, QueryCache, QueryClient, QueryClientProvider, useQueryClient } from '@tanstack/react-query'
import { createContext, type ReactNode, use, useEffect, useMemo, useSyncExternalStore } from 'react'
import { type Api, createApi, isStatus, Refusal } from '../../api.ts'
import { Live, type LiveState } from '../../live.ts'
import { Outbox } from '../messages/outbox.ts'
import type { Opened } from './session.ts'

export type Space = Opened & { api: Api; live: Live; client: QueryClient; outbox: Outbox }

const SpaceContext = createContext<Space | null>(null)

export function useSpace(): Space {
  const space = use(SpaceContext)
  if (!space) throw new Error('This part of the desk needs an opened space.')
  return space
}

export function useApi(): Api {
  return useSpace().api
}

export function useLiveState(): LiveState {
  const { live } = useSpace()
  return useSyncExternalStore(live.subscribe, () => live.state)
}

/** Writing needs at least an agent; a viewer looks. */
export function useMayWrite(): boolean {
  return useSpace().user.role !== 'viewer'
}

export function useMayAdminister(): boolean {
  const { role } = useSpace().user
  return role === 'admin' || role === 'owner'
}

export function SpaceProvider({ opened, children }: { opened: Opened; children: ReactNode }) {
  const outer = useQueryClient()
  const { id } = opened

  const parts = useMemo(() => {
    const recheck = () => outer.invalidateQueries()
    const client = createClient(recheck)
    const api = createApi(id)
    const live = new Live({ workspaceId: id, userId: opened.user.id, client, onEnded: recheck })
    const outbox = new Outbox(api, client, opened.user.id)
    return { api, client, live, outbox }
  }, [id, opened.user.id, outer])

  useEffect(() => {
    const { live, outbox } = parts
    live.start()
    outbox.start(live)
    return () => {
      outbox.stop()
      live.stop()
    }
  }, [parts])

  const space = useMemo(() => ({ ...opened, ...parts }), [opened, parts])
  return (
    <SpaceContext value={space}>
      <QueryClientProvider client={parts.client}>{children}</QueryClientProvider>
    </SpaceContext>
  )
}

/** The socket keeps what was fetched true, so nothing is fetched twice without a reason. */
function createClient(onSignedOut: () => void): QueryClient {
  const onError = (error: unknown) => {
    if (isStatus(error, 401)) onSignedOut()
  }
  return new QueryClient({
    queryCache: new QueryCache({ onError }),
    mutationCache: new MutationCache({ onError }),
    defaultOptions: {
      queries: {
        staleTime: Number.POSITIVE_INFINITY,
        gcTime: 10 * 60_000,
        refetchOnWindowFocus: false,
        networkMode: 'always',
        retry: (count, error) => count < 2 && !(error instanceof Refusal && error.problem.status < 500),
        retryDelay: (count) => 400 * 2 ** count,
      },
      mutations: { networkMode: 'always' },
    },
  })
}
