import { expect, test } from 'vitest'
import { world } from '../../../test/world.ts'
import { transact } from '../../kernel/context.ts'
import * as attributes from './service.ts'

test('a tag is made, shown, changed and deleted, and each is said once', async () => {
  const w = await world()
  const made = await w.post('/v1/tags', { name: 'VIP', color: '#0F766E' })
  expect(made).toMatchObject({ status: 201, body: { object: 'tag', name: 'VIP', color: '#0f766e' } })
  const path = `/v1/tags/${made.body['id']}`
  expect(await w.get(path)).toMatchObject({ status: 200, body: made.body })

  const changed = await w.patch(path, { name: 'Vip', color: null })
  expect(changed).toMatchObject({ status: 200, body: { name: 'Vip', color: null } })
  expect(await w.patch(path, { name: 'Vip', color: null })).toMatchObject({ status: 200, body: changed.body })
  expect((await w.delete(path)).status).toBe(204)
  expect((await w.get(path)).status).toBe(404)
  expect((await w.get<{ data: unknown[] }>('/v1/tags')).body.data).toEqual([])

  const events = (await w.log_of_events()).filter((event) => event.type.startsWith('tag.'))
  expect(events.map((event) => event.type)).toEqual(['tag.created', 'tag.updated', 'tag.deleted'])
  expect(events[1]).toMatchObject({ data: { tag: changed.body }, previous: { name: 'VIP', color: '#0f766e' } })
})

test('a name is taken whatever its case, and free again once its tag is deleted', async () => {
  const w = await world()
  const made = await w.post('/v1/tags', { name: 'Équipe' })
  const other = await w.post('/v1/tags', { name: 'other' })
  expect(await w.post('/v1/tags', { name: ' ÉQUIPE ' })).toMatchObject({
    status: 409,
    body: { code: 'tag_name_taken' },
  })
  expect(await w.patch(`/v1/tags/${other.body['id']}`, { name: 'équipe' })).toMatchObject({ status: 409 })
  expect(await w.post('/v1/tags', { name: 'Équipe' }, { as: w.stranger.key })).toMatchObject({ status: 201 })
  await w.delete(`/v1/tags/${made.body['id']}`)
  expect(await w.post('/v1/tags', { name: 'équipe' })).toMatchObject({ status: 201 })
})

test.each([
  ['no name', {}, '/name'],
  ['an empty name', { name: '' }, '/name'],
  ['a blank name', { name: '  ' }, '/name'],
  ['a name of 65 characters', { name: 'x'.repeat(65) }, '/name'],
  ['a name that is a number', { name: 7 }, '/name'],
  ['NUL in a name', { name: 'a\0b' }, '/name'],
  ['half a surrogate pair', '{"name":"\\ud800"}', '/name'],
  ['a color by name', { name: 'x', color: 'red' }, '/color'],
  ['an unknown field', { name: 'x', colour: '#ffffff' }, '/colour'],
])('refuses %s, and nothing happens', async (_name, body, pointer) => {
  const w = await world()
  expect(await w.post('/v1/tags', body)).toMatchObject({
    status: 422,
    body: { code: 'invalid', errors: [{ pointer }] },
  })
  expect((await w.events()).filter((type) => type.startsWith('tag.'))).toEqual([])
})

test('is closed to strangers and to those without the scope', async () => {
  const w = await world()
  const made = await w.post('/v1/tags', { name: 'ours' })
  const path = `/v1/tags/${made.body['id']}`
  const as = w.stranger.key
  for (const reply of [
    await w.get(path, { as }),
    await w.patch(path, { name: 'x' }, { as }),
    await w.delete(path, { as }),
  ]) {
    expect(reply.status).toBe(404)
  }
  const reader = await w.own.keyWith('tags:read')
  expect((await w.get(path, { as: reader })).status).toBe(200)
  expect(await w.post('/v1/tags', { name: 'x' }, { as: reader })).toMatchObject({
    status: 403,
    body: { code: 'scope_missing' },
  })
  expect((await w.get(path)).body['name']).toBe('ours')
})

test('a change names the version it is meant for', async () => {
  const w = await world()
  const made = await w.post('/v1/tags', { name: 'a' })
  const path = `/v1/tags/${made.body['id']}`
  const version = made.headers.get('etag') ?? ''
  expect((await w.patch(path, { name: 'b' }, { headers: { 'if-match': version } })).status).toBe(200)
  expect(await w.patch(path, { name: 'c' }, { headers: { 'if-match': version } })).toMatchObject({ status: 412 })
  expect((await w.delete(path, { headers: { 'if-match': version } })).status).toBe(412)
})

test('pages run from the newest to the oldest and back', async () => {
  const w = await world()
  for (const name of ['a', 'b', 'c', 'd', 'e']) await w.post('/v1/tags', { name })
  type Page = { data: { name: string }[]; has_more: boolean; next_cursor: string }
  const names = (page: Page) => page.data.map((tag) => tag.name).join('')
  const first = (await w.get<Page>('/v1/tags?limit=2')).body
  const second = (await w.get<Page>(`/v1/tags?limit=2&after=${first.next_cursor}`)).body
  const third = (await w.get<Page>(`/v1/tags?limit=2&after=${second.next_cursor}`)).body
  expect([names(first), names(second), names(third), third.has_more]).toEqual(['ed', 'cb', 'a', false])
  const back = (await w.get<Page>(`/v1/tags?limit=2&before=${second.next_cursor}`)).body
  expect(names(back)).toBe('dc')

  const refused = { status: 422, body: { errors: [{ code: 'cursor_invalid' }] } }
  expect(await w.get(`/v1/tags?after=x${first.next_cursor}`)).toMatchObject(refused)
  expect(await w.get(`/v1/contacts?after=${first.next_cursor}`)).toMatchObject(refused)
  expect(await w.get(`/v1/tags?after=${first.next_cursor}`, { as: w.stranger.key })).toMatchObject(refused)
})

test('many who use the same new tags at once make each of them once', async () => {
  const w = await world()
  const ctx = w.app.system(w.id)
  const wanted = [
    ['Red', 'blue'],
    ['BLUE', 'red', 'Red'],
    ['green', 'Blue', 'red'],
  ]
  const calls = Array.from({ length: 30 }, (_, index) => wanted[index % 3] ?? [])
  await Promise.all(calls.map((names) => transact(ctx, (tx) => attributes.ensureTags(tx, names))))
  expect((await w.events()).filter((type) => type === 'tag.created')).toHaveLength(3)
  const again = await transact(ctx, (tx) => attributes.ensureTags(tx, ['RED', 'Green', 'red']))
  expect(again.map((name) => name.toLowerCase())).toEqual(['red', 'green'])
})
