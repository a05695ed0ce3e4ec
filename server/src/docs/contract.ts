/** The contract of this very server: what its routes promise, with the words of the product. */
import type { Route } from '../kernel/http.ts'
import { type OpenApi, toOpenApi } from '../kernel/openapi.ts'
import { workspaceNotYours } from '../modules/users/service.ts'
import { version } from '../version.ts'
import { words } from './words.ts'

const DESCRIPTION = `One API under \`/v1\`: JSON, snake_case, problem+json for what is refused.

The guides: [quickstart](/docs/quickstart), [authentication](/docs/authentication), [API keys](/docs/api-keys),
[scopes](/docs/scopes), [limits](/docs/limits), [errors](/docs/errors), [idempotency](/docs/idempotency),
[pagination](/docs/pagination), [webhooks](/docs/webhooks), [lookups](/docs/lookups), [live](/docs/live),
[sandbox](/docs/sandbox).

Text is Unicode: NUL and half of a surrogate pair are refused wherever they stand, in keys as in values, and so is what is
nested deeper than 32 levels. Any request may also be answered 408, 414 or 431, before it is known what it asks for.`

const TAGS: Readonly<Record<string, string>> = {
  status: 'Whether the API answers.',
  me: 'Who the credential is.',
  contacts: 'The people who write to you.',
  conversations: 'What is talked about with one of them, and its messages.',
  messages: 'One message.',
  inboxes: 'Where conversations come in.',
  tags: 'Words that contacts and conversations carry.',
  files: 'What is attached to messages.',
  users: 'The people who answer.',
  events: 'Everything that happened, in order.',
  live: 'The same, as it happens.',
  webhooks: 'The same, sent to you.',
  lookups: 'What your endpoints may be asked.',
  'api-keys': 'What machines call with.',
  usage: 'How many requests there were.',
  'web-chat': 'What the chat on your pages speaks: for visitors, not for keys.',
}

export function contractOf(routes: readonly Route[]): OpenApi {
  const others = new Set(routes.map((route) => route.path.split('/')[2] ?? '').filter((name) => !(name in TAGS)))
  const tags = { ...TAGS, ...Object.fromEntries([...others].map((name) => [name, ''])) }
  return toOpenApi(routes, { version, description: DESCRIPTION, tags, words, byCredential: [workspaceNotYours] })
}
