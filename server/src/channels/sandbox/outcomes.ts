/** What becomes of a message in a sandbox: it is delivered, unless its recipient is one of these. */
import type { DeliveryError } from '../../modules/messages/schema.ts'

export type Status = 'sent' | 'delivered' | 'read' | 'failed'

export interface Outcome {
  readonly name: string
  /** What it goes through after `queued`, one a moment after the other. */
  readonly path: readonly Status[]
  /** What a message that fails says of it. */
  readonly error: DeliveryError | null
  readonly summary: string
}

const fails = (name: string, after: readonly Status[], error: DeliveryError): Outcome => ({
  name: `fail-${name}`,
  path: [...after, 'failed'],
  error,
  summary: error.detail,
})

/** In the order of their telephone numbers: new ones go to the end. */
export const outcomes: readonly Outcome[] = [
  fails('bounced', ['sent'], { code: 'bounced', detail: 'The recipient’s server sent the message back.' }),
  fails('unknown', [], { code: 'recipient_unknown', detail: 'There is nobody at this address or number.' }),
  fails('blocked', [], { code: 'recipient_blocked', detail: 'The recipient has asked for no more messages.' }),
  fails('rejected', [], { code: 'content_rejected', detail: 'The provider does not take what the message says.' }),
  fails('spam', ['sent'], { code: 'marked_as_spam', detail: 'The recipient’s server took the message for spam.' }),
  fails('too-large', [], { code: 'too_large', detail: 'The message is larger than the provider takes.' }),
  fails('type', [], { code: 'type_unsupported', detail: 'The provider does not take attachments of this type.' }),
  fails('window', [], {
    code: 'window_closed',
    detail: 'The recipient last wrote too long ago: the provider lets nobody answer any more.',
  }),
  fails('limited', [], { code: 'provider_limited', detail: 'The provider takes no more messages for now.' }),
  fails('credentials', [], {
    code: 'provider_credentials_invalid',
    detail: 'The provider does not accept the credentials of the inbox.',
  }),
  fails('unpaid', [], { code: 'provider_unpaid', detail: 'The account at the provider has no funds.' }),
  fails('unavailable', [], { code: 'provider_unavailable', detail: 'The provider answers with errors.' }),
  fails('timeout', [], { code: 'provider_timed_out', detail: 'The provider does not answer.' }),
  fails('expired', ['sent'], {
    code: 'expired',
    detail: 'The message did not reach the recipient’s device before its time had run out.',
  }),
  { name: 'stay-queued', path: [], error: null, summary: 'It waits for ever.' },
  { name: 'stay-sent', path: ['sent'], error: null, summary: 'The provider took it and says nothing more.' },
  { name: 'read', path: ['sent', 'delivered', 'read'], error: null, summary: 'The recipient reads it.' },
]

const DELIVERED: readonly Status[] = ['sent', 'delivered']
const FIRST_NUMBER = 15_005_550_001

export interface Recipient {
  readonly email: string | null
  readonly phone: string | null
  readonly external_id: string | null
}

/** By which a contact is one of them; any of the three is enough. */
export function recipientOf(outcome: Outcome): { email: string; phone: string; external_id: string } {
  return {
    email: `${outcome.name}@sandbox.test`,
    phone: `+${FIRST_NUMBER + outcomes.indexOf(outcome)}`,
    external_id: `sandbox-${outcome.name}`,
  }
}

const known = new Map(
  outcomes.flatMap((outcome) => Object.values(recipientOf(outcome)).map((text) => [text, outcome] as const)),
)

/** What a message to them goes through, and what it says when it fails. */
export function outcomeFor({ email, phone, external_id }: Recipient): Pick<Outcome, 'path' | 'error'> {
  for (const text of [email?.toLowerCase(), phone, external_id]) {
    const outcome = known.get(text ?? '')
    if (outcome) return outcome
  }
  return { path: DELIVERED, error: null }
}
