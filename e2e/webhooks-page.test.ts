/** An endpoint's life at the desk, with a server of its own on the other side. */
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import { AxeBuilder } from '@axe-core/playwright'
import type { Page } from 'playwright-core'
import { Webhook } from 'standardwebhooks'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Desk, openDesk } from './dashboard-desk.ts'

/** A machine that is busy is no reason to fail. */
const soon = { timeout: 15_000 }
const page503 = '<!doctype html><title>Down</title><h1 id="theirs">Down for repairs</h1>'

interface Came {
  readonly headers: Record<string, string>
  readonly body: string
}

let desk: Desk
let server: Server
let hook = ''
let isDown = false
const came: Came[] = []
const env = { ...process.env }

beforeAll(async () => {
  server = createServer(async (request, response) => {
    const parts: Buffer[] = []
    for await (const part of request) parts.push(part)
    const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)]))
    came.push({ headers, body: Buffer.concat(parts).toString() })
    if (isDown) response.writeHead(503, { 'content-type': 'text/html' }).end(page503)
    else response.writeHead(200, { 'content-type': 'application/json' }).end('{"taken":true}')
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  hook = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}/hook`
  process.env['ANTIPHON_OUTBOUND_ALLOW'] = '127.0.0.1/32'
  // The ten attempts of three days, within three seconds.
  process.env['ANTIPHON_WEBHOOK_RETRY_FACTOR'] = '0.00001'
  desk = await openDesk()
}, 120_000)

afterAll(async () => {
  await desk?.stop()
  server.close()
  for (const name of ['ANTIPHON_OUTBOUND_ALLOW', 'ANTIPHON_WEBHOOK_RETRY_FACTOR']) {
    if (env[name] === undefined) delete process.env[name]
    else process.env[name] = env[name]
  }
})

const settings = (page: Page) => page.goto(`${desk.url}/w/1/settings/webhooks`)
const log = (page: Page) => page.getByRole('list', { name: 'Deliveries' }).getByRole('listitem')
const attempts = (page: Page) => page.getByRole('region', { name: 'Attempts' }).getByRole('button', { expanded: false })
const typesThatCame = () => came.map(({ body }) => String(JSON.parse(body).type))

async function look(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).disableRules(['page-has-heading-one', 'region']).analyze()
  expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(' ')}`)).toEqual([])
}

/** Fills the form, is corrected field by field, and answers the secret it is shown. */
async function add(page: Page): Promise<string> {
  await page.getByRole('button', { name: 'Add endpoint' }).click()
  const form = page.getByRole('dialog', { name: 'Add an endpoint' })
  const send = form.getByRole('button', { name: 'Add endpoint' })
  await send.click()
  await form.getByText('Say where events are to be sent.').waitFor()
  await form.getByLabel('URL').fill('https://10.0.0.1/hook')
  await form.getByLabel('Description').fill('Warehouse')
  await form.getByRole('button', { name: 'Pick' }).click()
  await form.getByRole('checkbox', { name: 'All of Messages' }).uncheck()
  await form.getByRole('checkbox', { name: 'All of Conversations' }).uncheck()
  await send.click()
  await form.getByText('Pick at least one.').waitFor()
  await form.getByRole('checkbox', { name: 'All of Tags' }).check()
  await form.getByRole('button', { name: /^Tags: / }).click()
  await form.getByRole('checkbox', { name: 'tag.deleted' }).uncheck()
  await send.click()
  await form.getByText('private or special network').waitFor()
  await form.getByLabel('URL').fill(hook)
  await form.getByRole('button', { name: 'Add a header' }).click()
  await form.getByLabel('Header 1: name').fill('Host')
  await form.getByLabel('Header 1: value').fill('east')
  await send.click()
  await form.getByText('This header is set by the server itself.').waitFor()
  await form.getByLabel('Header 1: name').fill('X-Warehouse')
  await form.getByRole('button', { name: 'Use a secret of your own' }).click()
  await form.getByLabel('Secret of your own').fill('whsec_short')
  await send.click()
  await form.getByText('24 to 64 bytes in base64').waitFor()
  await form.getByLabel('Secret of your own').fill('')
  await look(page)
  await send.click()
  return shownSecret(page)
}

async function shownSecret(page: Page): Promise<string> {
  const dialog = page.getByRole('dialog', { name: 'The secret of this endpoint' })
  const secret = (await dialog.getByRole('region', { name: 'Secret' }).locator('code').textContent()) ?? ''
  await look(page)
  // What cannot be had again is not lost by a slip of the hand.
  await page.keyboard.press('Escape')
  await dialog.getByText('It was not copied').waitFor()
  await dialog.getByRole('button', { name: 'Close anyway' }).click()
  await dialog.waitFor({ state: 'detached' })
  return secret
}

