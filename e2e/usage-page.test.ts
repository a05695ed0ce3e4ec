/** Requests a minute, as an admin sees them. */
import { AxeBuilder } from '@axe-core/playwright'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Desk, openDesk } from './dashboard-desk.ts'

let desk: Desk
beforeAll(async () => {
  desk = await openDesk()
}, 120_000)
afterAll(() => desk?.stop())

async function look(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).disableRules(['page-has-heading-one', 'region']).analyze()
  expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(' ')}`)).toEqual([])
}

test('requests are drawn against the limit, told by key, and there as a table', async () => {
  const key = await desk.call<{ bearer: string }>('POST', '/v1/api-keys', {
    name: 'Order import',
    scopes: ['tags:read'],
    requests_per_minute: 5,
  })
  const statuses: number[] = []
  for (let n = 0; n < 8; n++) {
    const reply = await fetch(`${desk.url}/v1/tags`, { headers: { authorization: `Bearer ${key.bearer}` } })
    await reply.arrayBuffer()
    statuses.push(reply.status)
  }
  expect(statuses).toEqual([200, 200, 200, 200, 200, 429, 429, 429])

  const { page, faults, context } = await desk.agent('mia')
  await page.goto(`${desk.url}/w/1/settings/usage`)
  const row = page.getByRole('listitem').filter({ hasText: 'Order import' })
  await row.getByText('5 requests').waitFor()
  await row.getByText('3 refused').waitFor()
  await row.getByText('at most 5 a minute').waitFor()
  await page.getByRole('listitem').filter({ hasText: 'People at the desk' }).waitFor()
  const chart = page.getByRole('img', { name: 'Requests a minute' })
  expect(await chart.locator('desc').textContent()).toMatch(/The busiest: .*3 refused/)
  await page.getByText('Show as a table').click()
  const table = page.getByRole('table')
  expect(await table.getByRole('row').count()).toBeGreaterThan(1)
  await look(page)

  await page.getByText('2 days').click()
  await page.getByRole('columnheader', { name: 'Busiest minute of 30' }).waitFor()
  await page.setViewportSize({ width: 390, height: 800 })
  await expect.poll(async () => (await chart.boundingBox())?.width).toBeLessThan(390)
  const overflow = await page.evaluate<number>('document.documentElement.scrollWidth - innerWidth')
  expect(overflow).toBeLessThanOrEqual(0)
  await page.emulateMedia({ colorScheme: 'dark' })
  await look(page)
  expect(faults).toEqual([])
  await context.close()
})
