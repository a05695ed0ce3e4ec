/** The main job, whole: a visitor on a web page, an agent at the desk, a machine that listens; a network cut, a process killed. */
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { makeLink, makeUser } from '../test/product.ts'
import { openSite, type Site } from './widget-site.ts'

/** Long enough for a busy machine, short enough to fail. */
const soon = { timeout: 20_000 }

let site: Site
beforeAll(async () => {
  site = await openSite()
  makeUser(site.place, {
    workspace: site.workspace,
    email: 'mia@example.com',
    name: 'Mia',
    password: 'correct horse battery',
  })
}, 120_000)
afterAll(() => site?.stop())

async function openDesk(): Promise<Page> {
  const page = await (await site.browser.newContext({ viewport: { width: 1440, height: 900 } })).newPage()
  await page.goto(await makeLink(site.place, 'mia@example.com'))
  await page.waitForURL(/\/w\/\d+\/inbox\//)
  return page
}

async function answer(desk: Page, text: string): Promise<void> {
  await desk.getByRole('textbox', { name: /^Reply to/ }).fill(text)
  await desk.keyboard.press('Control+Enter')
}

test('a visitor writes, the agent answers, the visitor reads, and an API client sees the same', async () => {
  const desk = await openDesk()
  const visitor = await site.visit()
  await visitor.open()
  await visitor.write('Is the brass lamp in stock?')
  await desk.getByRole('option', { name: /brass lamp/ }).click()
  await desk.getByRole('log').getByText('Is the brass lamp in stock?').waitFor()
  await answer(desk, 'Yes, three of them.')
  await visitor.chat.locator('.theirs').getByText('Yes, three of them.').waitFor()

  const [conversation] = await site.conversations()
  const seen = await site.messages(conversation?.id ?? '')
  expect(seen.map(({ type, body }) => [type, body])).toEqual([
    ['incoming', 'Is the brass lamp in stock?'],
    ['outgoing', 'Yes, three of them.'],
  ])
  await expect.poll(async () => (await site.messages(conversation?.id ?? '')).at(-1)?.status, soon).toBe('read')
  expect(visitor.faults).toEqual([])
  await Promise.all([desk.context().close(), visitor.context.close()])
})

test('a dropped network on either side, and a stopped server, lose nothing and double nothing', async () => {
  const desk = await openDesk()
  const visitor = await site.visit()
  await visitor.open()
  await visitor.write('Words before the storm')
  await desk.getByRole('option', { name: /before the storm/ }).click()
  await desk.getByRole('log').getByText('Words before the storm').waitFor()
  const [conversation] = await site.conversations()
  const bodies = async () => (await site.messages(conversation?.id ?? '')).map(({ body }) => body)

  await desk.context().setOffline(true)
  await answer(desk, 'Written without a network')
  await visitor.write('Are you there?')
  await expect.poll(bodies, soon).toEqual(['Words before the storm', 'Are you there?'])
  await desk.context().setOffline(false)
  await visitor.chat.locator('.theirs').getByText('Written without a network').waitFor({ timeout: 30_000 })
  await desk.getByRole('log').getByText('Are you there?').waitFor()

  await site.down()
  await visitor.write('Written while the server was away')
  await site.up()
  await desk.getByRole('log').getByText('Written while the server was away').waitFor({ timeout: 30_000 })
  await answer(desk, 'Here we are')
  await visitor.chat.locator('.theirs').getByText('Here we are').waitFor({ timeout: 30_000 })
  expect(await bodies()).toEqual([
    'Words before the storm',
    'Are you there?',
    'Written without a network',
    'Written while the server was away',
    'Here we are',
  ])
  await Promise.all([desk.context().close(), visitor.context.close()])
})