test('an endpoint is added, tried, fails, is replayed, rotated, switched off and deleted', async () => {
  const { page, faults, context } = await desk.agent('mia')
  await settings(page)
  await page.getByRole('heading', { name: 'No endpoint yet' }).waitFor()
  const secret = await add(page)
  expect(secret).toMatch(/^whsec_/)
  expect(await page.content()).not.toContain(secret)
  const row = page.getByRole('listitem').filter({ hasText: 'Warehouse' })
  await row.getByText('tag.created; tag.updated').waitFor()
  await look(page)
  await row.getByRole('link', { name: 'Warehouse' }).click()
  await page.getByRole('heading', { name: 'Nothing was sent yet' }).waitFor()

  await page.getByRole('button', { name: 'Send test' }).click()
  const drawer = page.getByRole('dialog', { name: 'webhook.test' })
  await drawer.getByText('Delivered').waitFor(soon)
  await drawer.getByText('{"taken":true}').waitFor()
  const [first] = came
  expect(typesThatCame()).toEqual(['webhook.test'])
  expect(first?.headers['x-warehouse']).toBe('east')
  expect(new Webhook(secret).verify(first?.body ?? '', first?.headers ?? {})).toMatchObject({ type: 'webhook.test' })
  await drawer.getByText('Request headers').click()
  await drawer.getByText(first?.headers['webhook-signature'] ?? 'no signature').waitFor()
  expect(await drawer.getByText('east', { exact: true }).count()).toBe(0)
  await look(page)
  await page.keyboard.press('Escape')
  await drawer.waitFor({ state: 'detached' })

  isDown = true
  await desk.call('POST', '/v1/tags', { name: 'urgent' })
  const failed = log(page).filter({ hasText: 'tag.created' })
  await failed.getByText('Failed').waitFor(soon)
  await failed.getByText('answered 503').waitFor()
  await failed.getByText('10 attempts').waitFor()
  await page.getByText('Nothing was accepted since').waitFor(soon)
  await look(page)
  await failed.getByRole('link').click()
  const opened = page.getByRole('dialog', { name: 'tag.created' })
  await opened.getByText('Given up').waitFor()
  // The last stands open, and is text whatever it says.
  expect(await attempts(page).count()).toBe(9)
  await opened.getByText(page503).waitFor()
  expect(await page.locator('#theirs').count()).toBe(0)
  await look(page)

  isDown = false
  await opened.getByRole('button', { name: 'Replay' }).click()
  await opened.getByText('Delivered').waitFor(soon)
  expect(await attempts(page).count()).toBe(10)
  const ids = came.slice(1).map(({ headers }) => headers['webhook-id'])
  expect(ids).toHaveLength(11)
  expect(new Set(ids).size).toBe(1)
  await page.keyboard.press('Escape')
  await opened.waitFor({ state: 'detached' })
  expect(await failed.getByRole('link').evaluate((link) => link.matches(':focus'))).toBe(true)
  // What was closed is not met again on the way back.
  await page.goBack()
  await page.getByRole('heading', { name: 'Webhooks' }).waitFor()
  await row.getByRole('link', { name: 'Warehouse' }).click()
  await expect.poll(() => log(page).getByText('Delivered').count(), soon).toBe(2)

  await rotateAndDelete(page, secret)
  expect(faults).toEqual([])
  await context.close()
}, 120_000)

