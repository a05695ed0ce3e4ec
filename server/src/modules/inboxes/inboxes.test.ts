import { createHmac } from 'node:crypto'
import { expect, test } from 'vitest'
import { world } from '../../../test/world.ts'
import { newId } from '../../kernel/ids.ts'
import * as inboxes from './service.ts'

type Page = { data: { id: string; channel: string; settings: Record<string, unknown> }[] }

async function defaults(w: Awaited<ReturnType<typeof world>>, as: string = w.own.key) {
  const { data } = (await w.get<Page>('/v1/inboxes', { as })).body
  const of = (channel: string) => data.find((inbox) => inbox.channel === channel)?.id ?? ''
  return { data, webChat: of('web_chat'), api: of('api') }
}

test('every workspace and its twin begin with an inbox of each channel', async () => {
  const w = await world()
  const own = await defaults(w)
  const twin = await defaults(w, w.testKey)
  expect(own.data.map((inbox) => inbox.channel).sort()).toEqual(['api', 'web_chat'])
  expect(twin.data.map((inbox) => inbox.channel).sort()).toEqual(['api', 'web_chat'])
  expect(new Set([...own.data, ...twin.data].map((inbox) => inbox.id)).size).toBe(4)
  expect((await w.events()).filter((type) => type === 'inbox.created')).toHaveLength(2)
  expect((await inboxes.getApiInbox(w.app.system(w.id))).id).toBe(own.api)
})

test('an inbox is set up with what it leaves out by default', async () => {
  const w = await world()
  const made = await w.post('/v1/inboxes', {
    name: 'Shop',
    channel: 'web_chat',
    settings: { brand_color: '#FF0000', pre_chat: { email: 'required' }, allowed_domains: ['Shop.Example.com'] },
  })
  expect(made).toMatchObject({
    status: 201,
    body: {
      object: 'inbox',
      enabled: true,
      identity_secrets: [],
      settings: {
        brand_color: '#ff0000',
        pre_chat: { name: 'optional', email: 'required' },
        allowed_domains: ['shop.example.com'],
        reopen_after_days: 7,
        require_identity: false,
      },
    },
  })
  expect(await w.get(`/v1/inboxes/${made.body['id']}`)).toMatchObject({ status: 200, body: made.body })
})

test('a change merges settings, is seen at once, and is said once', async () => {
  const w = await world()
  const { webChat } = await defaults(w)
  const path = `/v1/inboxes/${webChat}`
  const before = await w.get(path)
  const changed = await w.patch(path, { settings: { greeting: 'Moin', pre_chat: { name: 'off' } } })
  expect(changed.body['settings']).toMatchObject({ greeting: 'Moin', pre_chat: { name: 'off', email: 'optional' } })
  expect((await w.get(path)).body).toEqual(changed.body)
  await w.patch(path, { settings: { greeting: 'Moin' }, name: before.body['name'] })
  const events = (await w.log_of_events()).filter((event) => event.type === 'inbox.updated')
  expect(events).toHaveLength(1)
  expect(events[0]).toMatchObject({
    data: { inbox: changed.body },
    previous: { settings: before.body['settings'] },
  })
})

test.each([
  ['settings of another channel', 'api', { settings: { greeting: 'x' } }, '/settings/greeting'],
  ['an unknown setting', 'web_chat', { settings: { gretting: 'x' } }, '/settings/gretting'],
  ['a color by name', 'web_chat', { settings: { brand_color: 'red' } }, '/settings/brand_color'],
  ['an unknown word', 'web_chat', { settings: { pre_chat: { name: 'maybe' } } }, '/settings/pre_chat/name'],
  [
    'a URL for a domain',
    'web_chat',
    { settings: { allowed_domains: ['https://x.com'] } },
    '/settings/allowed_domains/0',
  ],
  ['a type that is none', 'web_chat', { settings: { allowed_types: ['png'] } }, '/settings/allowed_types/0'],
  ['a wrong type', 'web_chat', { settings: { reopen_after_days: '7' } }, '/settings/reopen_after_days'],
  ['settings that are none', 'web_chat', { settings: [] }, '/settings'],
  ['NUL in a greeting', 'web_chat', { settings: { greeting: '\0' } }, '/settings/greeting'],
  ['another channel', 'web_chat', { channel: 'api' }, '/channel'],
  ['a name of 101 characters', 'web_chat', { name: 'x'.repeat(101) }, '/name'],
])('refuses %s, and nothing happens', async (_name, channel, patch, pointer) => {
  const w = await world()
  const own = await defaults(w)
  const path = `/v1/inboxes/${channel === 'api' ? own.api : own.webChat}`
  const before = await w.get(path)
  const refused = { status: 422, body: { code: 'invalid', errors: [{ pointer }] } }
  expect(await w.patch(path, patch)).toMatchObject(refused)
  expect((await w.get(path)).body).toEqual(before.body)
  expect(await w.events()).not.toContain('inbox.updated')
})

