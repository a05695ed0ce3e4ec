/** A day at the desk: real server, real browser. */
import { AxeBuilder } from '@axe-core/playwright'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Desk, openDesk, PASSWORD } from './dashboard-desk.ts'

/** A machine that is busy is no reason to fail. */
const soon = { timeout: 15_000 }

let desk: Desk
beforeAll(async () => {
  desk = await openDesk()
}, 120_000)
afterAll(() => desk?.stop())

test('an agent signs in with a password, and a wrong one is told so', async () => {
  const { page, faults, context } = await desk.stranger('/')
  await page.getByLabel('E-mail').fill('mia@example.com')
  await page.getByLabel('Password').fill('not the password')
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByText('E-mail and password do not match.').waitFor()
  await page.getByLabel('Password').fill(PASSWORD)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.waitForURL(/\/w\/1\/inbox\/unassigned/)
  await page.getByRole('button', { name: /account/ }).click()
  await page.getByRole('menuitem', { name: 'Sign out' }).click()
  await page.getByRole('heading', { name: 'Sign in to your desk' }).waitFor()
  expect(faults).toEqual([])
  await context.close()
})

test('a first sign-in link opens the desk once', async () => {
  const link = await desk.link('mia')
  const first = await desk.stranger(link)
  await first.page.waitForURL(/\/w\/1\/inbox\//)
  expect(first.page.url()).not.toContain('link=')
  const second = await desk.stranger(link)
  await second.page.getByText('This link was used already').waitFor()
  await Promise.all([first.context.close(), second.context.close()])
})

test('a customer writes, the agent answers from the keyboard, the customer reads', async () => {
  const { page, faults, context } = await desk.agent('mia')
  const amara = await desk.customer('Amara Okafor')
  await amara.say('My order arrived with one cup broken.')
  const row = page.getByRole('option', { name: /Amara Okafor/ })
  await row.waitFor()

  await page.keyboard.press('j')
  await page.keyboard.press('o')
  await page.getByRole('log').getByText('one cup broken').waitFor()
  await amara.say('Could you send another?')
  await page.getByRole('log').getByText('Could you send another?').waitFor()

  await page.keyboard.press('r')
  await page.getByRole('textbox', { name: 'Reply to Amara Okafor' }).fill('A new one leaves today.')
  await page.keyboard.press('Control+Enter')
  await page.getByRole('log').getByText('A new one leaves today.').waitFor()
  await expect
    .poll(() => amara.hears().then((all) => all.map((one) => one.body)), soon)
    .toContain('A new one leaves today.')
  await amara.read(3)
  await page.getByText(/^(Delivered .*, r|R)ead \d/).waitFor({ state: 'attached' })

  await page.keyboard.press('Escape')
  await page.keyboard.press('e')
  await page.getByText('Amara Okafor resolved', { exact: true }).waitFor()
  await page.getByRole('button', { name: 'Undo' }).click()
  await row.waitFor()
  expect(faults).toEqual([])
  await context.close()
})

test('a note stays within the team', async () => {
  const { page, context } = await desk.agent('mia')
  const tom = await desk.customer('Tom Note')
  await tom.say('Hello')
  await openRow(page, 'Tom Note')
  await page.keyboard.press('n')
  await page.getByRole('textbox', { name: 'Private note' }).fill('Third time this week.')
  await page.getByRole('button', { name: 'Add note' }).click()
  await page
    .getByRole('article', { name: /Private note/ })
    .getByText('Third time this week.')
    .waitFor()
  expect((await tom.hears()).map((one) => one.body)).toEqual(['Hello'])
  await context.close()
})

test('no page breaks the content policy, asks another host, or keeps out who cannot see it', async () => {
  const maria = await desk.customer('مريم <script>alert(1)</script> 🦊')
  await maria.say('<img src=x onerror=alert(1)> مرحبا https://example.com/a?b=c')
  const inbox = await desk.call<{ data: { id: string; channel: string }[] }>('GET', '/v1/inboxes')
  const chat = inbox.data.find((one) => one.channel === 'web_chat')?.id
  const { page, faults, context } = await desk.agent('mia')
  await openRow(page, 'مريم')
  await page.getByRole('heading', { name: 'Other conversations' }).waitFor()
  await look(page)
  await page.keyboard.press('?')
  await page.getByRole('dialog', { name: 'Keyboard' }).waitFor()
  await look(page)
  for (const place of [
    'settings/inboxes',
    `settings/inboxes/${chat}`,
    'settings/tags',
    'inbox/all',
    'inbox/nonsense',
  ]) {
    await page.goto(`${desk.url}/w/1/${place}`)
    await page
      .getByRole('heading', { level: 1 })
      .or(page.getByRole('heading', { level: 2 }))
      .first()
      .waitFor()
    await look(page)
  }
  expect(faults).toEqual([])
  await context.close()
})

test('what is written without a network waits, is counted, and is sent once', async () => {
  const { page, context } = await desk.agent('mia')
  const jonas = await desk.customer('Jonas Lindqvist')
  await jonas.say('Is anybody there?')
  await openRow(page, 'Jonas Lindqvist')

  await context.setOffline(true)
  await page.getByText('You are offline.').waitFor()
  const box = page.getByRole('textbox', { name: 'Reply to Jonas Lindqvist' })
  await box.fill('I am, in a tunnel.')
  await box.press('Control+Enter')
  await box.fill('Back in a moment.')
  await box.press('Control+Enter')
  await page.getByText('2 messages wait').waitFor()
  await jonas.say('Written while you were away.')
  // A part of the desk that is not there yet is waited for, and nothing is given up for it.
  await page.getByRole('link', { name: 'Settings' }).click()

  await context.setOffline(false)
  await page.getByRole('heading', { name: 'Inboxes' }).waitFor()
  await page.goBack()
  await page.getByRole('log').getByText('Written while you were away.').waitFor()
  await page.getByText('You are offline.').waitFor({ state: 'hidden' })
  const bodies = () => jonas.hears().then((all) => all.filter((one) => one.type === 'outgoing').map((one) => one.body))
  await expect.poll(bodies, soon).toEqual(['I am, in a tunnel.', 'Back in a moment.'])
  await context.close()
})

test('two agents see each other, and what the other does, at once', async () => {
  const [mia, theo] = await Promise.all([desk.agent('mia'), desk.agent('theo')])
  const hannah = await desk.customer('Hannah Brennan')
  await hannah.say('Where is my parcel?')
  await openRow(mia.page, 'Hannah Brennan')
  await openRow(theo.page, 'Hannah Brennan')
  await mia.page.getByText('Theo Marchetti is here').waitFor()
  await theo.page.getByText('Mia Sørensen is here').waitFor()

  await theo.page.getByRole('textbox', { name: /Reply/ }).pressSequentially('Let me')
  await mia.page.getByText('Theo Marchetti is writing').waitFor()
  await theo.page.keyboard.press('Escape')

  await theo.page.keyboard.press('a')
  await theo.page.getByRole('combobox', { name: 'Assign to' }).fill('Mia')
  await theo.page.keyboard.press('Enter')
  await mia.page.getByText('Theo Marchetti assigned this to Mia Sørensen').waitFor()
  await mia.page.getByRole('option', { name: /Hannah Brennan/ }).waitFor({ state: 'detached' })
  await mia.page.keyboard.press('g')
  await mia.page.keyboard.press('m')
  await mia.page.getByRole('option', { name: /Hannah Brennan/ }).waitFor()

  expect([...mia.faults, ...theo.faults]).toEqual([])
  await Promise.all([mia.context.close(), theo.context.close()])
})

test('reading is not disturbed by what is older or newer', async () => {
  const { page, context } = await desk.agent('mia')
  const noor = await desk.customer('Noor van Dijk')
  for (let index = 1; index <= 70; index++) await noor.say(`Line ${index}`)
  await openRow(page, 'Noor van Dijk')
  await page.getByRole('log').getByText('Line 70', { exact: true }).waitFor()

  const line = page.getByRole('log').getByText('Line 30', { exact: true })
  await line.evaluate((element) => element.scrollIntoView({ block: 'start' }))
  const top = () => line.evaluate((element) => Math.round(element.getBoundingClientRect().top))
  await expect.poll(() => page.getByRole('log').getByText('Line 2', { exact: true }).count(), soon).toBe(1)
  const before = await top()
  await noor.say('Line 71')
  await page.getByRole('button', { name: '1 new' }).waitFor()
  expect(Math.abs((await top()) - before)).toBeLessThanOrEqual(1)
  await page.getByRole('button', { name: '1 new' }).click()
  await page.getByRole('log').getByText('Line 71', { exact: true }).waitFor()
  await context.close()
})

test('a draft is kept across a reload, for a reply and for a note apart', async () => {
  const { page, context } = await desk.agent('mia')
  const ines = await desk.customer('Ines Moreau')
  await ines.say('Bonjour')
  await openRow(page, 'Ines Moreau')
  await page.getByRole('textbox', { name: 'Reply to Ines Moreau' }).fill('Half a sent')
  await page.getByRole('tab', { name: 'Note' }).click()
  await page.getByRole('textbox', { name: 'Private note' }).fill('A thought')
  await page.reload()
  await expect
    .poll(() => page.getByRole('textbox', { name: 'Reply to Ines Moreau' }).inputValue(), soon)
    .toBe('Half a sent')
  await page.getByRole('tab', { name: 'Note' }).click()
  expect(await page.getByRole('textbox', { name: 'Private note' }).inputValue()).toBe('A thought')
  await context.close()
})

test('test mode is another desk, and says so', async () => {
  const { page, context, faults } = await desk.agent('mia')
  await page.getByRole('switch', { name: 'Test mode' }).click()
  await page.waitForURL(/\/w\/1-test\/inbox\//)
  await page.getByText('Nothing here reaches a customer.').waitFor()
  await page.getByText('Everything has an owner').waitFor()
  await page.getByRole('button', { name: 'Back to live' }).click()
  await page.waitForURL(/\/w\/1\/inbox\//)
  expect(faults).toEqual([])
  await context.close()
})

async function openRow(page: Page, name: string): Promise<void> {
  await page.getByRole('option', { name: new RegExp(name) }).click()
  await page.getByRole('log').waitFor()
}

/** Asks axe whether everybody can use what is on the screen. */
async function look(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).disableRules(['page-has-heading-one', 'region']).analyze()
  expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(' ')}`)).toEqual([])
}
