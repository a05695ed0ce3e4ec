import { expect, test } from 'vitest'
import { type World, world } from '../../../test/world.ts'
import { readPhone } from './identities.ts'
import * as contacts from './service.ts'

type Page = { data: { id: string; name: string }[]; has_more: boolean; next_cursor: string }

async function names(w: World, query: string): Promise<string[]> {
  const reply = await w.get<Page>(`/v1/contacts?${query}`)
  if (reply.status !== 200) throw new Error(reply.text)
  return reply.body.data.map((contact) => contact.name)
}

async function peopled(): Promise<World> {
  const w = await world()
  const people = [
    { name: 'José Núñez', email: 'Jose@Example.com', tags: ['VIP', 'beta'] },
    { name: 'Joseph 100% Percent', external_id: 'A_1', phone: '+44 20 7946 0958', tags: ['beta'] },
    { name: 'Мария Петрова', external_id: 'a_1', phone: '(415) 555-2671' },
    { name: 'Ann-Marie O’Hara', email: 'ann.marie@sub.example.com', phone: '5551234' },
  ]
  for (const person of people) expect((await w.post('/v1/contacts', person)).status).toBe(201)
  return w
}

test('contacts are found by any identity, by tag, and by the beginnings of words', async () => {
  const w = await peopled()
  const cases: [string, string[]][] = [
    ['email=JOSE@example.COM', ['José Núñez']],
    ['external_id=A_1', ['Joseph 100% Percent']],
    ['phone=%2B14155552671', ['Мария Петрова']],
    ['phone=415.555.2671', ['Мария Петрова']],
    ['phone=5551234', ['Ann-Marie O’Hara']],
    ['phone=0044+20+7946+0958', []],
    ['tag=BETA', ['Joseph 100% Percent', 'José Núñez']],
    ['tag=beta&q=nun', ['José Núñez']],
    ['tag=none', []],
    ['q=JOSE', ['Joseph 100% Percent', 'José Núñez']],
    ['q=perc+jos', ['Joseph 100% Percent']],
    ['q=100%25', ['Joseph 100% Percent']],
    ['q=%25', []],
    ['q=_', []],
    ['q=eph', []],
    ['q=мар', ['Мария Петрова']],
    ['q=example.com', ['José Núñez']],
    ['q=ann.marie%40sub', ['Ann-Marie O’Hara']],
    ['q=415+555', ['Мария Петрова']],
    ['q=020+7946', []],
    ['q=%2B44+20', ['Joseph 100% Percent']],
    ['q=207946', ['Joseph 100% Percent']],
    ['q=555', ['Ann-Marie O’Hara']],
  ]
  for (const [query, expected] of cases) expect([query, await names(w, query)]).toEqual([query, expected])
  expect((await w.get<Page>('/v1/contacts?q=jose', { as: w.stranger.key })).body.data).toEqual([])
  expect(await contacts.searchIds(w.app.system(w.id), 'jose')).toHaveLength(2)
})

test('what changed is found as it is now', async () => {
  const w = await peopled()
  const [found] = (await w.get<Page>('/v1/contacts?q=petrova')).body.data
  expect(found).toBeUndefined()
  const [maria] = (await w.get<Page>('/v1/contacts?external_id=a_1')).body.data
  await w.patch(`/v1/contacts/${maria?.id}`, { name: 'Maria Petrova', tags: ['vip'] })
  expect(await names(w, 'q=petrova')).toEqual(['Maria Petrova'])
  expect(await names(w, 'tag=vip')).toEqual(['Maria Petrova', 'José Núñez'])
  await w.delete(`/v1/contacts/${maria?.id}`)
  for (const query of ['q=petrova', 'tag=vip&q=petrova', 'external_id=a_1', 'phone=4155552671']) {
    expect(await names(w, query)).toEqual([])
  }
})

test('pages run from the newest to the oldest, within their filter', async () => {
  const w = await peopled()
  const first = (await w.get<Page>('/v1/contacts?q=jos&limit=1')).body
  expect(first).toMatchObject({ has_more: true, data: [{ name: 'Joseph 100% Percent' }] })
  const second = (await w.get<Page>(`/v1/contacts?q=jos&limit=1&after=${first.next_cursor}`)).body
  expect(second).toMatchObject({ has_more: false, next_cursor: null, data: [{ name: 'José Núñez' }] })
  const refused = { status: 422, body: { errors: [{ code: 'cursor_invalid' }] } }
  expect(await w.get(`/v1/contacts?limit=1&after=${first.next_cursor}`)).toMatchObject(refused)
  for (const query of ['limit=0', 'limit=201', 'limit=x', 'page=1', 'phone=abc', 'q=', 'q=%00']) {
    expect([query, (await w.get(`/v1/contacts?${query}`)).status]).toEqual([query, 422])
  }
})

test.each([
  ['+14155552671', 'DE', '+14155552671'],
  ['+999', 'US', undefined],
  ['+9991', 'US', '+9991'],
  ['+1 (415) 555-2671', 'DE', '+14155552671'],
  ['(415) 555-2671', 'US', '+14155552671'],
  ['030 901820', 'DE', '+4930901820'],
  ['00442079460958', 'FR', '+442079460958'],
  ['12345', 'US', null],
  ['٤١٥٥٥٥٢٦٧١', 'US', '+14155552671'],
  ['4155552671', 'AQ', null],
])('%s read in %s is %s', (text, country, phone) => {
  const read = () => readPhone(text, country, '/phone')
  if (phone === undefined) expect(read).toThrow()
  else expect(read()).toEqual({ phone, phone_raw: text })
})

test('a number that is none is matched by its digits', async () => {
  const w = await world()
  const made = await w.post('/v1/contacts', { phone: '12-345' })
  expect(made).toMatchObject({ status: 201, body: { phone: null, phone_raw: '12-345', phones: [] } })
  expect(await w.post('/v1/contacts', { phone: '1 23 45' })).toMatchObject({
    status: 200,
    body: { id: made.body['id'] },
  })
})
