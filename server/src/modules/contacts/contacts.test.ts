import { expect, test } from 'vitest'
import { type World, world } from '../../../test/world.ts'

type Body = Record<string, unknown>

async function said(w: World) {
  return (await w.log_of_events()).filter((event) => event.type.startsWith('contact.'))
}

test('a contact is created, found again and changed, deleted, and each is said once', async () => {
  const w = await world()
  const made = await w.post('/v1/contacts', { email: 'Ann@Example.com', first_name: 'Ann', tags: ['VIP'] })
  expect(made).toMatchObject({
    status: 201,
    body: {
      object: 'contact',
      email: 'Ann@Example.com',
      emails: ['Ann@Example.com'],
      phone: null,
      phones: [],
      name: 'Ann',
      tags: ['VIP'],
      custom_fields: {},
      custom_data: {},
      verified: false,
      company: null,
    },
  })
  const path = `/v1/contacts/${made.body['id']}`
  expect((await w.get(path)).body).toEqual(made.body)

  const found = await w.post('/v1/contacts', { email: 'ann@example.COM', last_name: 'Lee', external_id: 'u-1' })
  expect(found).toMatchObject({ status: 200, body: { id: made.body['id'], name: 'Ann Lee', external_id: 'u-1' } })
  const changed = await w.patch(path, { city: 'Cork', tags: [], first_name: null })
  expect(changed).toMatchObject({ status: 200, body: { city: 'Cork', tags: [], name: 'Lee', first_name: null } })

  expect((await w.delete(path)).status).toBe(204)
  for (const reply of [await w.get(path), await w.patch(path, { city: 'x' }), await w.delete(path)]) {
    expect(reply.status).toBe(404)
  }
  expect((await w.get<{ data: Body[] }>('/v1/contacts')).body.data).toEqual([])
  const events = await said(w)
  expect(events.map((event) => event.type)).toEqual([
    'contact.created',
    'contact.updated',
    'contact.updated',
    'contact.deleted',
  ])
  expect(events[0]?.data['contact']).toEqual(made.body)
  expect(events[2]).toMatchObject({
    data: { contact: changed.body },
    previous: { city: null, tags: ['VIP'], name: 'Ann Lee', first_name: 'Ann' },
  })
})

test('what is so already changes nothing', async () => {
  const w = await world()
  const body = { email: 'a@example.com', phone: '+14155552671', tags: ['x', 'y'], custom_data: { a: 1, b: true } }
  const made = await w.post('/v1/contacts', body)
  const again = await w.post('/v1/contacts', { ...body, tags: ['Y', 'x'], custom_data: { b: true, gone: null } })
  expect(again).toMatchObject({ status: 200, body: made.body })
  expect(again.headers.get('etag')).toBe(made.headers.get('etag'))
  expect(await said(w)).toHaveLength(1)
})

test('identities are freed by deletion and by change', async () => {
  const w = await world()
  const first = await w.post('/v1/contacts', { email: 'a@example.com', external_id: '1' })
  await w.patch(`/v1/contacts/${first.body['id']}`, { email: 'b@example.com' })
  const second = await w.post('/v1/contacts', { email: 'a@example.com' })
  expect(second.status).toBe(201)
  await w.delete(`/v1/contacts/${first.body['id']}`)
  const third = await w.post('/v1/contacts', { email: 'b@example.com', external_id: '1' })
  expect(third.status).toBe(201)
  expect(new Set([first, second, third].map((reply) => reply.body['id'])).size).toBe(3)
})

test('two identities of two contacts are refused with both ids, and nothing changes', async () => {
  const w = await world()
  const one = await w.post('/v1/contacts', { email: 'one@example.com' })
  const two = await w.post('/v1/contacts', { external_id: 'two', phone: '+14155552671' })
  const ids = [one.body['id'], two.body['id']]
  const told = (reply: { body: Body; text: string }) => ids.every((id) => reply.text.includes(String(id)))

  const both = await w.post('/v1/contacts', { email: 'ONE@example.com', external_id: 'two', name: 'Neither' })
  expect(both).toMatchObject({ status: 409, body: { code: 'identity_conflict' } })
  expect(both.body['errors']).toEqual([
    { pointer: '/external_id', code: 'identity_conflict', detail: ids[1] },
    { pointer: '/email', code: 'identity_conflict', detail: ids[0] },
  ])
  const taken = await w.patch(`/v1/contacts/${ids[0]}`, { phone: '+1 (415) 555-2671' })
  expect(taken).toMatchObject({ status: 409, body: { code: 'identity_conflict', errors: [{ pointer: '/phone' }, {}] } })
  expect(told(both) && told(taken)).toBe(true)
  expect(await said(w)).toHaveLength(2)
  expect((await w.get(`/v1/contacts/${ids[0]}`)).body).toEqual(one.body)
})

test('a matched contact takes on what else was said, after external id, e-mail, phone', async () => {
  const w = await world()
  const made = await w.post('/v1/contacts', { external_id: 'u' })
  const more = await w.post('/v1/contacts', { external_id: 'u', email: 'u@example.com', phone: '+14155552671' })
  const byPhone = await w.post('/v1/contacts', { phone: '(415) 555-2671', email: 'new@example.com' })
  for (const reply of [more, byPhone]) expect(reply).toMatchObject({ status: 200, body: { id: made.body['id'] } })
  expect(byPhone.body).toMatchObject({ email: 'new@example.com', external_id: 'u', phone: '+14155552671' })
  expect((await w.post('/v1/contacts', { email: 'u@example.com' })).status).toBe(201)
})

