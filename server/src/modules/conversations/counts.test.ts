import { expect, test } from 'vitest'
import { world } from '../../../test/world.ts'

test('the counts of open conversations stay true while people hand over to each other', async () => {
  const w = await world()
  const { agent, admin } = w.users
  const ids = await Promise.all(
    Array.from({ length: 12 }, async (_, n) => {
      const contact = { external_id: `c${n}` }
      const assignee_id = n % 2 ? agent.id : admin.id
      return (await w.post<{ id: string }>('/v1/conversations', { contact, assignee_id })).body.id
    }),
  )
  for (let round = 0; round < 4; round++) {
    const swaps = ids.map((id, n) =>
      w.patch(`/v1/conversations/${id}`, { assignee_id: (n + round) % 2 ? admin.id : agent.id }),
    )
    for (const reply of await Promise.all(swaps)) expect(reply.status).toBe(200)
  }
  await Promise.all(ids.slice(0, 5).map((id) => w.patch(`/v1/conversations/${id}`, { status: 'resolved' })))
  await w.post(`/v1/conversations/${ids[0]}/messages`, { type: 'outgoing', body: 'One more thing' })
  const kept = await w.sql('select assignee_id, open from conversation_counts where workspace_id = $1 and open <> 0', [
    w.id,
  ])
  const counted = await w.sql(
    `select assignee_id, count(*)::integer as open from conversations where workspace_id = $1 and status = 'open' group by 1`,
    [w.id],
  )
  const byId = (a: object, b: object) => JSON.stringify(a).localeCompare(JSON.stringify(b))
  expect(kept.sort(byId)).toEqual(counted.sort(byId))
})
