/** Which guides there are, in the order in which one reads them. */

export interface Guide {
  /** Its address is /docs/<name>. */
  readonly name: string
  readonly title: string
  /** Below `docs/`. */
  readonly file: string
}

export interface Chapter {
  readonly title: string
  readonly guides: readonly Guide[]
}

const guide = (name: string, title: string): Guide => ({ name, title, file: `guide/${name}.md` })

export const chapters: readonly Chapter[] = [
  {
    title: 'Begin',
    guides: [
      guide('quickstart', 'Quickstart'),
      guide('authentication', 'Authentication'),
      guide('api-keys', 'API keys'),
    ],
  },
  {
    title: 'Every request',
    guides: [
      { name: 'scopes', title: 'Scopes', file: 'reference/scopes.md' },
      guide('limits', 'Limits'),
      { name: 'errors', title: 'Errors', file: 'reference/refusals.md' },
      guide('idempotency', 'Idempotency'),
      guide('pagination', 'Pagination'),
      { name: 'sandbox', title: 'Sandbox', file: 'reference/sandbox.md' },
    ],
  },
  {
    title: 'What happens',
    guides: [
      guide('live', 'Live'),
      guide('webhooks', 'Webhooks'),
      guide('lookups', 'Lookups'),
      { name: 'events', title: 'Events', file: 'reference/events.md' },
    ],
  },
  {
    title: 'Your own Antiphon',
    guides: [guide('web-chat', 'Web chat'), guide('install', 'Install'), guide('configure', 'Configure')],
  },
]
