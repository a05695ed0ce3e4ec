import { expect, test } from 'vitest'
import { type World, world } from '../../../test/world.ts'
import * as contacts from './service.ts'

type Page = { data: { id: string; external_id: string; tags: string[] }[] }

async function tagged(count: number) {
  const w = await world()
  const tag = await w.post('/v1/tags', { name: 'old' })
  const ctx = w.app.system(w.id)
  for (let index = 0; index < count; index++) {
    await contacts.createOrUpdate(ctx, { external_id: `u${index}`, tags: ['first', 'OLD', 'last'] })
  }
  return { w, ctx, tag_id: String(tag.body['id']) }
}

async function tags(w: World): Promise<string[]> {
  const { data } = (await w.get<Page>('/v1/contacts?limit=200')).body
  return [...new Set(data.map((contact) => contact.tags.join()))]
}

test('a renamed tag is renamed on contacts, each with its event', async () => {
  const { w, tag_id } = await tagged(3)
  expect(await tags(w)).toEqual(['first,old,last'])
  await w.patch(`/v1/tags/${tag_id}`, { name: 'new' })
  expect(await tags(w)).toEqual(['first,new,last'])
  expect((await w.get<Page>('/v1/contacts?tag=NEW')).body.data).toHaveLength(3)
  expect((await w.get<Page>('/v1/contacts?tag=old')).body.data).toEqual([])
  const updates = (await w.log_of_events()).filter((event) => event.type === 'contact.updated')
  expect(updates).toHaveLength(3)
  expect(updates[0]).toMatchObject({
    data: { contact: { tags: ['first', 'new', 'last'] } },
    previous: { tags: ['first', 'old', 'last'] },
  })
})

test('a deleted tag is taken off contacts', async () => {
  const { w, tag_id } = await tagged(2)
  await w.delete(`/v1/tags/${tag_id}`)
  expect(await tags(w)).toEqual(['first,last'])
  expect(await w.sql('select from contact_tags where tag_id = $1', [tag_id])).toEqual([])
  expect((await w.events()).slice(-3)).toEqual(['tag.deleted', 'contact.updated', 'contact.updated'])
})

test('beyond the first two hundred a job follows, by what the tag is called when it comes to them', async () => {
  const { w, ctx, tag_id } = await tagged(205)
  await w.patch(`/v1/tags/${tag_id}`, { name: 'mid' })
  await contacts.retag.run(ctx, { tag_id, from: 'old' })
  const left = await w.sql(`select from contacts where workspace_id = $1 and tags @> array['old']`, [w.id])
  expect(left).toEqual([])
  await w.patch(`/v1/tags/${tag_id}`, { name: 'new' })
  await w.delete(`/v1/tags/${tag_id}`)
  await contacts.retag.run(ctx, { tag_id, from: 'mid' })
  await contacts.retag.run(ctx, { tag_id, from: 'new' })
  const any = await w.sql(`select from contacts where workspace_id = $1 and cardinality(tags) > 2`, [w.id])
  expect(any).toEqual([])
})
