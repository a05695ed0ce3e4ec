import { expect, test } from 'vitest'
import { world } from '../../../test/world.ts'
import * as users from '../users/service.ts'

test('the conversations of a user who leaves are nobody’s, and what they wrote stays theirs', async () => {
  const w = await world()
  const { id: agent } = w.users.agent
  const contact = { email: 'ada@example.com' }
  const started = await w.post<{ id: string }>('/v1/conversations', { contact, assignee_id: agent })
  const { id } = started.body
  const said = await w.post<{ id: string }>(`/v1/conversations/${id}/messages`, {
    type: 'outgoing',
    body: 'Hello',
    user_id: agent,
  })
  expect(await w.get('/v1/conversations/counts')).toMatchObject({ body: { all: 1, unassigned: 0 } })

  await users.remove(w.app.system(w.own.id), agent)
  expect(await w.get(`/v1/conversations/${id}`)).toMatchObject({ body: { assignee_id: null, messages_count: 2 } })
  expect(await w.get('/v1/conversations/counts')).toMatchObject({ body: { all: 1, unassigned: 1 } })
  expect(await w.get(`/v1/messages/${said.body.id}`)).toMatchObject({ body: { author: { type: 'user', id: agent } } })
  expect((await w.events()).slice(-2)).toEqual(['user.removed', 'conversation.assigned'])
})
