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

async function post(w: World, conversation: string, count: number): Promise<void> {
  for (let n = 1; n <= count; n++) {
    const body = { type: 'note', body: `note ${n}` }
    expect((await w.post(`/v1/conversations/${conversation}/messages`, body)).status).toBe(201)
  }
}

async function converse(w: World, count: number): Promise<string[]> {
  const made = await Promise.all(
    Array.from({ length: count }, () =>
      w.post<{ id: string }>('/v1/conversations', { contact: { email: `${w.newId()}@example.com` } }),
    ),
  )
  return made.map((one) => one.body.id)
}

async function deliveries(w: World, id: string, query = ''): Promise<Delivery[]> {
  return (await w.get<{ data: Delivery[] }>(`/v1/webhooks/${id}/deliveries?limit=200${query}`)).body.data
}

async function settled(w: World, id: string, count = 1): Promise<Delivery[]> {
  for (let n = 0; n < 400; n++) {
    const all = await deliveries(w, id)
    if (all.length >= count && all.every((one) => one.status !== 'pending')) return all
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

test('first attempts of a conversation go out one after the other, and a failure holds back nothing', async () => {
  const w = await world({ on: on() })
  const underWay = new Map<string, number>()
  let overlaps = 0
  const failed = new Set<string>()
  const sink = await openSink((response, one) => {
    const conversation = String(one.data['conversation']?.['id'])
    const isFirst = sink.received.filter((other) => other.id === one.id).length === 1
    const count = (underWay.get(conversation) ?? 0) + (isFirst ? 1 : 0)
    if (count > 1) overlaps++
    underWay.set(conversation, count)
    const fails = isFirst && Number(one.data['message']?.['position']) % 4 === 2
    if (fails) failed.add(one.id)
    setTimeout(() => {
      if (isFirst) underWay.set(conversation, (underWay.get(conversation) ?? 1) - 1)
      response.writeHead(fails ? 500 : 200).end()
    }, 5)
  })
  const ids = await converse(w, 4)
  const { id } = await endpoint(w, sink.url, { events: ['message.noted'] })
  await Promise.all(ids.map((one) => post(w, one, 12)))
  const all = await settled(w, id, 48)
  expect(all.map((one) => one.status)).toEqual(Array(48).fill('succeeded'))
  expect(overlaps).toBe(0)
  expect(failed.size).toBe(12)
  for (const conversation of ids) {
    const its = sink.received.filter((one) => one.data['conversation']?.['id'] === conversation)
    const firsts = [...new Map(its.map((one) => [one.id, Number(one.data['message']?.['position'])])).values()]
    expect(firsts).toEqual(firsts.toSorted((a, b) => a - b))
    expect(its.length).toBe(15)
  }
})

test('a slow endpoint and a dead one slow no other', async () => {
  const w = await world({ on: on() })
  const slow = await openSink(() => {})
  const quick = await openSink()
  const events = ['tag.created']
  await endpoint(w, slow.url, { events })
  await endpoint(w, 'http://127.0.0.1:1/', { events })
  const { id } = await endpoint(w, quick.url, { events })
  for (let n = 0; n < 60; n++) await w.post('/v1/tags', { name: `tag ${n}` })
  await quick.until(60)
  expect(slow.received.length).toBeLessThanOrEqual(32)
  expect((await settled(w, id, 60)).every((one) => one.status === 'succeeded')).toBe(true)
})

test('410 switches an endpoint off, and says so', async () => {
  const w = await world({ on: on() })
  const sink = await openSink((response) => response.writeHead(410).end())
  const { id } = await endpoint(w, sink.url, { events: ['tag.created'] })
  await w.post('/v1/tags', { name: 'one' })
  expect(await settled(w, id)).toMatchObject([{ status: 'failed', attempts_count: 1, response_status: 410 }])
  await expect
    .poll(async () => (await w.get(`/v1/webhooks/${id}`)).body)
    .toMatchObject({ enabled: false, disabled_reason: 'gone' })
  const said = (await w.log_of_events()).filter((event) => event.type === 'webhook.disabled')
  expect(said).toMatchObject([{ data: { webhook: { id, disabled_reason: 'gone' } }, previous: { enabled: true } }])
  expect((await w.post(`/v1/webhooks/${id}/test`)).body['code']).toBe('webhook_disabled')
  const another = await openSink()
  await endpoint(w, another.url, { events: ['tag.created'] })
  await w.post('/v1/tags', { name: 'two' })
  await another.until(1)
  await w.patch(`/v1/webhooks/${id}`, { enabled: true })
  await w.post('/v1/tags', { name: 'three' })
  await sink.until(2)
  expect(sink.received.map((one) => one.data['tag']?.['name'])).toEqual(['one', 'three'])
})

test('redirects are failures, and nobody goes where they point', async () => {
  const w = await world({ on: on() })
  const target = await openSink()
  const sink = await openSink((response) => response.writeHead(307, { location: target.url }).end())
  const { id } = await endpoint(w, sink.url, { events: ['tag.created'] })
  await w.post('/v1/tags', { name: 'one' })
  expect(await settled(w, id)).toMatchObject([{ status: 'failed', response_status: 307 }])
  expect(target.received).toEqual([])
})

test('a test goes to the one it was asked for, whatever it wants', async () => {
  const w = await world({ on: on() })
  const [sink, other] = [await openSink(), await openSink()]
  const { id, secret } = await endpoint(w, sink.url, { events: ['tag.created'] })
  await endpoint(w, other.url, { events: ['webhook.test', 'tag.created'] })
  const sent = await w.post<Delivery>(`/v1/webhooks/${id}/test`)
  expect(sent).toMatchObject({ status: 201, body: { event_type: 'webhook.test', status: 'pending' } })
  const [one] = await sink.until(1)
  expect(new Webhook(secret).verify(one?.body ?? '', { ...one?.headers })).toMatchObject({
    id: sent.body.id,
    type: 'webhook.test',
  })
  await w.post('/v1/tags', { name: 'one' })
  await other.until(1)
  expect(other.received.map((one) => one.type)).toEqual(['tag.created'])
})

test('during a rotation both secrets verify', async () => {
  const w = await world({ on: on() })
  const sink = await openSink()
  const { id, secret } = await endpoint(w, sink.url, { events: ['tag.created'] })
  const rotated = await w.post<Made>(`/v1/webhooks/${id}/rotate-secret`, {})
  await w.post(`/v1/webhooks/${id}/test`)
  const [one] = await sink.until(1)
  for (const known of [secret, rotated.body.secret]) new Webhook(known).verify(one?.body ?? '', { ...one?.headers })
  const stranger = new Webhook(`whsec_${Buffer.alloc(32).toString('base64')}`)
  expect(() => stranger.verify(one?.body ?? '', { ...one?.headers })).toThrow()
})

test('what failed is sent again, one or all, each under its id', async () => {
  const w = await world({ on: on() })
  let status = 500
  const sink = await openSink((response, one) => {
    response.writeHead(one.data['tag']?.['name'] === 'good' ? 200 : status).end()
  })
  const { id } = await endpoint(w, sink.url, { events: ['tag.created'] })
  const since = new Date(Date.now() - 1_000).toISOString()
  for (const name of ['one', 'good', 'two', 'three']) await w.post('/v1/tags', { name })
  const before = await settled(w, id, 4)
  expect(before.map((one) => one.status)).toEqual(['failed', 'failed', 'succeeded', 'failed'])
  expect((await deliveries(w, id, '&status=failed')).length).toBe(3)
  expect((await deliveries(w, id, '&event_type=tag.updated')).length).toBe(0)
  status = 200
  sink.received.length = 0
  const replay = (body: object) => w.post(`/v1/webhooks/${id}/replay`, body)
  expect(await replay({ delivery_id: before[3]?.id })).toMatchObject({
    status: 202,
    body: { delivery_id: before[3]?.id },
  })
  await sink.until(1)
  expect(sink.received.map((one) => one.id)).toEqual([before[3]?.id])
  await settled(w, id, 4)
  expect(await replay({ since })).toMatchObject({ status: 202, body: { since, status: 'failed' } })
  await sink.until(3)
  expect((await settled(w, id, 4)).every((one) => one.status === 'succeeded')).toBe(true)
  expect(sink.received.map((one) => one.data['tag']?.['name']).sort()).toEqual(['one', 'three', 'two'])
  await replay({ since, status: 'all' })
  await sink.until(7)
  await settled(w, id, 4)
  expect(new Set(sink.received.map((one) => one.id))).toEqual(new Set(before.map((one) => one.id)))
  expect(await deliveries(w, id)).toHaveLength(4)
})

test('a twin’s events go to the twin’s endpoints', async () => {
  const w = await world({ on: on() })
  const [own, twin] = [await openSink(), await openSink()]
  await endpoint(w, own.url, { events: ['tag.created'] })
  await w.post('/v1/webhooks', { url: twin.url, events: ['tag.created'] }, { as: w.testKey })
  await w.post('/v1/tags', { name: 'live' })
  await w.post('/v1/tags', { name: 'try' }, { as: w.testKey })
  await Promise.all([own.until(1), twin.until(1)])
  expect(own.received.map((one) => one.data['tag']?.['name'])).toEqual(['live'])
  expect(twin.received.map((one) => one.data['tag']?.['name'])).toEqual(['try'])
})

test('while an endpoint is switched off what waits for it waits, and then comes', async () => {
  const w = await world({ on: on() })
  let status = 503
  const sink = await openSink((response) => response.writeHead(status, { 'retry-after': '2' }).end())
  const { id } = await endpoint(w, sink.url, { events: ['tag.created'] })
  await w.post('/v1/tags', { name: 'one' })
  await sink.until(1)
  await w.patch(`/v1/webhooks/${id}`, { enabled: false })
  await w.post('/v1/tags', { name: 'two' })
  await new Promise((resolve) => setTimeout(resolve, 3_500))
  expect(sink.received).toHaveLength(1)
  status = 200
  await w.patch(`/v1/webhooks/${id}`, { enabled: true })
  await sink.until(2)
  expect(await settled(w, id)).toMatchObject([{ status: 'succeeded', attempts_count: 2 }])
})
