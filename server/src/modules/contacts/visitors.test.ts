import { expect, test } from 'vitest'
import { type World, world } from '../../../test/world.ts'
import { transact } from '../../kernel/context.ts'
import * as contacts from './service.ts'

async function visited() {
  const w = await world()
  const ctx = w.app.system(w.id)
  const types = async () => (await w.events()).filter((type) => type.startsWith('contact.'))
  return { w, ctx, types }
}

const tx = <T>(w: World, work: Parameters<typeof transact<T>>[1]) => transact(w.app.system(w.id), work)

test('a visitor’s claim is theirs while nobody else holds it, and only noted when somebody does', async () => {
  const { w, types } = await visited()
  const first = await tx(w, (t) => contacts.createAnonymous(t, { name: 'Ann', email: 'ann@example.com' }))
  expect(first).toMatchObject({ name: 'Ann', email: 'ann@example.com', verified: false })
  const second = await tx(w, (t) => contacts.createAnonymous(t, { name: 'Ann?', email: 'ANN@example.com' }))
  expect(second).toMatchObject({ email: null, custom_data: { claimed_email: 'ann@example.com' } })
  expect(second.id).not.toBe(first.id)
  const nobody = await tx(w, (t) => contacts.createAnonymous(t, {}))
  expect(nobody).toMatchObject({ name: null, email: null })
  expect(await types()).toEqual(['contact.created', 'contact.created', 'contact.created'])
})

test('many visitors who claim one address at once are many, and one of them holds it', async () => {
  const { w } = await visited()
  const rows = await Promise.all(
    Array.from({ length: 20 }, () => tx(w, (t) => contacts.createAnonymous(t, { email: 'x@example.com' }))),
  )
  expect(new Set(rows.map((row) => row.id)).size).toBe(20)
  expect(rows.filter((row) => row.email !== null)).toHaveLength(1)
})

test('an unproven claim to somebody known leads to them and tells nothing new of them', async () => {
  const { w, types } = await visited()
  const known = await w.post('/v1/contacts', { external_id: 'u' })
  const found = await tx(w, (t) =>
    contacts.findOrClaim(t, { external_id: 'u', email: 'evil@example.com', name: 'Evil' }),
  )
  expect(found).toMatchObject({
    created: false,
    row: { id: known.body['id'], email: null, name: null, verified: false },
  })
  const fresh = await tx(w, (t) => contacts.findOrClaim(t, { external_id: 'v', email: 'v@example.com' }))
  expect(fresh).toMatchObject({ created: true, row: { external_id: 'v', email: 'v@example.com' } })
  expect(await types()).toEqual(['contact.created', 'contact.created'])
})

test('an anonymous visitor who proves who they are stays the same contact, now known', async () => {
  const { w, types } = await visited()
  const visitor = await tx(w, (t) => contacts.createAnonymous(t, { name: 'Visitor' }))
  const known = await tx(w, (t) => contacts.identify(t, visitor.id, { external_id: 'u', email: 'u@example.com' }))
  expect(known).toMatchObject({ id: visitor.id, external_id: 'u', email: 'u@example.com', verified: true })
  const again = await tx(w, (t) => contacts.identify(t, visitor.id, { external_id: 'u', email: 'u@example.com' }))
  expect(again.version).toBe(known.version)
  expect(await types()).toEqual(['contact.created', 'contact.identified'])
})

test('one who proves to be somebody known is that contact', async () => {
  const { w, types } = await visited()
  const known = await w.post('/v1/contacts', { external_id: 'u', email: 'u@example.com' })
  const visitor = await tx(w, (t) => contacts.createAnonymous(t, { name: 'Visitor' }))
  const proven = await tx(w, (t) => contacts.identify(t, visitor.id, { external_id: 'u' }))
  expect(proven).toMatchObject({ id: known.body['id'], verified: true, email: 'u@example.com' })
  expect(await types()).toEqual(['contact.created', 'contact.created', 'contact.identified'])
})

test('who only claimed an identity loses it to the one who proves it, and they never share a contact', async () => {
  const { w } = await visited()
  const squatter = await tx(w, (t) => contacts.createAnonymous(t, { email: 'ceo@example.com' }))
  const proven = await tx(w, (t) => contacts.identify(t, null, { email: 'CEO@example.com' }))
  expect(proven).toMatchObject({ email: 'CEO@example.com', verified: true })
  expect(proven.id).not.toBe(squatter.id)
  expect((await w.get(`/v1/contacts/${squatter.id}`)).body).toMatchObject({
    email: null,
    custom_data: { claimed_email: 'ceo@example.com' },
  })
})

test('a session that leads to somebody known cannot rename them by proving to be another', async () => {
  const { w } = await visited()
  const known = await w.post('/v1/contacts', { external_id: 'u' })
  const { row: claimed } = await tx(w, (t) => contacts.findOrClaim(t, { external_id: 'u' }))
  const proven = await tx(w, (t) => contacts.identify(t, claimed.id, { external_id: 'other' }))
  expect(proven.id).not.toBe(known.body['id'])
  expect((await w.get(`/v1/contacts/${known.body['id']}`)).body).toEqual(known.body)
})

test('twenty who prove the same identity at once are one contact', async () => {
  const { w } = await visited()
  const rows = await Promise.all(
    Array.from({ length: 20 }, () => tx(w, (t) => contacts.identify(t, null, { external_id: 'u', name: 'U' }))),
  )
  expect(new Set(rows.map((row) => row.id)).size).toBe(1)
})

test('a visitor corrects their name and address, but takes nobody else’s', async () => {
  const { w } = await visited()
  await w.post('/v1/contacts', { email: 'taken@example.com' })
  const visitor = await tx(w, (t) => contacts.createAnonymous(t, { name: 'V' }))
  const own = await tx(w, (t) => contacts.describe(t, visitor.id, { name: 'Vera', email: 'vera@example.com' }))
  expect(own).toMatchObject({ name: 'Vera', email: 'vera@example.com' })
  const noted = await tx(w, (t) => contacts.describe(t, visitor.id, { email: 'Taken@example.com' }))
  expect(noted).toMatchObject({ email: 'vera@example.com', custom_data: { claimed_email: 'taken@example.com' } })
})

test('who only claims to be somebody known cannot change them', async () => {
  const { w } = await visited()
  const known = await w.post('/v1/contacts', { external_id: 'u', email: 'u@example.com', name: 'U' })
  const { row: claimed } = await tx(w, (t) => contacts.findOrClaim(t, { external_id: 'u' }))
  await tx(w, (t) => contacts.describe(t, claimed.id, { name: 'Evil', email: 'evil@example.com' }))
  expect((await w.get(`/v1/contacts/${claimed.id}`)).body).toEqual(known.body)
})

test('that a contact was seen is said at most every five minutes', async () => {
  const { w, ctx, types } = await visited()
  const visitor = await tx(w, (t) => contacts.createAnonymous(t, {}))
  const at = (minutes: number) => ({ ...ctx, now: () => new Date(Date.UTC(2030, 0, 1, 0, minutes)) })
  for (const minutes of [0, 1, 4, 6, 7]) await contacts.seen(at(minutes), await contacts.get(ctx, visitor.id))
  expect((await types()).filter((type) => type === 'contact.updated')).toHaveLength(2)
  expect((await w.get(`/v1/contacts/${visitor.id}`)).body['last_seen_at']).toBe('2030-01-01T00:06:00.000Z')
})
