/** One browser, one person after the other: each one's words stay their own, however quickly they follow each other. */
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openSite, type Site } from './widget-site.ts'

/** Long enough for a busy machine, short enough to fail. */
const soon = { timeout: 20_000 }
/** Milliseconds a slow network adds to each request of the chat. */
const SLOW = 1_500

let site: Site
beforeAll(async () => {
  site = await openSite()
}, 120_000)
afterAll(() => site?.stop())

let count = 0
/** Two people nobody has heard of yet. */
async function couple() {
  count += 1
  const person = async (external_id: string) => ({ external_id, user_hash: await site.sign(external_id) })
  return { bea: await person(`bea-${count}`), cid: await person(`cid-${count}`) }
}
type Person = Awaited<ReturnType<typeof couple>>['bea']

/** In one task of the page: nothing that either says can be heard in between. */
async function identify(page: Page, ...people: Person[]): Promise<void> {
  const calls = people.map((person) => `Antiphon.identify(${JSON.stringify(person)})`)
  await page.evaluate(calls.join(';'))
}

/** Every conversation of a person, each as its bodies. */
async function wordsOf({ external_id }: Person): Promise<string[][]> {
  const { data } = await site.call<{ data: { id: string }[] }>('GET', `/v1/contacts?external_id=${external_id}`)
  const theirs = (await site.conversations()).filter(({ contact_id }) => contact_id === data[0]?.id)
  return Promise.all(theirs.map(async ({ id }) => (await site.messages(id)).map(({ body }) => body)))
}

/** What the team has, wherever it is: nothing twice, nothing astray. */
async function everything(): Promise<string[]> {
  const all = await Promise.all((await site.conversations()).map(({ id }) => site.messages(id)))
  return all.flat().map(({ body }) => body)
}

const slowly = (page: Page) =>
  page.context().route('**/v1/web-chat/**', async (route) => {
    await new Promise((done) => setTimeout(done, SLOW))
    await route.continue().catch(() => {})
  })

test('who is named after another in the same breath has only their own words', async () => {
  const { bea, cid } = await couple()
  const visitor = await site.visit()
  await visitor.open()
  await identify(visitor.page, bea, cid)
  await visitor.write('only of Cid')
  await visitor.chat.getByText('Delivered').waitFor()
  expect(await wordsOf(cid)).toEqual([['only of Cid']])
  expect(await wordsOf(bea)).toEqual([])
  await visitor.context.close()
})

test('what an anonymous visitor said is not the second one’s who is named', async () => {
  const { bea, cid } = await couple()
  const visitor = await site.visit()
  await visitor.open()
  await visitor.write('of somebody unnamed')
  await visitor.chat.getByText('Delivered').waitFor()
  await identify(visitor.page, bea, cid)
  await expect.poll(visitor.shown, soon).toBe(0)
  await visitor.write('of Cid after all')
  await visitor.chat.getByText('Delivered').waitFor()
  expect(await visitor.shown()).toBe(1)
  expect(await wordsOf(cid)).toEqual([['of Cid after all']])
  await visitor.context.close()
})

test.each([
  ['has written before', true],
  ['has not written before', false],
])('words on their way when the next one signs in arrive as the first one’s, who %s', async (_name, before) => {
  const { bea, cid } = await couple()
  const visitor = await site.visit()
  const { page, chat } = visitor
  await visitor.open()
  const earlier = before ? [`unnamed ${count}`] : []
  for (const words of earlier) {
    await visitor.write(words)
    await chat.getByText('Delivered').waitFor()
  }
  await slowly(page)
  await identify(page, bea)
  await visitor.write(`first of Bea ${count}`)
  await visitor.write(`second of Bea ${count}`)
  await chat.getByRole('textbox', { name: 'Message' }).fill('a draft of Bea')
  await identify(page, cid)
  await expect.poll(visitor.shown, soon).toBe(0)
  expect(await chat.getByRole('textbox', { name: 'Message' }).inputValue()).toBe('')
  await visitor.write(`of Cid ${count}`)
  await expect.poll(visitor.shown, soon).toBe(1)
  await chat.getByText('Delivered').waitFor()
  expect(await visitor.shown()).toBe(1)

  const said = [...earlier, `first of Bea ${count}`, `second of Bea ${count}`]
  await expect.poll(() => wordsOf(bea), soon).toEqual([said])
  expect(await wordsOf(cid)).toEqual([[`of Cid ${count}`]])
  const mine = (await everything()).filter((body) => body.endsWith(` ${count}`))
  expect(mine.sort()).toEqual([...said, `of Cid ${count}`].sort())
  // Nothing of the first is left in the browser, and the token they had is worth nothing.
  const kept = await page.evaluate<string>('JSON.stringify(localStorage)')
  for (const trace of ['Bea', bea.external_id, bea.user_hash]) expect(kept).not.toContain(trace)
  await visitor.context.close()
})

