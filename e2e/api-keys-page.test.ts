/** A key's life at the desk, and what the API says to it meanwhile. */
import { AxeBuilder } from '@axe-core/playwright'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Desk, openDesk } from './dashboard-desk.ts'

/** A machine that is busy is no reason to fail. */
const soon = { timeout: 15_000 }

let desk: Desk
beforeAll(async () => {
  desk = await openDesk()
}, 120_000)
afterAll(() => desk?.stop())

async function ask(headers: Record<string, string>): Promise<number> {
  const response = await fetch(`${desk.url}/v1/contacts?limit=1`, { headers })
  await response.arrayBuffer()
  return response.status
}
const bearing = (token: string) => ask({ authorization: `Bearer ${token}` })
const settings = (page: Page) => page.goto(`${desk.url}/w/1/settings/api-keys`)

/** What the dialog shows, by the name of each form. */
async function secretOf(page: Page): Promise<{ bearer: string; ck: string; pair: Record<string, string> }> {
  const dialog = page.getByRole('dialog', { name: /The secret of/ })
  await dialog.waitFor()
  const lines = (form: string) => dialog.getByRole('region', { name: form }).locator('code').allInnerTexts()
  const [bearer = ''] = await lines('Bearer token')
  const [ck = ''] = await lines('In one line')
  const [public_key = '', private_key = ''] = await lines('Two headers')
  return { bearer, ck, pair: { 'public-key': public_key, 'private-key': private_key } }
}

async function look(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).disableRules(['page-has-heading-one', 'region']).analyze()
  expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(' ')}`)).toEqual([])
}

test('a key is made, shown once, used, rotated with an overlap, switched off and revoked', async () => {
  const { page, faults, context } = await desk.agent('mia')
  await settings(page)
  await page.getByRole('button', { name: 'Create key' }).first().click()
  const form = page.getByRole('dialog', { name: 'Create an API key' })
  await form.getByRole('button', { name: 'Create key' }).click()
  await form.getByText('Give it a name.').waitFor()
  await form.getByLabel('Name').fill('Order import')
  await form.getByRole('button', { name: 'Pick' }).click()
  await form.getByRole('button', { name: 'Read only' }).click()
  await form.getByRole('checkbox', { name: 'Customers: write' }).check()
  await form.getByLabel('Only from').fill('127.0.0.1\nnowhere')
  await form.getByRole('button', { name: 'Create key' }).click()
  await form.getByText('“nowhere”').waitFor()
  await form.getByLabel('Only from').fill('127.0.0.1\nshop.example.com')
  await look(page)
  await form.getByRole('button', { name: 'Create key' }).click()

  const first = await secretOf(page)
  await look(page)
  expect([await bearing(first.bearer), await bearing(first.ck), await ask(first.pair)]).toEqual([200, 200, 200])
  // What cannot be had again is not lost by a slip of the hand.
  await page.keyboard.press('Escape')
  await page.getByText('Nothing was copied').waitFor()
  await page.getByRole('button', { name: 'Close anyway' }).click()
  const row = page.getByRole('listitem').filter({ hasText: 'Order import' })
  await row.getByText('Writes customers').waitFor()
  expect(await page.content()).not.toContain(first.pair['private-key'])
  await look(page)

  await page.getByRole('button', { name: 'More for Order import' }).click()
  await page.getByRole('menuitem', { name: 'Rotate the secret' }).click()
  const rotating = page.getByRole('dialog', { name: 'Rotate “Order import”' })
  await rotating.getByLabel('The old secret works').selectOption({ label: 'for another hour' })
  await rotating.getByRole('button', { name: 'Rotate' }).click()
  const second = await secretOf(page)
  expect(second.pair['public-key']).toBe(first.pair['public-key'])
  expect([await bearing(first.bearer), await bearing(second.bearer)]).toEqual([200, 200])
  await page.getByRole('button', { name: 'Done' }).click()
  await page.getByRole('button', { name: 'Close anyway' }).click()
  await row.getByText('Old secret works until').waitFor()

  const isOn = row.getByRole('switch', { name: 'Order import is switched on' })
  await isOn.click()
  await row.getByText('Off', { exact: true }).waitFor()
  expect(await bearing(second.bearer)).toBe(401)
  await isOn.click()
  await expect.poll(() => bearing(second.bearer), soon).toBe(200)

  await page.getByRole('button', { name: 'More for Order import' }).click()
  await page.getByRole('menuitem', { name: 'Revoke' }).click()
  await page.getByRole('button', { name: 'Revoke key' }).click()
  await row.waitFor({ state: 'detached' })
  expect([await bearing(first.bearer), await bearing(second.bearer)]).toEqual([401, 401])
  expect(faults).toEqual([])
  await context.close()
})

test('a key that another made appears by itself, and a change of it too; the sandbox shows and makes test keys alone', async () => {
  const { page, context } = await desk.agent('mia')
  await settings(page)
  const made = await desk.call<{ id: string }>('POST', '/v1/api-keys', {
    name: 'Theirs',
    scopes: ['tags:read'],
    mode: 'test',
  })
  const row = page.getByRole('listitem').filter({ hasText: 'Theirs' })
  await row.getByText('Reads tags').waitFor()
  await desk.call('PATCH', `/v1/api-keys/${made.id}`, { name: 'Ours' })
  await page.getByRole('listitem').filter({ hasText: 'Ours' }).waitFor()

  await page.goto(`${desk.url}/w/1-test/settings/api-keys`)
  await page.getByRole('listitem').filter({ hasText: 'Ours' }).waitFor()
  expect(await page.getByRole('listitem').filter({ hasText: 'Live ·' }).count()).toBe(0)
  await page.getByRole('button', { name: 'Create key' }).click()
  expect(await page.getByRole('radio', { name: /Live/ }).isDisabled()).toBe(true)
  expect(await page.getByRole('radio', { name: /Test/ }).isChecked()).toBe(true)
  await context.close()
})

test('keys are out of sight of an agent', async () => {
  const { page, context } = await desk.agent('theo')
  const { data: users } = await desk.call<{ data: { id: string; email: string }[] }>('GET', '/v1/users')
  const theo = users.find(({ email }) => email === 'theo@example.com')
  await desk.call('PATCH', `/v1/users/${theo?.id}`, { role: 'agent' })
  await settings(page)
  await page.getByRole('heading', { name: 'Keys are for admins' }).waitFor()
  expect(await page.getByRole('link', { name: 'API keys' }).count()).toBe(0)
  await context.close()
})
