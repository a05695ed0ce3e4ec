/** How the widget behaves on a page that is not ours: quick, quiet, within reach of a keyboard and a screen reader. */
import { AxeBuilder } from '@axe-core/playwright'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openSite, type Site, type Visitor } from './widget-site.ts'

/** Long enough for a busy machine, short enough to fail. */
const soon = { timeout: 20_000 }

let site: Site
beforeAll(async () => {
  site = await openSite()
}, 120_000)
afterAll(() => site?.stop())

async function violations({ page }: Visitor): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page }).analyze()
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.flat().join(' ')).join(', ')}`)
}

test('a page pays for the button only, until it is pressed', async () => {
  const visitor = await site.visit()
  const { page } = visitor
  const button = page.getByRole('button', { name: 'Chat with us' })
  await button.waitFor()
  const resources = () =>
    page.evaluate(`performance.getEntriesByType('resource').map(({ name }) => new URL(name).pathname)`)
  expect(await resources()).toEqual(['/widget.js'])
  expect(await button.boundingBox()).toMatchObject({ width: 56, height: 56 })
  await visitor.open()
  expect(await resources()).toEqual(['/widget.js', '/widget/frame'])
  const panel = await page.locator('iframe[title=Chat]').boundingBox()
  expect(panel).toMatchObject({ width: 380, height: 640 })
  expect(visitor.faults).toEqual([])
  await visitor.context.close()
})

test('it opens within a tenth of a second once warm, and shifts nothing on the page', async () => {
  const visitor = await site.visit()
  const { page } = visitor
  await page.getByRole('button', { name: 'Chat with us' }).hover()
  await visitor.chat.locator('.greeting').waitFor({ state: 'attached' })
  const { milliseconds, shift } = await page.evaluate<{ milliseconds: number; shift: number }>(`(async () => {
    let shift = 0
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) shift += entry.value
    }).observe({ type: 'layout-shift', buffered: true })
    const start = performance.now()
    document.querySelector('antiphon-chat').shadowRoot.querySelector('button').click()
    await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))
    const milliseconds = performance.now() - start
    await new Promise((done) => setTimeout(done, 300))
    return { milliseconds, shift }
  })()`)
  expect(milliseconds).toBeLessThan(100)
  expect(shift).toBe(0)
  await visitor.context.close()
})

test('the keyboard opens it, writes, closes it, and is back where it was', async () => {
  const visitor = await site.visit()
  const { page, chat } = visitor
  const toggle = page.getByRole('button', { name: 'Chat with us' })
  await toggle.focus()
  expect(await toggle.getAttribute('aria-expanded')).toBe('false')
  await page.keyboard.press('Enter')
  const field = chat.getByRole('textbox', { name: 'Message' })
  await expect.poll(() => field.evaluate((element) => element.matches(':focus')), soon).toBe(true)
  expect(await toggle.getAttribute('aria-expanded')).toBe('true')
  await page.keyboard.type('typed only')
  await page.keyboard.press('Enter')
  await chat.getByText('Delivered').waitFor()
  await page.keyboard.press('Escape')
  await expect.poll(() => toggle.getAttribute('aria-expanded'), soon).toBe('false')
  expect(await toggle.evaluate((element) => element.matches(':focus'))).toBe(true)
  await visitor.context.close()
})

test.each(['light', 'dark'] as const)('axe finds nothing, in %s', async (colorScheme) => {
  const visitor = await site.visit({ options: { colorScheme, reducedMotion: 'reduce' } })
  const { chat } = visitor
  await visitor.page.getByRole('button', { name: 'Chat with us' }).waitFor()
  expect(await violations(visitor)).toEqual([])
  await visitor.open()
  await visitor.write('Hello, a link: https://casalume.example')
  await chat.getByText('Delivered').waitFor()
  const [conversation] = await site.conversations()
  await site.answer(conversation?.id ?? '', 'x', { html: '<p>A <a href="https://casalume.example">lamp</a></p>' })
  await chat.getByRole('link', { name: 'lamp', exact: true }).waitFor()
  expect(await chat.getByRole('log', { name: 'New messages' }).getAttribute('aria-live')).toBe('polite')
  await visitor.context.setOffline(true)
  await visitor.write('waits')
  await chat.getByText('No connection').waitFor()
  await chat.locator('input[type=file]').setInputFiles([{ name: 'x', mimeType: 'x/y', buffer: Buffer.alloc(0) }])
  await chat.locator('.chip.refused').waitFor()
  expect(await violations(visitor)).toEqual([])
  await visitor.context.close()
})

test('on a phone it fills the screen, and stays above the keyboard', async () => {
  const viewport = { width: 390, height: 760 }
  const visitor = await site.visit({ options: { viewport, hasTouch: true, isMobile: true } })
  const { page, chat } = visitor
  await visitor.open()
  expect(await page.locator('iframe[title=Chat]').boundingBox()).toMatchObject({ x: 0, y: 0, ...viewport })
  await page.setViewportSize({ width: 390, height: 420 })
  const bottom = async () => {
    const box = await chat.getByRole('textbox', { name: 'Message' }).boundingBox()
    return box ? box.y + box.height : 0
  }
  await expect.poll(bottom, soon).toBeLessThanOrEqual(420)
  await chat.getByRole('button', { name: 'Close the chat' }).tap()
  await page.getByRole('button', { name: 'Chat with us' }).waitFor()
  await visitor.context.close()
})

test('where storage is blocked a conversation lasts as long as the page', async () => {
  const visitor = await site.visit({
    prepare: `for (const name of ['localStorage', 'indexedDB']) {
      Object.defineProperty(window, name, { get() { throw new DOMException('Blocked', 'SecurityError') } })
    }`,
  })
  await visitor.open()
  await visitor.write('in private')
  await visitor.chat.getByText('Delivered').waitFor()
  await visitor.page.keyboard.press('Escape')
  const toggle = visitor.page.getByRole('button', { name: 'Chat with us' })
  await expect.poll(() => toggle.getAttribute('aria-expanded'), soon).toBe('false')
  await visitor.open()
  expect(await visitor.shown()).toBe(1)
  await visitor.context.close()
})

test('calls made before it has loaded are kept, and a second script is none', async () => {
  const visitor = await site.visit({
    attributes: new URLSearchParams({ 'data-label': 'Help', 'data-color': '#ffdd00' }).toString(),
    prepare: `if (window.parent === window) {
      window.Antiphon = [(chat) => chat.on('open', () => { document.title += ' opened' }), (chat) => chat.open()]
    }`,
  })
  const { page } = visitor
  await visitor.chat.getByRole('textbox').waitFor()
  await page.addScriptTag({ url: `${site.url}/widget.js?again` })
  expect(await page.locator('antiphon-chat').count()).toBe(1)
  expect(await page.title()).toBe('Casa Lume opened')
  const toggle = page.getByRole('button', { name: 'Help' })
  const style = await toggle.evaluate((element) => {
    const { backgroundColor, color } = element.ownerDocument.defaultView.getComputedStyle(element)
    return [backgroundColor, color]
  })
  expect(style).toEqual(['rgb(255, 221, 0)', 'rgb(24, 22, 19)'])
  await visitor.context.close()
})