test('who leaves without a network is still heard when it is back, and the next one too', async () => {
  const { bea, cid } = await couple()
  const visitor = await site.visit()
  await visitor.open()
  await identify(visitor.page, bea)
  await visitor.write('known as Bea')
  await visitor.chat.getByText('Delivered').waitFor()
  await visitor.context.setOffline(true)
  await visitor.write('offline as Bea')
  await identify(visitor.page, cid)
  await expect.poll(visitor.shown, soon).toBe(0)
  await visitor.write('offline as Cid')
  await visitor.context.setOffline(false)
  await visitor.chat.getByText('Delivered').waitFor({ timeout: 30_000 })
  expect(await visitor.shown()).toBe(1)
  await expect.poll(() => wordsOf(bea), { timeout: 40_000 }).toEqual([['known as Bea', 'offline as Bea']])
  expect(await wordsOf(cid)).toEqual([['offline as Cid']])
  await visitor.context.close()
}, 90_000)

test('a second tab follows whoever the first one names, and what it was sending stays the former one’s', async () => {
  const { bea, cid } = await couple()
  const visitor = await site.visit()
  const other = await visitor.tab()
  await visitor.open()
  await other.open()
  await identify(visitor.page, bea)
  await visitor.write('in tab one as Bea')
  for (const tab of [visitor, other]) await tab.chat.getByText('Delivered').waitFor()
  await slowly(visitor.page)
  await other.write('in tab two as Bea')
  await identify(visitor.page, cid)
  for (const tab of [visitor, other]) await expect.poll(tab.shown, soon).toBe(0)
  await other.write('in tab two as Cid')
  for (const tab of [visitor, other]) {
    await tab.chat.getByText('Delivered').waitFor()
    expect(await tab.shown()).toBe(1)
  }
  expect(await wordsOf(cid)).toEqual([['in tab two as Cid']])
  await expect.poll(() => wordsOf(bea), soon).toEqual([['in tab one as Bea', 'in tab two as Bea']])
  await visitor.context.close()
})

test('signing out ends the session at the server, once what was said has arrived', async () => {
  const { bea } = await couple()
  const visitor = await site.visit()
  const { page } = visitor
  await visitor.open()
  await identify(page, bea)
  await visitor.write('before I go')
  await visitor.chat.getByText('Delivered').waitFor()
  const token = await page.evaluate<string>(
    `JSON.parse(Object.entries(localStorage).find(([key]) => key.endsWith(':session'))[1]).token`,
  )
  const inbox = await page.evaluate<string>(`document.querySelector('[data-inbox]').dataset.inbox`)
  const status = async () => {
    const headers = { authorization: `Bearer ${token}` }
    return (await fetch(`${site.url}/v1/web-chat/${inbox}/visitor`, { headers })).status
  }
  expect(await status()).toBe(200)
  await slowly(page)
  await visitor.write('my last words')
  await page.evaluate('Antiphon.signOut()')
  await expect.poll(visitor.shown, soon).toBe(0)
  await expect.poll(status, soon).toBe(401)
  expect(await wordsOf(bea)).toEqual([['before I go', 'my last words']])
  await visitor.context.close()
})
