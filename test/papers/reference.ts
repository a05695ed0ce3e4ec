/** The pages of the reference that are read from what the code declares: refusals, scopes, events, the sandbox. */
import { parts } from '../../server/src/app.ts'
import { outcomes, recipientOf } from '../../server/src/channels/sandbox/outcomes.ts'
import { declaredRefusals } from '../../server/src/kernel/errors.ts'
import { allows } from '../../server/src/kernel/gate.ts'
import { ASKABLE, ROLE_SCOPES } from '../../server/src/modules/users/roles.ts'
import { ROLES } from '../../server/src/modules/users/schema.ts'
import type { Paper } from './list.ts'

const WRITTEN = 'Written by `npm run generate` from what the code declares.'

const REFUSALS = `# Errors

A refusal is \`application/problem+json\` (RFC 9457). Programs look at \`code\`, which does not change; \`title\` and \`detail\` are for
people. \`errors\` names every field that is wrong, as a JSON pointer into the body or as \`?name\` of a query parameter. \`type\` leads
to a page that says what to do.

\`\`\`sh
curl -s http://127.0.0.1:3000/v1/contacts -H "Authorization: Bearer $KEY" --json '{"email":"no address"}'
\`\`\`

\`\`\`json
{
  "type": "https://desk.example.com/errors/invalid",
  "title": "Something in the request is not as it must be.",
  "status": 422,
  "code": "invalid",
  "request_id": "01994f3c-8d2e-7b61-9c0a-5f1d2e3c4b5b",
  "errors": [{ "pointer": "/email", "code": "format", "detail": "Must match format \\"email\\"." }]
}
\`\`\`

A request is refused by the first of these that applies: no such route (404, 405), credential (401), address or origin (403), limit
(429), scope (403), media type and size (415, 413), malformed JSON (400), then all fields at once (422), then what is not there (404),
then what is there already (409, 422). What is another workspace’s is answered like what is not there.

Try again after 429 and 503, as \`Retry-After\` says, and after 500 and after no answer at all, each with the same
[\`Idempotency-Key\`](../guide/idempotency.md). Everything else will be refused again. \`request_id\` is in the server’s log.

${WRITTEN}`

export const refusals: Paper = {
  path: 'docs/reference/refusals.md',
  make: () => {
    const rows = declaredRefusals().map(({ code, status, title }) => [`\`${code}\``, String(status), title])
    return page(REFUSALS, ['code', 'status', 'what it says'], rows)
  },
}

const SCOPES = `# Scopes

A key may do what its scopes allow and its maker’s role allows, at that moment. A scope is \`resource:action\`; \`resource:*\` is all of a
resource and \`*\` everything. A route names its scope in the API reference, at \`/docs\` of a server; without it the answer is 403 \`scope_missing\`, and
\`detail\` says which one. Events need the scope of what they are about: feed, socket and webhooks leave out the others. ${WRITTEN}`

export const scopes: Paper = {
  path: 'docs/reference/scopes.md',
  make: () => {
    const routes = parts.flatMap((part) => part.routes ?? [])
    const events = parts.flatMap((part) => part.events ?? [])
    const rows = ASKABLE.filter((scope) => !scope.includes('*')).map((scope) => [
      `\`${scope}\``,
      ROLES.filter((role) => allows(new Set(ROLE_SCOPES[role]), scope)).join(', '),
      routes
        .filter((route) => route.scope === scope)
        .map(({ method, path }) => `\`${method} ${path}\``)
        .join(', '),
      events
        .filter((event) => event.scope === scope)
        .map(({ type }) => `\`${type}\``)
        .toSorted()
        .join(', '),
    ])
    return page(SCOPES, ['scope', 'roles that have it', 'routes', 'events'], rows)
  },
}

const EVENTS = `# Events

Every change is one event in the workspace's log, which \`GET /v1/events\` and the socket \`/v1/live\` read, both from a cursor.
\`data\` holds the whole object under its noun, as GET answers it at that moment; \`previous\` holds the old values of what changed.
A reader who lacks the scope of a type is not shown it. ${WRITTEN}`

export const events: Paper = {
  path: 'docs/reference/events.md',
  make: () => {
    const declared = parts.flatMap((part) => part.events ?? []).toSorted((a, b) => a.type.localeCompare(b.type, 'en'))
    const rows = declared.map(({ type, scope, summary, data }) => [
      `\`${type}\``,
      `\`${scope}\``,
      nounsOf(data).join(', '),
      summary,
    ])
    return page(EVENTS, ['type', 'scope', 'holds', 'when'], rows)
  },
}

const SANDBOX = `# Sandbox

Every workspace has a sandbox twin: a workspace of its own, with the same plan and limits counted apart, in which a test key
(\`ap_test_…\`) acts. Requests are checked as they are in earnest, and nothing leaves. An outgoing message goes from \`queued\`
to \`sent\` to \`delivered\` by itself, a moment after each step, with the events of each; on web chat, which needs no provider,
messages are what they are in earnest.

Messages to these recipients take another way. A contact is one of them by e-mail address, by telephone number or by external
id; any of the three is enough. Outside a sandbox they are addresses like any other. ${WRITTEN}`

export const sandbox: Paper = {
  path: 'docs/reference/sandbox.md',
  make: () => {
    const rows = outcomes.map((outcome) => {
      const { email, phone, external_id } = recipientOf(outcome)
      const way = ['queued', ...outcome.path].join(' → ')
      return [
        `\`${email}\``,
        `\`${phone}\``,
        `\`${external_id}\``,
        way,
        outcome.error ? `\`${outcome.error.code}\`` : '',
        outcome.summary,
      ]
    })
    return page(SANDBOX, ['e-mail', 'phone', 'external id', 'status', '`error.code`', 'what it stands for'], rows)
  },
}

function nounsOf(data: object): string[] {
  return 'properties' in data && data.properties ? Object.keys(data.properties) : []
}

function page(head: string, columns: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`
  return `${[head, [line(columns), `|${'---|'.repeat(columns.length)}`, ...rows.map(line)].join('\n')].join('\n\n')}\n`
}
