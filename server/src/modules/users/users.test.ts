import { expect, test } from 'vitest'
import { signInAs } from '../../../test/sign-in.ts'
import { type World, world } from '../../../test/world.ts'
import { transact } from '../../kernel/context.ts'
import * as apiKeys from '../api-keys/service.ts'
import * as users from './service.ts'

const input = (w: World, role: 'viewer' | 'agent' | 'admin' | 'owner' = 'agent') => ({
  email: `${w.newId()}@example.com`,
  name: 'Robin',
  role,
})

test('a user is in the sandbox twin under the same id, number and role, and is told of in both', async () => {
  const w = await world()
  const robin = await users.create(w.app.system(w.own.id), input(w))
  for (const key of [w.key, w.testKey]) {
    const { id, number, role } = robin
    expect(await w.get(`/v1/users/${id}`, { as: key })).toMatchObject({ status: 200, body: { id, number, role } })
    const said = await w.log_of_events(key)
    expect(said.filter(({ type, data }) => type === 'user.created' && data['user']?.['id'] === id)).toHaveLength(1)
  }
  expect(await w.get(`/v1/users/${robin.id}`, { as: w.stranger.key })).toMatchObject({ status: 404 })
})

test('a user is made in both or in neither', async () => {
  const w = await world()
  const half = transact(w.app.system(w.own.id), async (tx) => {
    await users.create(tx, input(w))
    throw new Error('killed')
  })
  await expect(half).rejects.toThrow('killed')
  const rows = await w.sql('select id from users where workspace_id = any($1)', [[w.own.id, w.sandbox_id]])
  expect(rows).toHaveLength(4)
})

test('a role changes in the twin with it, once, and not by itself', async () => {
  const w = await world()
  const { id } = w.users.agent
  const promoted = await w.patch(`/v1/users/${id}`, { role: 'admin' })
  expect(promoted).toMatchObject({ status: 200, body: { role: 'admin' } })
  expect(await w.patch(`/v1/users/${id}`, { role: 'admin' })).toMatchObject({ status: 200 })
  expect(await w.get(`/v1/users/${id}`, { as: w.testKey })).toMatchObject({ body: { role: 'admin' } })
  for (const key of [w.key, w.testKey]) {
    const said = (await w.log_of_events(key)).filter(({ type }) => type === 'user.updated')
    expect(said).toMatchObject([{ data: { user: { id, role: 'admin' } }, previous: { role: 'agent' } }])
  }
  const inTwin = await w.patch(`/v1/users/${id}`, { role: 'viewer' }, { as: w.testKey })
  expect(inTwin).toMatchObject({ status: 409, body: { code: 'sandbox_follows' } })
})

test('a person who exists gets a membership and keeps name and password; twice is refused', async () => {
  const w = await world()
  const robin = { ...input(w), password: 'the first password' }
  await users.create(w.app.system(w.own.id), robin)
  const again = await users.create(w.app.system(w.stranger.id), { ...robin, name: 'Other', password: 'the second one' })
  expect(again).toMatchObject({ name: 'Robin', email: robin.email })
  const signIn = (password: string) =>
    w.post('/auth/sign-in/email', { email: robin.email, password }, { as: null }).then(({ status }) => status)
  expect(await signIn('the first password')).toBe(200)
  expect(await signIn('the second one')).toBe(401)
  const twice = users.create(w.app.system(w.own.id), { ...robin, email: robin.email.toUpperCase() })
  await expect(twice).rejects.toMatchObject({ code: 'user_exists' })
})

test('one who leaves is gone from both, and comes back as the same user, without the keys they had', async () => {
  const w = await world()
  const robin = input(w)
  const { id, number } = await users.create(w.app.system(w.own.id), robin)
  const asRobin = { ...w.app.system(w.own.id), user_id: id }
  const { bearer } = await apiKeys.create(asRobin, { name: 'mine', scopes: ['contacts:read'] })
  expect((await w.get('/v1/me', { as: bearer })).status).toBe(200)

  await users.remove(w.app.system(w.own.id), id)
  for (const key of [w.key, w.testKey]) {
    expect((await w.get(`/v1/users/${id}`, { as: key })).status).toBe(404)
    expect(await w.events(key)).toContain('user.removed')
  }
  expect((await w.get('/v1/me', { as: bearer })).status).toBe(401)
  await expect(users.requireUser(w.app.system(w.own.id), id, '/assignee_id')).rejects.toMatchObject({
    status: 422,
    errors: [{ pointer: '/assignee_id', code: 'not_found' }],
  })

  await new Promise((resolve) => setTimeout(resolve, 2))
  expect(await users.create(w.app.system(w.own.id), robin)).toMatchObject({ id, number })
  expect((await w.get('/v1/me', { as: bearer })).status).toBe(401)
})

