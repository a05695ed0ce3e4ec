import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { RouterProvider } from '@tanstack/react-router'
import { createRoot } from 'react-dom/client'
import { Refusal } from './api.ts'
import { NoSuchSpace } from './features/session/session.ts'
import { router } from './router.tsx'
import './app.css'

const client = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: Number.POSITIVE_INFINITY,
      refetchOnWindowFocus: false,
      networkMode: 'always',
      retry: (count, error) => count < 2 && !(error instanceof Refusal) && !(error instanceof NoSuchSpace),
      retryDelay: 400,
    },
  },
})

const element = document.getElementById('root')
if (element)
  createRoot(element).render(
    <QueryClientProvider client={client}>
      <RouterProvider router={router} />
    </QueryClientProvider>,
  )
