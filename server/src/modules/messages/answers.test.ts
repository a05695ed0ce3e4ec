import { expect, test } from 'vitest'
import { chatWorld } from '../../../test/visitors.ts'

test('a message that was read and then deleted is told as it is answered', async () => {
  const chat = await chatWorld()
  const ada = await chat.visit({ name: 'Ada' })
  const { conversation_id } = (await ada.say('Hello')).body
  const { body: sent } = await chat.w.post<{ id: string; position: number }>(
    `/v1/conversations/${conversation_id}/messages`,
    { type: 'outgoing', body: 'Oh, that was not for you' },
  )
  await ada.reach(sent.position)
  expect((await chat.w.delete(`/v1/messages/${sent.id}`)).status).toBe(204)
  const told = (await chat.w.log_of_events()).find(({ type }) => type === 'message.deleted')
  const { body: answered } = await chat.w.get(`/v1/messages/${sent.id}`)
  expect(answered).toMatchObject({ status: 'read', body: '', read_at: expect.any(String) })
  expect(told?.data['message']).toEqual(answered)
})

test('a message that was read since is answered whole to whoever knew its version', async () => {
  const chat = await chatWorld()
  const ada = await chat.visit({ name: 'Ada' })
  const { conversation_id } = (await ada.say('Hello')).body
  const { body: sent } = await chat.w.post<{ id: string; position: number }>(
    `/v1/conversations/${conversation_id}/messages`,
    { type: 'outgoing', body: 'Hello, Ada' },
  )
  const etag = String((await chat.w.get(`/v1/messages/${sent.id}`)).headers.get('etag'))
  await ada.reach(sent.position)
  const again = await chat.w.get(`/v1/messages/${sent.id}`, { headers: { 'if-none-match': etag } })
  expect(again).toMatchObject({ status: 200, body: { status: 'read' } })
})