test('only they themselves change their name and presence, and a name is theirs wherever they work', async () => {
  const w = await world()
  const { id } = w.users.agent
  await users.create(w.app.system(w.stranger.id), { email: w.users.agent.email, name: 'ignored', role: 'viewer' })
  expect(await w.patch(`/v1/users/${id}`, { name: 'Robin' })).toMatchObject({
    status: 403,
    body: { code: 'user_not_you' },
  })
  expect(await w.patch(`/v1/users/${id}`, { presence: 'away' })).toMatchObject({ status: 403 })

  const headers = { ...(await signInAs(w, w.users.agent.email)), 'antiphon-workspace': w.own.id }
  const changed = await w.patch(`/v1/users/${id}`, { name: 'Robin', presence: 'online' }, { as: null, headers })
  expect(changed).toMatchObject({ status: 200, body: { name: 'Robin', presence: 'online' } })
  const same = await w.patch(`/v1/users/${id}`, { presence: 'online' }, { as: null, headers })
  expect(same.headers.get('etag')).toBe(changed.headers.get('etag'))
  const own = await w.log_of_events()
  expect(own.filter(({ type }) => type === 'agent.status_changed')).toMatchObject([
    { previous: { presence: 'offline' } },
  ])
  expect(own.filter(({ type }) => type === 'user.updated')).toHaveLength(1)
  expect(await w.events(w.stranger.key)).toContain('user.updated')
  expect(await w.events(w.stranger.key)).not.toContain('agent.status_changed')
})

test('an agent governs nobody; an admin governs all but owners; an owner stays while there is no other', async () => {
  const w = await world()
  const owner = await users.create(w.app.system(w.own.id), input(w, 'owner'))
  const as = async (email: string) => ({ as: null, headers: await signInAs(w, email) })
  const agent = await as(w.users.agent.email)
  const admin = await as(w.users.admin.email)
  const asOwner = await as(owner.email)
  const role = (id: string, to: string, who: object) => w.patch(`/v1/users/${id}`, { role: to }, who)

  expect(await role(w.users.admin.id, 'viewer', agent)).toMatchObject({ status: 403, body: { code: 'scope_missing' } })
  expect(await role(w.users.agent.id, 'owner', admin)).toMatchObject({ status: 403, body: { code: 'role_not_yours' } })
  expect(await role(owner.id, 'agent', admin)).toMatchObject({ status: 403, body: { code: 'role_not_yours' } })
  expect(await role(w.users.agent.id, 'viewer', admin)).toMatchObject({ status: 200, body: { role: 'viewer' } })
  expect(await role(owner.id, 'agent', asOwner)).toMatchObject({ status: 409, body: { code: 'owner_required' } })
  expect(await role(w.users.admin.id, 'owner', asOwner)).toMatchObject({ status: 200 })
  expect(await role(owner.id, 'agent', asOwner)).toMatchObject({ status: 200, body: { role: 'agent' } })
})

test('a version that has passed is not overwritten', async () => {
  const w = await world()
  const path = `/v1/users/${w.users.agent.id}`
  const tag = (await w.get(path)).headers.get('etag') ?? ''
  const headers = { 'if-match': tag }
  expect((await w.patch(path, { role: 'viewer' }, { headers })).status).toBe(200)
  expect(await w.patch(path, { role: 'agent' }, { headers })).toMatchObject({ status: 412 })
  expect(await w.patch(path, { nickname: 'x', role: 3 })).toMatchObject({ status: 422 })
})

test('the list shows who is there, newest first, page by page', async () => {
  const w = await world()
  const first = await w.get<{ data: { id: string }[]; next_cursor: string }>('/v1/users?limit=1')
  expect(first.body).toMatchObject({ has_more: true, data: [{ id: w.users.admin.id }] })
  const second = await w.get(`/v1/users?limit=1&after=${first.body.next_cursor}`)
  expect(second.body).toMatchObject({ has_more: false, next_cursor: null, data: [{ id: w.users.agent.id }] })
})
