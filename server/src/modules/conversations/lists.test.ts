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

test('every list is by last message to the millisecond, forwards and backwards, within ten seconds and across them', async () => {
  const w = await world()
  const [own] = (await w.get<{ data: { id: string }[] }>('/v1/inboxes')).body.data
  const { agent } = w.users
  for (let n = 0; n < 24; n++) {
    const assignee_id = n % 2 ? agent.id : null
    await w.post('/v1/conversations', { contact: { external_id: `c${n}` }, assignee_id })
  }
  await w.sql(
    `update conversations set last_message_at = timestamptz '2026-01-01Z' + (number * 7919 % 24) * interval '1.7 seconds'
     where workspace_id = $1`,
    [w.id],
  )
  const all = (await w.get<Listed>('/v1/conversations')).body.data
  expect(all.map((one) => one.last_message_at)).toEqual(
    all
      .map((one) => one.last_message_at)
      .toSorted()
      .toReversed(),
  )
  const api = (await w.get<{ inbox_id: string }>(`/v1/conversations/${all[0]?.id}`)).body.inbox_id
  const lists = { '': all, '&status=open': all, [`&inbox_id=${api}`]: all, [`&inbox_id=${api}&status=open`]: all }
  expect(
    (await w.get<Listed>(`/v1/conversations?inbox_id=${own?.id === api ? w.newId() : own?.id}`)).body.data,
  ).toEqual([])
  for (const [filter, whole] of Object.entries(lists)) {
    const forwards: Listed['data'] = []
    let page = (await w.get<Listed>(`/v1/conversations?limit=5${filter}`)).body
    for (forwards.push(...page.data); page.has_more; forwards.push(...page.data)) {
      page = (await w.get<Listed>(`/v1/conversations?limit=5&after=${page.next_cursor}${filter}`)).body
    }
    expect([filter, forwards]).toEqual([filter, whole])
    const middle = (await w.get<Listed>(`/v1/conversations?limit=17${filter}`)).body.next_cursor
    const back = (await w.get<Listed>(`/v1/conversations?limit=9&before=${middle}${filter}`)).body.data
    expect([filter, back]).toEqual([filter, whole.slice(7, 16)])
  }
})