async function rotateAndDelete(page: Page, secret: string): Promise<void> {
  const more = page.getByRole('button', { name: 'More for this endpoint' })
  await more.click()
  await page.getByRole('menuitem', { name: 'Rotate the secret' }).click()
  await page.getByLabel('The old secret signs').selectOption({ label: 'for another hour' })
  await page.getByRole('button', { name: 'Rotate', exact: true }).click()
  const second = await shownSecret(page)
  await page.getByText('the old one signs until').waitFor()
  const sent = came.length
  await desk.call('POST', '/v1/tags', { name: 'later' })
  await expect.poll(() => came.length, soon).toBe(sent + 1)
  const last = came.at(-1)
  for (const one of [secret, second]) new Webhook(one).verify(last?.body ?? '', last?.headers ?? {})

  await more.click()
  await page.getByRole('menuitem', { name: 'Change' }).click()
  const form = page.getByRole('dialog', { name: 'Change the endpoint' })
  await form.getByLabel('Description').fill('Warehouse east')
  await form.getByRole('button', { name: 'Everything' }).click()
  await form.getByRole('checkbox', { name: 'chatbot.reply' }).check()
  await form.getByRole('button', { name: 'Save' }).click()
  await page.getByRole('heading', { name: 'Warehouse east' }).waitFor()
  expect(await page.getByRole('definition').allTextContents()).toEqual(
    expect.arrayContaining(['Everything', 'chatbot.reply', 'X-Warehouse']),
  )
  await desk.call('POST', '/v1/contacts', { email: 'ada@example.com' })
  await expect.poll(typesThatCame, soon).toContain('contact.created')
  expect(came.at(-1)?.headers['x-warehouse']).toBe('east')

  await page.getByRole('switch', { name: 'The endpoint is switched on' }).click()
  await page.getByText('What happens while it is off').waitFor()
  expect(await page.getByRole('button', { name: 'Send test' }).isDisabled()).toBe(true)
  await more.click()
  await page.getByRole('menuitem', { name: 'Delete' }).click()
  await page.getByRole('button', { name: 'Delete endpoint' }).click()
  await page.getByRole('heading', { name: 'No endpoint yet' }).waitFor()
}

test('the log is paged, narrowed down and replayed since a time, on a phone and in the dark', async () => {
  isDown = true
  const { id } = await desk.call<{ id: string }>('POST', '/v1/webhooks', { url: hook, events: ['tag.*'] })
  const { page, faults, context } = await desk.agent('mia')
  await desk.call('POST', '/v1/tags', { name: 'lost' })
  const count = async (status: string) => {
    const path = `/v1/webhooks/${id}/deliveries?limit=200&status=${status}`
    return (await desk.call<{ data: unknown[] }>('GET', path)).data.length
  }
  await expect.poll(() => count('failed'), soon).toBe(1)
  isDown = false
  for (let n = 0; n < 34; n++) await desk.call('POST', '/v1/tags', { name: `tag ${n}` })
  await expect.poll(() => count('succeeded'), soon).toBe(34)
  await page.setViewportSize({ width: 390, height: 800 })
  await page.goto(`${desk.url}/w/1/settings/webhooks/${id}`)
  await expect.poll(() => log(page).count(), soon).toBe(30)
  await page.getByRole('button', { name: 'Load more' }).click()
  await expect.poll(() => log(page).count(), soon).toBe(35)
  expect(await page.getByRole('button', { name: 'Load more' }).count()).toBe(0)
  const overflow = await page.evaluate('document.documentElement.scrollWidth - window.innerWidth')
  expect(overflow).toBeLessThanOrEqual(0)

  await page.getByLabel('Which deliveries').selectOption({ label: 'Failed' })
  await expect.poll(() => log(page).count(), soon).toBe(1)
  await page.getByLabel('Of which event').selectOption('contact.created')
  await page.getByRole('heading', { name: 'Nothing like that' }).waitFor()
  await page.getByRole('button', { name: 'Show everything' }).click()
  await page.emulateMedia({ colorScheme: 'dark' })
  await look(page)

  const sent = came.length
  await page.getByRole('button', { name: 'Replay…' }).click()
  const dialog = page.getByRole('dialog', { name: 'Replay deliveries' })
  await dialog.getByText('One delivery that failed is sent again.').waitFor()
  await look(page)
  await dialog.getByText('Everything', { exact: true }).click()
  await dialog.getByText('35 deliveries are sent again.').waitFor()
  await dialog.getByText('What failed', { exact: true }).click()
  await dialog.getByRole('button', { name: 'Replay' }).click()
  await page.getByText('is being sent again').waitFor()
  await expect.poll(() => count('succeeded'), soon).toBe(35)
  expect(came.length).toBe(sent + 1)
  await page.getByLabel('Which deliveries').selectOption({ label: 'Delivered' })
  await expect.poll(() => log(page).count(), soon).toBe(30)
  expect(faults).toEqual([])
  await context.close()
})

test('endpoints are out of sight of an agent', async () => {
  const { page, context } = await desk.agent('theo')
  const { data: users } = await desk.call<{ data: { id: string; email: string }[] }>('GET', '/v1/users')
  const theo = users.find(({ email }) => email === 'theo@example.com')
  await desk.call('PATCH', `/v1/users/${theo?.id}`, { role: 'agent' })
  await settings(page)
  await page.getByRole('heading', { name: 'Webhooks are for admins' }).waitFor()
  expect(await page.getByRole('link', { name: 'Webhooks' }).count()).toBe(0)
  await context.close()
})
