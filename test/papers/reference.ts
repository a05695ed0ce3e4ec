/** The pages of the reference that are read from what the code declares: refusals and events. */
import { parts } from '../../server/src/app.ts'
import { outcomes, recipientOf } from '../../server/src/channels/sandbox/outcomes.ts'
import { declaredRefusals } from '../../server/src/kernel/errors.ts'
import type { Paper } from './list.ts'

const WRITTEN = 'Written by `npm run generate` from what the code declares.'

const REFUSALS = `# Refusals

A refusal is \`application/problem+json\` (RFC 9457). Programs look at \`code\`, which does not change; \`title\` and \`detail\` are for
people. \`errors\` names every field that is wrong, as a JSON pointer into the body or as \`?name\` of a query parameter.
${WRITTEN}`

export const refusals: Paper = {
  path: 'docs/reference/refusals.md',
  make: () => {
    const rows = declaredRefusals().map(({ code, status, title }) => [`\`${code}\``, String(status), title])
    return page(REFUSALS, ['code', 'status', 'what it says'], rows)
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
