import { createHmac } from 'node:crypto'
import { expect, test } from 'vitest'
import { chatWorld, level } from '../../../test/visitors.ts'

type Chat = Awaited<ReturnType<typeof chatWorld>>

async function secretOf({ w, chat }: Chat): Promise<{ id: string; sign: (identity: string) => string }> {
  const made = await w.post<{ id: string; secret: string }>(`/v1/inboxes/${chat}/identity-secrets`)
  expect(made.status).toBe(201)
  const { id, secret } = made.body
  return { id, sign: (identity) => createHmac('sha256', secret).update(identity).digest('hex') }
}

/** Somebody the team knows, who has written from a browser that has proven to be theirs. */
async function known(chat: Chat) {
  const { sign } = await secretOf(chat)
  const { id } = (
    await chat.w.post<{ id: string }>('/v1/contacts', { external_id: 'ada', email: 'ada@example.com', name: 'Ada L.' })
  ).body
  const ada = await chat.visit({ external_id: 'ada', user_hash: sign('ada') })
  const { conversation_id } = (await ada.say('My order is 4711')).body
  return { ada, id, sign, conversation_id }
}

test('a right signature proves who a visitor is, wherever they come from', async () => {
  const chat = await chatWorld()
  const { ada, id, sign, conversation_id } = await known(chat)
  expect(ada.contact).toEqual({ id, name: 'Ada L.', email: 'ada@example.com', verified: true })
  const elsewhere = await chat.visit({ external_id: 'ada', user_hash: sign('ada') })
  expect(elsewhere.contact.id).toBe(id)
  expect(elsewhere.conversation).toMatchObject({ id: conversation_id })
  expect((await elsewhere.thread()).data).toMatchObject([{ body: 'My order is 4711' }])
  const socket = await level(await elsewhere.live())
  await ada.say('And 4712')
  await socket.until((frame) => JSON.stringify(frame).includes('And 4712'))
  socket.close()
})

test('an e-mail address is proven by its own signature only', async () => {
  const chat = await chatWorld()
  const { id, sign } = await known(chat)
  const byEmail = await chat.visit({ email: 'ada@example.com', user_hash: sign('ada@example.com') })
  expect(byEmail.contact).toMatchObject({ id, verified: true })
  const mixed = await chat.visit({ external_id: 'ada', user_hash: sign('ada@example.com') })
  expect(mixed.contact.verified).toBe(false)
})

test('two secrets live at once, and one that ended proves nothing', async () => {
  const chat = await chatWorld()
  const [old, fresh] = [await secretOf(chat), await secretOf(chat)]
  for (const { sign } of [old, fresh]) {
    expect((await chat.visit({ external_id: 'bo', user_hash: sign('bo') })).contact.verified).toBe(true)
  }
  await chat.w.delete(`/v1/inboxes/${chat.chat}/identity-secrets/${old.id}`)
  expect((await chat.visit({ external_id: 'bo', user_hash: old.sign('bo') })).contact.verified).toBe(false)
  expect((await chat.visit({ external_id: 'bo', user_hash: fresh.sign('bo') })).contact.verified).toBe(true)
})

test('an anonymous visitor who signs in stays who they are, and keeps their conversation', async () => {
  const chat = await chatWorld()
  const { sign } = await secretOf(chat)
  const anonymous = await chat.visit({ name: 'Somebody' })
  const { conversation_id } = (await anonymous.say('Before')).body
  const proven = await chat.visit({ external_id: 'cy', user_hash: sign('cy') }, anonymous.token)
  expect(proven).toMatchObject({
    contact: { id: anonymous.contact.id, verified: true },
    conversation: { id: conversation_id },
  })
  expect((await proven.say('After')).body.conversation_id).toBe(conversation_id)
})

