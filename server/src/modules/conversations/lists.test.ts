import { expect, test } from 'vitest'
import { world } from '../../../test/world.ts'

interface Listed {
  data: { id: string; status: string; last_message_at: string }[]
  has_more: boolean
  next_cursor: string | null
}

test('the conversations of an assignee come in one order, whatever their status, page by page', async () => {
  const w = await world()
  const { agent } = w.users
  const statuses = ['open', 'pending', 'resolved', 'spam']
  for (let n = 0; n < 12; n++) {
    const start = {
      contact: { external_id: `c${n}` },
      message: { body: 'Hello' },
      assignee_id: n < 10 ? agent.id : null,
    }
    const { id } = (await w.post<{ id: string }>('/v1/conversations', start)).body
    await w.patch(`/v1/conversations/${id}`, { status: statuses[n % 4] })
  }
  const all = (await w.get<Listed>('/v1/conversations')).body.data
  const theirs = (await w.get<Listed>(`/v1/conversations?assignee_id=${agent.id}`)).body.data
  expect(theirs).toEqual(all.slice(2))
  expect((await w.get<Listed>('/v1/conversations?assignee_id=none')).body.data).toEqual(all.slice(0, 2))

  const seen: Listed['data'] = []
  for (let after = ''; ; ) {
    const { body } = await w.get<Listed>(`/v1/conversations?assignee_id=${agent.id}&limit=3${after}`)
    seen.push(...body.data)
    if (!body.has_more) break
    after = `&after=${body.next_cursor}`
  }
  expect(seen).toEqual(theirs)
  const { next_cursor } = (await w.get<Listed>(`/v1/conversations?assignee_id=${agent.id}&limit=6`)).body
  const before = (await w.get<Listed>(`/v1/conversations?assignee_id=${agent.id}&limit=2&before=${next_cursor}`)).body
  expect(before.data).toEqual(theirs.slice(3, 5))
  const spam = (await w.get<Listed>(`/v1/conversations?assignee_id=${agent.id}&status=spam`)).body.data
  expect(spam).toEqual(theirs.filter(({ status }) => status === 'spam'))
})
