import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Outlet,
  redirect,
} from '@tanstack/react-router'
import { lazy, Suspense } from 'react'
import { chunk } from './chunk.ts'
import { ChooseOne } from './features/conversations/choose-one.tsx'
import { InboxPage } from './features/conversations/inbox-page.tsx'
import { NotFound } from './features/desk/not-found.tsx'
import { HomePage } from './features/session/home-page.tsx'
import { SpacePage } from './features/session/space-page.tsx'
import { Toaster } from './ui/toast.tsx'

// Nobody hovers before there is something to hover over.
const TooltipLayer = lazy(() => chunk(() => import('./ui/tooltip.tsx')))

const root = createRootRoute({
  component: () => (
    <>
      <Outlet />
      <Toaster />
      <Suspense>
        <TooltipLayer />
      </Suspense>
    </>
  ),
  notFoundComponent: () => (
    <main className="h-full">
      <NotFound title="There is no such page">The address may be mistyped, or what was here has moved.</NotFound>
    </main>
  ),
})

const home = createRoute({ getParentRoute: () => root, path: '/', component: HomePage })

const signIn = createRoute({
  getParentRoute: () => root,
  path: '/sign-in',
  validateSearch: (search: Record<string, unknown>): { to?: string } =>
    typeof search['to'] === 'string' ? { to: search['to'] } : {},
  component: lazyRouteComponent(() => chunk(() => import('./features/session/sign-in-page.tsx')), 'SignInPage'),
})

const space = createRoute({ getParentRoute: () => root, path: '/w/$space', component: SpacePage })

const spaceHome = createRoute({
  getParentRoute: () => space,
  path: '/',
  beforeLoad: ({ params }) => {
    throw redirect({ to: '/w/$space/inbox', params, replace: true })
  },
})

const inboxHome = createRoute({
  getParentRoute: () => space,
  path: '/inbox',
  beforeLoad: ({ params }) => {
    throw redirect({ to: '/w/$space/inbox/$view', params: { ...params, view: 'unassigned' }, replace: true })
  },
})

const inbox = createRoute({
  getParentRoute: () => space,
  path: '/inbox/$view',
  validateSearch: (search: Record<string, unknown>): { status?: 'resolved' } =>
    search['status'] === 'resolved' ? { status: 'resolved' } : {},
  component: InboxPage,
})

const chooseOne = createRoute({ getParentRoute: () => inbox, path: '/', component: ChooseOne })
const thread = createRoute({
  getParentRoute: () => inbox,
  path: '/$conversationId',
  component: lazyRouteComponent(() => chunk(() => import('./features/messages/thread-page.tsx')), 'ThreadPage'),
})

const settings = createRoute({
  getParentRoute: () => space,
  path: '/settings',
  component: lazyRouteComponent(() => chunk(() => import('./features/desk/settings-page.tsx')), 'SettingsPage'),
})

const settingsHome = createRoute({
  getParentRoute: () => settings,
  path: '/',
  beforeLoad: ({ params }) => {
    throw redirect({ to: '/w/$space/settings/inboxes', params, replace: true })
  },
})

const inboxes = createRoute({
  getParentRoute: () => settings,
  path: '/inboxes',
  component: lazyRouteComponent(() => chunk(() => import('./features/inboxes/inboxes-page.tsx')), 'InboxesPage'),
})

const oneInbox = createRoute({
  getParentRoute: () => settings,
  path: '/inboxes/$inboxId',
  component: lazyRouteComponent(
    () => chunk(() => import('./features/inboxes/inbox-settings-page.tsx')),
    'InboxSettingsPage',
  ),
})

const tags = createRoute({
  getParentRoute: () => settings,
  path: '/tags',
  component: lazyRouteComponent(() => chunk(() => import('./features/tags/tags-page.tsx')), 'TagsPage'),
})

const apiKeys = createRoute({
  getParentRoute: () => settings,
  path: '/api-keys',
  component: lazyRouteComponent(() => chunk(() => import('./features/api-keys/api-keys-page.tsx')), 'ApiKeysPage'),
})

const webhooks = createRoute({
  getParentRoute: () => settings,
  path: '/webhooks',
  component: lazyRouteComponent(() => chunk(() => import('./features/webhooks/webhooks-page.tsx')), 'WebhooksPage'),
})

const oneWebhook = createRoute({
  getParentRoute: () => settings,
  path: '/webhooks/$webhookId',
  validateSearch: ({ delivery }: Record<string, unknown>): { delivery?: string } =>
    typeof delivery === 'string' ? { delivery } : {},
  component: lazyRouteComponent(() => chunk(() => import('./features/webhooks/webhook-page.tsx')), 'WebhookPage'),
})

const usage = createRoute({
  getParentRoute: () => settings,
  path: '/usage',
  component: lazyRouteComponent(() => chunk(() => import('./features/usage/usage-page.tsx')), 'UsagePage'),
})

export const router = createRouter({
  routeTree: root.addChildren([
    home,
    signIn,
    space.addChildren([
      spaceHome,
      inboxHome,
      inbox.addChildren([chooseOne, thread]),
      settings.addChildren([settingsHome, inboxes, oneInbox, tags, apiKeys, webhooks, oneWebhook, usage]),
    ]),
  ]),
  defaultPreload: 'intent',
  defaultPreloadDelay: 60,
  scrollRestoration: false,
})

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router
  }
}
