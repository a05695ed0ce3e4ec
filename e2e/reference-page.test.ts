/** The reference at /docs: drawn from our own server alone, and able to call it. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { AxeBuilder } from '@axe-core/playwright'
import { type Browser, chromium } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { provideBrowser } from '../test/browser.ts'
import { ROOT } from '../test/check.ts'
import { freePort } from '../test/debian-postgres.ts'
import { makeKey, type Place, type Product, start, stopAll } from '../test/product.ts'

let place: Place
let product: Product
let browser: Browser
let bearer = ''
beforeAll(async () => {
  place = { root: ROOT, data: mkdtempSync(join(tmpdir(), 'antiphon-reference-')), port: await freePort() }
  product = await start(place)
  bearer = (await makeKey(place, 'Reference')).bearer
  browser = await chromium.launch({ executablePath: provideBrowser(), args: ['--no-sandbox', '--disable-gpu'] })
}, 120_000)
afterAll(async () => {
  await browser?.close()
  await stopAll(place)
  rmSync(place.data, { recursive: true, force: true })
})

/** A page, and every address it asked that is not ours. */
async function openPage(path: string, more: { colorScheme?: 'light' | 'dark'; width?: number } = {}) {
  const { colorScheme = 'light', width = 1360 } = more
  const context = await browser.newContext({ colorScheme, viewport: { width, height: 900 } })
  const foreign: string[] = []
  await context.route(
    (url) => url.origin !== product.url && /^(https?|wss?):$/.test(url.protocol),
    (route) => {
      foreign.push(route.request().url())
      return route.abort()
    },
  )
  const page = await context.newPage()
  await page.goto(`${product.url}${path}`)
  return { page, foreign, context }
}

test('an operation is read, called with a key, and nobody else is asked for anything', async () => {
  const { page, foreign, context } = await openPage('/docs#tag/me/GET/v1/me')
  await page.getByRole('heading', { name: 'Retrieve me' }).first().waitFor({ timeout: 30_000 })
  await page.getByPlaceholder('Token').first().fill(bearer)
  await page.getByRole('button', { name: /Test Request.*get \/v1\/me/i }).click()
  const client = page.getByRole('dialog')
  await client.waitFor()
  const answered = page.waitForResponse((response) => new URL(response.url()).pathname === '/v1/me')
  await client.getByRole('button', { name: /^Send/ }).first().click()
  const response = await answered
  expect(response.status()).toBe(200)
  expect(response.request().headers()['authorization']).toBe(`Bearer ${bearer}`)
  expect(await response.json()).toMatchObject({ object: 'me', type: 'key', key: { name: 'Reference' } })
  expect(foreign).toEqual([])
  await context.close()
})

test.each([
  { name: 'light', colorScheme: 'light', width: 1360 },
  { name: 'dark', colorScheme: 'dark', width: 1360 },
  { name: 'on a phone', colorScheme: 'light', width: 390 },
] as const)('a guide can be read by everybody, $name', async ({ colorScheme, width }) => {
  for (const path of ['/docs/webhooks', '/docs/errors', '/errors/rate_limited']) {
    const { page, foreign, context } = await openPage(path, { colorScheme, width })
    const { violations } = await new AxeBuilder({ page }).analyze()
    expect(violations.map(({ id, nodes }) => `${path} ${id}: ${nodes.map((node) => node.html).join(' ')}`)).toEqual([])
    const isWide = await page.evaluate('document.documentElement.scrollWidth > document.documentElement.clientWidth')
    expect([path, isWide]).toEqual([path, false])
    expect(foreign).toEqual([])
    await context.close()
  }
})
