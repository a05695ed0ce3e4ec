import { Webhook } from 'standardwebhooks'
import { expect, test } from 'vitest'
import { openSink } from '../../../test/sink.ts'
import { type Server, startServer, type World, world } from '../../../test/world.ts'

let shared: Promise<Server> | undefined
const on = () => {
  shared ??= startServer({ env: { ANTIPHON_OUTBOUND_ALLOW: '127.0.0.1/32', ANTIPHON_WEBHOOK_RETRY_FACTOR: '0.00001' } })
  return shared
}

type Made = { id: string; secret: string }
type Delivery = {
  id: string
  status: string
  event_type: string
  attempts_count: number
  response_status: number | null
}

async function endpoint(w: World, url: string, more: object = {}): Promise<Made> {
  const made = await w.post<Made>('/v1/webhooks', { url, events: ['*'], ...more })
  expect(made.status, made.text).toBe(201)
  return made.body
}

async function deliveries(w: World, id: string, query = ''): Promise<Delivery[]> {
  return (await w.get<{ data: Delivery[] }>(`/v1/webhooks/${id}/deliveries?limit=200${query}`)).body.data
}

async function settled(w: World, id: string): Promise<Delivery[]> {
  for (let n = 0; n < 400; n++) {
    const all = await deliveries(w, id)
    if (all.length > 0 && all.every((one) => one.status !== 'pending')) return all
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  throw new Error(JSON.stringify(await deliveries(w, id)))
}

test('what happens is sent, signed as Standard Webhooks has it, and written down', async () => {
  const w = await world({ on: on() })
  const sink = await openSink((response) => response.writeHead(200, { 'x-sink': 'yes' }).end('thanks'))
  const { id, secret } = await endpoint(w, sink.url, { events: ['contact.*'], headers: { Authorization: 'Bearer me' } })
  const contact = await w.post('/v1/contacts', { email: 'ada@example.com', name: 'Ada' })
  const [one] = await sink.until(1)
  const verified = new Webhook(secret).verify(one?.body ?? '', { ...one?.headers })
  const [event] = (await w.log_of_events()).filter((event) => event.type === 'contact.created')
  expect(verified).toEqual({
    id: event?.id,
    type: 'contact.created',
    timestamp: expect.stringMatching(/^\d{4}-.*Z$/),
    workspace_id: w.id,
    data: { contact: contact.body },
  })
  expect(one?.headers).toMatchObject({
    'webhook-id': event?.id,
    authorization: 'Bearer me',
    'content-type': 'application/json',
  })
  expect(await settled(w, id)).toMatchObject([
    { id: event?.id, status: 'succeeded', attempts_count: 1, response_status: 200 },
  ])
  const shown = await w.get(`/v1/webhooks/${id}/deliveries/${event?.id}`)
  expect(shown.body).toMatchObject({
    request_body: one?.body,
    attempts: [
      {
        number: 1,
        url: sink.url,
        request_headers: { Authorization: '********' },
        response: { status: 200, body: 'thanks', truncated: false },
        error: null,
      },
    ],
  })
  expect(shown.text).not.toContain('Bearer me')
})

test('a failure is tried ten times under one id, and then it is over', async () => {
  const w = await world({ on: on() })
  const sink = await openSink((response) => response.writeHead(500).end())
  const { id } = await endpoint(w, sink.url, { events: ['tag.created'] })
  await w.post('/v1/tags', { name: 'one' })
  const all = await settled(w, id)
  expect(all).toMatchObject([{ status: 'failed', attempts_count: 10, response_status: 500 }])
  expect(sink.received.map((one) => one.id)).toEqual(Array(10).fill(all[0]?.id))
})