test('of two who prove at once that an anonymous session was theirs, only one is its contact', async () => {
  const chat = await chatWorld()
  const { sign } = await secretOf(chat)
  const anonymous = await chat.visit()
  const { conversation_id } = (await anonymous.say('Before')).body
  const people = ['bea', 'cid']
  const both = await Promise.all(
    people.map((external_id) => chat.visit({ external_id, user_hash: sign(external_id) }, anonymous.token)),
  )
  expect(both.map((visitor) => visitor.contact.verified)).toEqual([true, true])
  expect(new Set(both.map((visitor) => visitor.contact.id)).size).toBe(2)
  expect(both.filter((visitor) => visitor.conversation?.id === conversation_id)).toHaveLength(1)
  for (const [index, external_id] of people.entries()) {
    const { body } = await chat.w.get(`/v1/contacts/${both[index]?.contact.id}`)
    expect(body).toMatchObject({ external_id, verified: true })
  }
})

test('a session that has ended becomes nobody’s', async () => {
  const chat = await chatWorld()
  const { sign } = await secretOf(chat)
  const anonymous = await chat.visit()
  await anonymous.leave()
  const late = await chat.knock({ external_id: 'bea', user_hash: sign('bea') }, anonymous.token)
  expect(late).toMatchObject({ status: 401, body: { code: 'credential_invalid' } })
  expect((await chat.w.get<{ data: object[] }>('/v1/contacts?external_id=bea')).body.data).toEqual([])
})

const CLAIMS: readonly (readonly [string, Record<string, string>])[] = [
  ['an external id', { external_id: 'ada' }],
  ['an e-mail address', { email: 'ada@example.com' }],
  ['its other spelling', { email: 'ADA@Example.com' }],
  ['a wrong signature', { external_id: 'ada', user_hash: '0'.repeat(64) }],
  ['an empty-handed signature', { external_id: 'ada', user_hash: 'x' }],
  ['both', { external_id: 'ada', email: 'ada@example.com', name: 'Not Ada' }],
]

test.each(CLAIMS)('where identity is required, %s without proof is a stranger', async (_name, claim) => {
  const chat = await chatWorld()
  const { ada, id, conversation_id } = await known(chat)
  await chat.set({ require_identity: true })
  const before = (await chat.w.get(`/v1/contacts/${id}`)).body

  const eve = await chat.visit(claim)
  expect(eve.contact.id).not.toBe(id)
  expect(eve).toMatchObject({ contact: { verified: false }, conversation: null })
  const socket = await level(await eve.live())
  const { body } = await eve.say('Give me what Ada has')
  expect(body.conversation_id).not.toBe(conversation_id)
  await ada.say('Between us')
  await chat.answer(conversation_id, 'For Ada only')
  await chat.answer(body.conversation_id, 'For Eve')
  await socket.until((frame) => JSON.stringify(frame).includes('For Eve'))

  const seen = JSON.stringify([socket.frames, await eve.thread(), (await eve.me()).body])
  for (const hidden of ['Between us', 'For Ada', '4711', 'Ada L.', 'ada@', conversation_id, id]) {
    expect(seen).not.toContain(hidden)
  }
  expect({ ...(await chat.w.get(`/v1/contacts/${id}`)).body, last_seen_at: 0, updated_at: 0 }).toEqual({
    ...before,
    last_seen_at: 0,
    updated_at: 0,
  })
  socket.close()
})

