import { expect, test } from 'vitest'
import { inboxOf } from '../../../test/visitors.ts'
import { startServer, type World, world } from '../../../test/world.ts'
import { begin, deliver } from './delivery.ts'
import { startSandbox } from './following.ts'
import { outcomes, recipientOf } from './outcomes.ts'

interface Message {
  id: string
  status: string
  error: { code: string; detail: string } | null
  sent_at: string | null
  delivered_at: string | null
  read_at: string | null
}

/** Starts a conversation with somebody, and says a first word. */
async function write(w: World, contact: object, as = w.testKey): Promise<Message> {
  const reply = await w.post<{ message: Message }>('/v1/conversations', { contact, message: { body: 'Hello' } }, { as })
  expect(reply.status, reply.text).toBe(201)
  return reply.body.message
}

const read = async (w: World, id: string, as = w.testKey) => (await w.get<Message>(`/v1/messages/${id}`, { as })).body
const becomes = (w: World, id: string, status: string) =>
  expect.poll(async () => (await read(w, id)).status, { timeout: 20_000, interval: 100 }).toBe(status)

test('in a sandbox a message is sent and delivered by itself, and each step is told', async () => {
  const w = await world()
  const message = await write(w, { email: 'ada@example.com' })
  expect(message).toMatchObject({ status: 'queued', sent_at: null, delivered_at: null })
  await becomes(w, message.id, 'delivered')
  const delivered = await read(w, message.id)
  expect(Date.parse(String(delivered.delivered_at))).toBeGreaterThan(Date.parse(String(delivered.sent_at)))
  const told = (await w.log_of_events(w.testKey)).filter(({ type }) => type.startsWith('message.'))
  expect(told.map(({ type, data }) => [type, data['message']?.['status']])).toEqual([
    ['message.sent', 'queued'],
    ['message.updated', 'sent'],
    ['message.delivered', 'delivered'],
  ])
})

test('whoever is in the table gets what the table says, by e-mail, by phone and by external id', async () => {
  const w = await world()
  const expected = outcomes.flatMap((outcome) => {
    const { email, phone, external_id } = recipientOf(outcome)
    return [{ email: email.toUpperCase() }, { phone }, { external_id }].map((contact) => ({ outcome, contact }))
  })
  const written = await Promise.all(
    expected.map(async ({ outcome, contact }) => ({ outcome, contact, id: (await write(w, contact)).id })),
  )
  // One that is delivered in the end, after all of them.
  const last = await write(w, { email: 'ada@example.com' })
  await becomes(w, last.id, 'delivered')
  for (const { outcome, contact, id } of written) {
    const status = outcome.path.at(-1) ?? 'queued'
    await becomes(w, id, status)
    const { error } = await read(w, id)
    expect({ contact, error }).toEqual({ contact, error: status === 'failed' ? outcome.error : null })
  }
  const told = await w.log_of_events(w.testKey)
  const failed = told.filter(({ type }) => type === 'message.failed')
  expect(failed).toHaveLength(3 * outcomes.filter(({ path }) => path.at(-1) === 'failed').length)
}, 60_000)

test('a live workspace sends nothing by itself, whoever it writes to', async () => {
  const w = await world()
  const live = await write(w, { email: 'fail-bounced@sandbox.test' }, w.key)
  await deliver.run(w.app.system(w.own.id), { message_id: live.id, step: 0 })
  const inTwin = await write(w, { email: 'fail-bounced@sandbox.test' })
  await becomes(w, inTwin.id, 'failed')
  expect(await read(w, live.id, w.key)).toMatchObject({ status: 'queued', error: null })
  const jobs = await w.sql('select from graphile_worker.jobs where key = $1', [`sandbox:${live.id}`])
  expect(jobs).toEqual([])
})

test('what somebody reports themselves stands, and a message that is deleted goes nowhere', async () => {
  const w = await world()
  const [reported, deleted, chat] = [
    await write(w, { external_id: 'sandbox-stay-queued' }),
    await write(w, { external_id: 'sandbox-stay-sent' }),
    await inboxOf(w, 'web_chat', w.testKey),
  ]
  await w.patch(`/v1/messages/${reported.id}`, { status: 'read' }, { as: w.testKey })
  await w.delete(`/v1/messages/${deleted.id}`, { as: w.testKey })
  const onChat = await w.post<{ message: Message }>(
    '/v1/conversations',
    { contact: { external_id: 'sandbox-fail-bounced' }, inbox_id: chat, message: { body: 'Hello' } },
    { as: w.testKey },
  )
  expect(onChat.body.message.status).toBe('sent')
  for (const id of [reported.id, deleted.id]) await begin(w.app.system(w.sandbox_id), id)
  const last = await write(w, { email: 'ada@example.com' })
  await becomes(w, last.id, 'delivered')
  expect(await read(w, reported.id)).toMatchObject({ status: 'read' })
  expect(await read(w, onChat.body.message.id)).toMatchObject({ status: 'sent' })
  const failures = await w.sql('select last_error from graphile_worker.jobs where last_error is not null')
  expect(failures).toEqual([])
})

test('what was written while nobody listened is sent when somebody does', async () => {
  const w = await world({ on: startServer() })
  const message = await write(w, { external_id: 'sandbox-stay-sent' })
  await becomes(w, message.id, 'sent')
  // As if the server had died before it heard of the message.
  await w.sql("update messages set status = 'queued', sent_at = null where id = $1", [message.id])
  await w.sql('update sandbox_cursor set position = 0')
  const stop = startSandbox((workspace_id) => w.app.system(workspace_id))
  await becomes(w, message.id, 'sent')
  await stop()
  const [cursor] = await w.sql('select c.position = h.position as level from sandbox_cursor c, event_head h')
  expect(cursor).toEqual({ level: true })
  await w.app.drain()
})

test('a sandbox has its plan’s limit to itself', async () => {
  const w = await world({ requests_per_minute: 5 })
  for (let n = 0; n < 7; n++) await w.get('/v1/status', { as: w.testKey })
  expect((await w.get('/v1/status', { as: w.testKey })).status).toBe(429)
  expect((await w.get('/v1/status')).headers.get('ratelimit')).toContain('"plan";r=4')
})