test('custom data is merged key by key within its limits', async () => {
  const w = await world()
  const made = await w.post('/v1/contacts', { external_id: 'u', custom_data: { plan: 'pro', seats: 3, trial: true } })
  const path = `/v1/contacts/${made.body['id']}`
  const merged = await w.patch(path, { custom_data: { seats: null, 'a.b-c_D': 'x' } })
  expect(merged.body['custom_data']).toEqual({ plan: 'pro', trial: true, 'a.b-c_D': 'x' })

  const many = Object.fromEntries(Array.from({ length: 62 }, (_, index) => [`k${index}`, index]))
  const refusals = [
    [{ ...many, plan: 1 }, 'too_many', '/custom_data'],
    [{ big: 'x'.repeat(16 * 1024) }, 'too_large', '/custom_data'],
    [{ 'no blanks': 1 }, 'pattern', '/custom_data'],
    [{ [`${'x'.repeat(65)}`]: 1 }, 'pattern', '/custom_data'],
    [{ nested: {} }, 'type', '/custom_data/nested'],
    [{ list: [] }, 'type', '/custom_data/list'],
  ] as const
  for (const [custom_data, code, pointer] of refusals) {
    const reply = await w.patch<{ errors: Body[] }>(path, { custom_data })
    expect(reply.status).toBe(422)
    expect(reply.body.errors).toContainEqual(expect.objectContaining({ code, pointer }))
  }
  expect((await w.get(path)).body).toEqual(merged.body)
})

test('scripts, markup and any writing are kept as they were given', async () => {
  const w = await world()
  const name = `<script>alert(1)</script> "O'Brien" & 李雷 🦜 ‮x`
  const made = await w.post('/v1/contacts', {
    external_id: name,
    name,
    city: '<b>',
    job_title: "'; drop table contacts; --",
  })
  expect(made).toMatchObject({ status: 201, body: { name, external_id: name, city: '<b>' } })
  expect((await w.get(`/v1/contacts/${made.body['id']}`)).body).toEqual(made.body)
})

test.each([
  ['no identity', { name: 'x' }, 'identity_required', undefined],
  ['identities that are null', { email: null, phone: null }, 'identity_required', undefined],
  ['an e-mail that is none', { email: 'nobody' }, 'invalid', '/email'],
  ['a phone with letters', { phone: '1-800-FLOWERS' }, 'invalid', '/phone'],
  ['a phone of three digits', { phone: '112' }, 'invalid', '/phone'],
  ['a phone of sixteen digits', { phone: '+1234567890123456' }, 'invalid', '/phone'],
  ['an unknown country', { external_id: 'x', country: 'QX' }, 'invalid', '/country'],
  ['an unknown time zone', { external_id: 'x', time_zone: 'Mars/Base' }, 'invalid', '/time_zone'],
  ['an offset for a time zone', { external_id: 'x', time_zone: '+02:00' }, 'invalid', '/time_zone'],
  ['a language that is none', { external_id: 'x', language: 'German!' }, 'invalid', '/language'],
  ['NUL', { external_id: 'x', name: 'a\0' }, 'invalid', '/name'],
  ['half a surrogate pair', '{"external_id":"\\udc00"}', 'invalid', '/external_id'],
  ['a number for text', { external_id: 5 }, 'invalid', '/external_id'],
  ['an empty external id', { external_id: '' }, 'invalid', '/external_id'],
  ['a field of a later day', { external_id: 'x', lead_score: 5 }, 'invalid', '/lead_score'],
  ['an id of its own', { external_id: 'x', id: 'x' }, 'invalid', '/id'],
  ['a blank tag', { external_id: 'x', tags: ['ok', ' '] }, 'invalid', '/tags/1'],
  ['51 tags', { external_id: 'x', tags: Array.from({ length: 51 }, (_, n) => `t${n}`) }, 'invalid', '/tags'],
])('refuses %s, and nothing happens', async (_name, body, code, pointer) => {
  const w = await world()
  const reply = await w.post('/v1/contacts', body)
  expect(reply).toMatchObject({ status: 422, body: { code } })
  if (pointer !== undefined) expect(reply.body['errors']).toContainEqual(expect.objectContaining({ pointer }))
  expect((await w.events()).filter((type) => /^(contact|tag)\./.test(type))).toEqual([])
})

test('is closed to strangers and to those without the scope', async () => {
  const w = await world()
  const made = await w.post('/v1/contacts', { email: 'a@example.com' })
  const path = `/v1/contacts/${made.body['id']}`
  const as = w.stranger.key
  const theirs = await w.post('/v1/contacts', { email: 'a@example.com' }, { as })
  expect(theirs.status).toBe(201)
  expect(theirs.body['id']).not.toBe(made.body['id'])
  for (const reply of [
    await w.get(path, { as }),
    await w.patch(path, { name: 'x' }, { as }),
    await w.delete(path, { as }),
  ]) {
    expect(reply.status).toBe(404)
  }
  const reader = await w.own.keyWith('contacts:read')
  expect((await w.get(path, { as: reader })).status).toBe(200)
  expect((await w.post('/v1/contacts', { email: 'b@example.com' }, { as: reader })).status).toBe(403)
  expect((await w.get(path, { as: w.testKey })).status).toBe(404)
})

test('a change names the version it is meant for', async () => {
  const w = await world()
  const made = await w.post('/v1/contacts', { external_id: 'u' })
  const path = `/v1/contacts/${made.body['id']}`
  const headers = { 'if-match': made.headers.get('etag') ?? '' }
  expect((await w.patch(path, { name: 'b' }, { headers })).status).toBe(200)
  expect((await w.patch(path, { name: 'c' }, { headers })).status).toBe(412)
  expect((await w.delete(path, { headers })).status).toBe(412)
})
