/** What an endpoint can be told of, by noun, in words; and a set of patterns in a few of them. */

export type Noun = { id: string; name: string; events: readonly { type: string; when: string }[] }

/** Every declared event but the test, which nobody asks for by name. */
export const nouns: readonly Noun[] = [
  {
    id: 'message',
    name: 'Messages',
    events: [
      { type: 'message.received', when: 'A customer wrote' },
      { type: 'message.sent', when: 'An outgoing message was written' },
      { type: 'message.noted', when: 'Somebody left a note' },
      { type: 'message.updated', when: 'It went from queued to sent' },
      { type: 'message.delivered', when: 'It reached the customer' },
      { type: 'message.read', when: 'The customer read it' },
      { type: 'message.failed', when: 'It could not be delivered' },
      { type: 'message.deleted', when: 'Its content is gone' },
    ],
  },
  {
    id: 'conversation',
    name: 'Conversations',
    events: [
      { type: 'conversation.created', when: 'A conversation began' },
      { type: 'conversation.assigned', when: 'Somebody took it, was given it, or let it go' },
      { type: 'conversation.resolved', when: 'It was marked as done' },
      { type: 'conversation.reopened', when: 'It was done and is open again' },
      { type: 'conversation.updated', when: 'Status, priority, subject, tags or reading changed' },
    ],
  },
  {
    id: 'contact',
    name: 'Customers',
    events: [
      { type: 'contact.created', when: 'Somebody new is known' },
      { type: 'contact.updated', when: 'What is known of them changed' },
      { type: 'contact.identified', when: 'A visitor said who they are' },
      { type: 'contact.deleted', when: 'A customer was deleted' },
    ],
  },
  {
    id: 'tag',
    name: 'Tags',
    events: [
      { type: 'tag.created', when: 'A tag was made' },
      { type: 'tag.updated', when: 'It has another name or colour' },
      { type: 'tag.deleted', when: 'It was taken off everything' },
    ],
  },
  {
    id: 'inbox',
    name: 'Inboxes',
    events: [
      { type: 'inbox.created', when: 'An inbox was set up' },
      { type: 'inbox.updated', when: 'Its name, settings or secrets changed' },
    ],
  },
  { id: 'agent', name: 'Presence', events: [{ type: 'agent.status_changed', when: 'Online, away or offline' }] },
  {
    id: 'user',
    name: 'Team',
    events: [
      { type: 'user.created', when: 'Somebody joined, or came back' },
      { type: 'user.updated', when: 'Their name or role changed' },
      { type: 'user.removed', when: 'They left' },
    ],
  },
  {
    id: 'workspace',
    name: 'Workspace',
    events: [{ type: 'workspace.updated', when: 'Name, plan, country or language changed' }],
  },
  {
    id: 'api_key',
    name: 'API keys',
    events: [
      { type: 'api_key.created', when: 'A key was made' },
      { type: 'api_key.updated', when: 'Its name, bounds or secret changed' },
      { type: 'api_key.revoked', when: 'It opens nothing any more' },
    ],
  },
  {
    id: 'webhook',
    name: 'Webhooks',
    events: [
      { type: 'webhook.created', when: 'An endpoint was set up' },
      { type: 'webhook.updated', when: 'It was changed or switched' },
      { type: 'webhook.disabled', when: 'It was switched off by itself' },
      { type: 'webhook.deleted', when: 'It is told nothing any more' },
    ],
  },
]

export const testType = 'webhook.test'

export const everything = '*'
export const allOf = (noun: string): string => `${noun}.*`

export const presets = [
  { id: 'everything', label: 'Everything', hint: 'Whatever happens, and what comes later.', events: [everything] },
  {
    id: 'desk',
    label: 'Messages and conversations',
    hint: 'What is said, and what becomes of it.',
    events: [allOf('message'), allOf('conversation')],
  },
] as const

/** Whether a set of patterns holds a type, by name, as `noun.*` or as `*`. */
export function holds(patterns: readonly string[], type: string): boolean {
  return patterns.includes(everything) || patterns.includes(type) || patterns.includes(allOf(type.split('.')[0] ?? ''))
}

export function isSame(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((pattern) => other.includes(pattern))
}

/** The patterns with one type in or out; a wildcard that holds it is spelled out first. */
export function withType(
  patterns: readonly string[],
  noun: Noun,
  { type, on }: { type: string; on: boolean },
): string[] {
  const others = patterns.filter((one) => one !== allOf(noun.id) && one !== type)
  if (on) return [...others, type]
  const kept = noun.events.map((event) => event.type).filter((one) => one !== type && holds(patterns, one))
  return [...new Set([...others, ...kept])]
}

/** The patterns with all of a noun in, what comes later included, or none of it. */
export function withNoun(patterns: readonly string[], noun: Noun, on: boolean): string[] {
  const others = patterns.filter((one) => !one.startsWith(`${noun.id}.`))
  return on ? [...others, allOf(noun.id)] : others
}

/** “All of messages; contact.created” */
export function inWords(patterns: readonly string[]): string {
  if (patterns.includes(everything)) return 'Everything'
  const whole = nouns.filter(({ id }) => patterns.includes(allOf(id))).map(({ name }) => lower(name))
  const single = patterns.filter((one) => !one.endsWith('.*'))
  const parts = [
    ...(whole.length > 0 ? [whole.length > 3 ? `All of ${whole.length} nouns` : `All of ${list(whole)}`] : []),
    ...(single.length > 2 ? [`${single.length} events`] : single),
  ]
  return parts.join('; ')
}

function list(words: string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`
}

const lower = (name: string) => name.replace(/^[A-Z](?![A-Z])/, (letter) => letter.toLowerCase())
