/** A delivery as this very server signs it, and what a verifier must make of it and of what it is not. */
import { createSecretKey, randomBytes, randomUUID } from 'node:crypto'
import { sign } from '../../server/src/modules/webhooks/signing.ts'

interface Delivery {
  readonly secret: string
  readonly body: string
  readonly headers: Readonly<Record<string, string>>
}

const MINUTE = 60_000

/** One signed now, with two secrets alive: the receiver knows the older. */
function signedDelivery(at: Date): Delivery {
  const [newer, older] = [randomBytes(32), randomBytes(32)]
  const id = randomUUID()
  const data = { message: { body: 'Grüße, “Ada” – 你好 👋', html: null } }
  const body = JSON.stringify({ id, type: 'message.received', timestamp: at.toISOString(), workspace_id: id, data })
  const headers = sign(
    [newer, older].map((bytes) => createSecretKey(bytes)),
    { id, at, body },
  )
  return { secret: `whsec_${older.toString('base64')}`, body, headers }
}

/** What is ours, and the ways in which something may not be. */
export function deliveries(): { what: string; one: Delivery; isGood: boolean }[] {
  const now = new Date()
  const good = signedDelivery(now)
  const { secret, headers } = good
  const but = (changed: Record<string, string>) => ({ ...good, headers: { ...headers, ...changed } })
  const bad = (what: string, one: Delivery) => ({ what, one, isGood: false })
  const late = String(Number(headers['webhook-timestamp']) + 1)
  const otherVersion = String(headers['webhook-signature']).replaceAll('v1,', 'v2,')
  return [
    { what: 'what is ours', one: good, isGood: true },
    bad('another body', { ...good, body: good.body.replace('received', 'recieved') }),
    bad('another id', but({ 'webhook-id': randomUUID() })),
    bad('another time', but({ 'webhook-timestamp': late })),
    bad('another secret', { ...good, secret: `${secret.slice(0, -4)}AAA=` }),
    bad('another version', but({ 'webhook-signature': otherVersion })),
    bad('no signature', but({ 'webhook-signature': 'v1,' })),
    bad('one of ten minutes ago', signedDelivery(new Date(now.getTime() - 10 * MINUTE))),
  ]
}