test('is closed to strangers', async () => {
  const w = await world()
  const { webChat } = await defaults(w)
  const path = `/v1/inboxes/${webChat}`
  const as = w.stranger.key
  expect((await w.get(path, { as })).status).toBe(404)
  expect((await w.patch(path, { name: 'x' }, { as })).status).toBe(404)
  expect((await w.post(`${path}/identity-secrets`, undefined, { as })).status).toBe(404)
  expect((await w.delete(`${path}/identity-secrets/${newId()}`, { as })).status).toBe(404)
  const reader = await w.own.keyWith('inboxes:read')
  expect((await w.patch(path, { name: 'x' }, { as: reader })).status).toBe(403)
})

test('two secrets live at once, each shown once and stored where it cannot be read', async () => {
  const w = await world()
  const { webChat, api } = await defaults(w)
  const path = `/v1/inboxes/${webChat}/identity-secrets`
  const [first, second] = [await w.post(path), await w.post(path)]
  expect([first.status, second.status]).toEqual([201, 201])
  expect(await w.post(path)).toMatchObject({ status: 409, body: { code: 'identity_secrets_full' } })
  expect(await w.post(`/v1/inboxes/${api}/identity-secrets`)).toMatchObject({
    status: 422,
    body: { code: 'inbox_channel' },
  })

  const secrets = [String(first.body['secret']), String(second.body['secret'])]
  const shown = (await w.get(`/v1/inboxes/${webChat}`)).text
  const stored = JSON.stringify(await w.sql('select * from inboxes where id = $1', [webChat]))
  const said = JSON.stringify(await w.log_of_events())
  for (const secret of secrets) expect(shown + stored + said + w.log.join()).not.toContain(secret)

  expect((await w.delete(`${path}/${first.body['id']}`)).status).toBe(204)
  expect((await w.delete(`${path}/${first.body['id']}`)).status).toBe(404)
  expect((await w.post(path)).status).toBe(201)
})

test('a signature by a live secret proves an external id, or an e-mail without one, and nothing else does', async () => {
  const w = await world()
  const { webChat } = await defaults(w)
  const path = `/v1/inboxes/${webChat}/identity-secrets`
  const [old, fresh] = [await w.post(path), await w.post(path)]
  const ctx = w.app.system(w.id)
  const sign = (secret: unknown, text: string) => createHmac('sha256', String(secret)).update(text).digest('hex')
  const verify = async (claim: Parameters<typeof inboxes.verifyIdentity>[2]) =>
    inboxes.verifyIdentity(ctx, await inboxes.get(ctx, webChat), claim)

  const [oldHash, freshHash] = [sign(old.body['secret'], 'u1'), sign(fresh.body['secret'], 'u1')]
  expect(await verify({ external_id: 'u1', email: 'a@example.com', user_hash: oldHash })).toBe(true)
  expect(await verify({ external_id: 'u1', user_hash: freshHash })).toBe(true)
  expect(await verify({ email: 'a@example.com', user_hash: sign(fresh.body['secret'], 'a@example.com') })).toBe(true)
  const lies = [
    { external_id: 'u2', user_hash: freshHash },
    { external_id: 'u1', email: 'a@example.com', user_hash: sign(fresh.body['secret'], 'a@example.com') },
    { external_id: 'u1', user_hash: freshHash.toUpperCase() },
    { external_id: 'u1', user_hash: '' },
    { external_id: 'u1' },
    { external_id: '', user_hash: sign(fresh.body['secret'], '') },
    { user_hash: freshHash },
  ]
  for (const lie of lies) expect(await verify(lie)).toBe(false)
  await w.delete(`${path}/${old.body['id']}`)
  expect(await verify({ external_id: 'u1', user_hash: oldHash })).toBe(false)
})

test('domains and types are allowed as the settings name them', async () => {
  const w = await world()
  const { webChat } = await defaults(w)
  const ctx = w.app.system(w.id)
  const open = await inboxes.get(ctx, webChat)
  expect(inboxes.isOriginAllowed(open, 'https://anywhere.example')).toBe(true)
  expect(inboxes.takesType(open, 'application/zip')).toBe(true)

  const allowed_domains = ['example.com', '*.shop.example', 'localhost']
  await w.patch(`/v1/inboxes/${webChat}`, {
    settings: { allowed_domains, allowed_types: ['image/*', 'application/pdf'] },
  })
  const inbox = await inboxes.get(ctx, webChat)
  const origins = [
    'https://example.com',
    'http://EXAMPLE.com:8080',
    'https://a.b.shop.example',
    'http://localhost:3000',
  ]
  for (const origin of [...origins, undefined]) expect(inboxes.isOriginAllowed(inbox, origin)).toBe(true)
  const foreign = [
    'https://www.example.com',
    'https://shop.example',
    'https://badshop.example',
    'null',
    '',
    'https://example.com.evil.test',
  ]
  for (const origin of foreign) expect(inboxes.isOriginAllowed(inbox, origin)).toBe(false)
  expect(['image/png', 'application/pdf', 'text/html'].map((type) => inboxes.takesType(inbox, type))).toEqual([
    true,
    true,
    false,
  ])
})