test.each(CLAIMS)(
  'where it is not, %s leads the team to the contact and shows nothing of them',
  async (_name, claim) => {
    const chat = await chatWorld()
    const { ada, id, conversation_id } = await known(chat)
    const before = (await chat.w.get(`/v1/contacts/${id}`)).body

    const eve = await chat.visit(claim)
    expect(eve).toMatchObject({ contact: { id, name: null, email: null, verified: false }, conversation: null })
    const socket = await level(await eve.live())
    const { body } = await eve.say('It is me')
    expect(body.conversation_id).not.toBe(conversation_id)
    expect((await chat.w.get(`/v1/conversations/${body.conversation_id}`)).body).toMatchObject({ contact_id: id })
    await ada.say('Between us')
    await chat.answer(conversation_id, 'For Ada only')
    await chat.w.patch(`/v1/conversations/${conversation_id}`, { status: 'resolved' })
    await chat.answer(body.conversation_id, 'For Eve')
    await socket.until((frame) => JSON.stringify(frame).includes('For Eve'))

    const renamed = await chat.w.patch(chat.path('/visitor'), { name: 'Eve', email: 'eve@example.com' }, eve.options)
    const again = await chat.visit({ name: 'Eve', email: 'eve@example.com' }, eve.token)
    const seen = JSON.stringify([socket.frames, await eve.thread(), renamed.body, again.contact, (await eve.me()).body])
    for (const hidden of ['Between us', 'For Ada', '4711', 'Ada L.', 'ada@', conversation_id]) {
      expect(seen).not.toContain(hidden)
    }
    const after = (await chat.w.get(`/v1/contacts/${id}`)).body
    expect(after).toEqual(before)
    socket.close()
  },
)

test('who claims what another visitor claimed learns nothing of that visitor either', async () => {
  const chat = await chatWorld()
  const first = await chat.visit({ name: 'First', email: 'shared@example.com' })
  await first.say('Mine')
  const second = await chat.visit({ email: 'shared@example.com' })
  expect(second.contact).toMatchObject({ name: null, email: null })
  expect(second.conversation).toBeNull()
  await chat.w.patch(chat.path('/visitor'), { name: 'Second' }, second.options)
  expect((await first.me()).body.contact).toMatchObject({ name: 'First', email: 'shared@example.com' })
})

test('who proves to be themselves after claiming to be another visitor sees nothing of that visitor', async () => {
  const chat = await chatWorld()
  const { sign } = await secretOf(chat)
  const first = await chat.visit({ name: 'First', email: 'shared@example.com' })
  const { conversation_id } = (await first.say('Mine alone')).body
  const second = await chat.visit({ email: 'shared@example.com' })
  const proven = await chat.visit({ external_id: 'second', user_hash: sign('second') }, second.token)
  expect(proven.contact).toMatchObject({ name: null, verified: true })
  expect(proven.contact.id).not.toBe(first.contact.id)
  expect(proven.conversation).toBeNull()
  expect((await proven.thread()).data).toEqual([])
  expect((await chat.w.get(`/v1/contacts/${first.contact.id}`)).body).toMatchObject({
    external_id: null,
    verified: false,
  })
  expect((await first.say('Still mine')).body.conversation_id).toBe(conversation_id)
})

test('who typed the address of somebody before the team knew them learns nothing of what the team then learns', async () => {
  const chat = await chatWorld()
  const eve = await chat.visit({ email: 'ada@example.com' })
  await eve.say('It is me')
  const ada = { email: 'ada@example.com', name: 'Ada Lovelace', job_title: 'Countess' }
  const { body } = await chat.w.post<{ id: string }>('/v1/contacts', ada)
  expect((await eve.me()).body.contact).toMatchObject({ name: null, email: null })
  await chat.w.patch(chat.path('/visitor'), { name: 'Eve', email: 'eve@example.com' }, eve.options)
  expect((await chat.w.get(`/v1/contacts/${body.id}`)).body).toMatchObject(ada)
})

test('a signature of one inbox proves nothing in another', async () => {
  const chat = await chatWorld()
  const { sign } = await known(chat)
  const { id } = (await chat.w.post<{ id: string }>('/v1/inboxes', { name: 'Other', channel: 'web_chat' })).body
  const reply = await chat.w.post(
    chat.path('/visitors', id),
    { external_id: 'ada', user_hash: sign('ada') },
    { as: null },
  )
  expect(reply).toMatchObject({ status: 201, body: { contact: { verified: false } } })
})
