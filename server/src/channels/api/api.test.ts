import { expect, test } from 'vitest'
import { type World, world } from '../../../test/world.ts'

async function apiInbox(w: World): Promise<string> {
  const { body } = await w.get<{ data: { id: string; channel: string }[] }>('/v1/inboxes')
  return body.data.find(({ channel }) => channel === 'api')?.id ?? ''
}

test('a customer who writes for the first time comes into being with what they say', async () => {
  const w = await world()
  const path = `/v1/inboxes/${await apiInbox(w)}/messages`
  const said = { contact: { email: 'ada@example.com', name: 'Ada' }, body: 'Hello', client_message_id: 'one' }
  const before = (await w.events()).length
  expect(await w.post(path, said)).toMatchObject({ status: 201, body: { position: 1, author: { name: 'Ada' } } })
  expect(await w.post(path, said)).toMatchObject({ status: 200 })
  expect(await w.post(path, { ...said, body: 'Again', client_message_id: 'two' })).toMatchObject({
    status: 201,
    body: { position: 2 },
  })
  expect((await w.events()).slice(before)).toEqual([
    'contact.created',
    'conversation.created',
    'message.received',
    'message.received',
  ])
})

test.each<[string, (w: World) => object]>([
  ['says nothing', () => ({ body: ' ' })],
  ['writes from the future', () => ({ body: 'Hello', sent_at: '9998-01-01T00:00:00Z' })],
  ['hangs up what is not there', (w) => ({ body: 'Hello', attachments: [w.newId()] })],
])('a new customer whose message is refused because it %s is not kept either', async (_name, part) => {
  const w = await world()
  const path = `/v1/inboxes/${await apiInbox(w)}/messages`
  const before = await w.events()
  const contact = { external_id: 'ada', tags: ['new'] }
  expect((await w.post(path, { contact, client_message_id: 'one', ...part(w) })).status).toBe(422)
  expect(await w.events()).toEqual(before)
  expect((await w.get<{ data: unknown[] }>('/v1/contacts')).body.data).toEqual([])
})

test('an inbox that is switched off takes nothing new', async () => {
  const w = await world()
  const { id } = (await w.post<{ id: string }>('/v1/inboxes', { name: 'Shop', channel: 'api' })).body
  const send = (client_message_id: string) =>
    w.post(`/v1/inboxes/${id}/messages`, {
      contact: { external_id: client_message_id },
      body: 'Hello',
      client_message_id,
    })
  expect((await send('before')).status).toBe(201)
  await w.patch(`/v1/inboxes/${id}`, { enabled: false })
  const before = await w.events()
  expect(await send('after')).toMatchObject({ status: 409, body: { code: 'inbox_disabled' } })
  expect(await w.events()).toEqual(before)
  await w.patch(`/v1/inboxes/${id}`, { enabled: true })
  expect((await send('after')).status).toBe(201)
})
