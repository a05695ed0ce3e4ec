import { expect, test } from 'vitest'
import { type World, world } from '../../../test/world.ts'
import { transact } from '../../kernel/context.ts'
import * as contacts from './service.ts'

type Body = Record<string, unknown>
type Reply = { status: number; body: Body }

const times = <T>(count: number, work: (index: number) => Promise<T>) =>
  Promise.all(Array.from({ length: count }, (_, index) => work(index)))

function statuses(replies: readonly Reply[]): Record<number, number> {
  const counts: Record<number, number> = {}
  for (const { status } of replies) counts[status] = (counts[status] ?? 0) + 1
  return counts
}

async function orphans(w: World): Promise<Body[]> {
  return w.sql(
    `select i.* from contact_identities i left join contacts c
       on c.workspace_id = i.workspace_id and c.id = i.contact_id and c.deleted_at is null
     where i.workspace_id = $1 and c.id is null`,
    [w.id],
  )
}

test('fifty identical calls at once make one contact', async () => {
  const w = await world()
  const body = { email: 'ann@example.com', phone: '+14155552671', external_id: 'u', tags: ['a', 'b'], name: 'Ann' }
  const replies = await times(50, () => w.post('/v1/contacts', body))
  expect(statuses(replies)).toEqual({ 200: 49, 201: 1 })
  expect(new Set(replies.map((reply) => reply.body['id'])).size).toBe(1)
  expect((await w.events()).filter((type) => /^(contact|tag)\./.test(type)).sort()).toEqual([
    'contact.created',
    'tag.created',
    'tag.created',
  ])
})

test('calls that overlap in their identities never make two contacts of one', async () => {
  const w = await world()
  const bodies = [
    { email: 'x@example.com', external_id: '1' },
    { email: 'x@example.com', phone: '+14155552671' },
    { external_id: '1', phone: '+14155552671' },
  ]
  const replies = await times(30, (index) => w.post('/v1/contacts', bodies[index % 3]))
  for (const { status } of replies) expect([200, 201, 409]).toContain(status)
  const held = await w.sql('select kind, contact_id from contact_identities where workspace_id = $1', [w.id])
  expect(held).toHaveLength(3)
  expect(await orphans(w)).toEqual([])
})

test('contacts that take each other’s place do so one after the other', async () => {
  const w = await world()
  const made = await times(4, (index) => w.post('/v1/contacts', { external_id: `u${index}` }))
  const replies = await times(24, (index) =>
    w.patch(`/v1/contacts/${made[index % 4]?.body['id']}`, { email: `mail${index % 5}@example.com` }),
  )
  for (const { status } of replies) expect([200, 409]).toContain(status)
  const shown = await w.get<{ data: { email: string | null }[] }>('/v1/contacts')
  const emails = shown.body.data.map((contact) => contact.email).filter((email) => email !== null)
  expect(new Set(emails).size).toBe(emails.length)
  const held = await w.sql(`select value from contact_identities where workspace_id = $1 and kind = 'email'`, [w.id])
  expect(held.map((row) => row['value']).sort()).toEqual([...emails].sort())
})

test('deleting and creating at once leaves every identity with somebody who is there', async () => {
  const w = await world()
  const replies = await times(40, async (index) => {
    const made = await w.post('/v1/contacts', { email: 'a@example.com', external_id: 'a' })
    return index % 2 ? w.delete(`/v1/contacts/${made.body['id']}`) : made
  })
  for (const { status } of replies) expect([200, 201, 204, 404]).toContain(status)
  expect(await orphans(w)).toEqual([])
  const shown = await w.get<{ data: Body[] }>('/v1/contacts?email=a@example.com')
  expect(shown.body.data.length).toBeLessThanOrEqual(1)
})

test('a tag renamed while it is put on contacts is renamed on all of them', async () => {
  const w = await world()
  const tag = await w.post('/v1/tags', { name: 'old' })
  await Promise.all([
    times(20, (index) => w.post('/v1/contacts', { external_id: `u${index}`, tags: ['old'] })),
    w.patch(`/v1/tags/${tag.body['id']}`, { name: 'new' }),
  ])
  const names = (await w.get<{ data: { name: string }[] }>('/v1/tags')).body.data.map((row) => row.name)
  const shown = await w.get<{ data: { tags: string[] }[] }>('/v1/contacts')
  expect(shown.body.data).toHaveLength(20)
  for (const contact of shown.body.data) for (const name of contact.tags) expect(names).toContain(name)
})

test('found or created by many at once is one contact, and what is known of it stays', async () => {
  const w = await world()
  const ctx = w.app.system(w.id)
  const founds = await times(30, (index) =>
    transact(ctx, (tx) => contacts.findOrCreate(tx, { email: 'A@example.com', name: `Name ${index}`, city: 'Cork' })),
  )
  expect(founds.filter((found) => found.created)).toHaveLength(1)
  expect(new Set(founds.map((found) => `${found.row.id} ${found.row.name}`)).size).toBe(1)
  const filled = await contacts.findOrCreate(ctx, { email: 'a@example.com', external_id: 'u', name: 'Other' })
  expect(filled.row).toMatchObject({ external_id: 'u', name: founds[0]?.row.name })
  expect((await w.events()).filter((type) => type.startsWith('contact.'))).toEqual([
    'contact.created',
    'contact.updated',
  ])
})
