/** What a visitor goes through: real server, real browser, a strict page of another origin. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Conversation, openSite, type Site } from './widget-site.ts'

/** Long enough for a busy machine, short enough to fail. */
const soon = { timeout: 20_000 }

let site: Site
beforeAll(async () => {
  site = await openSite()
}, 120_000)
afterAll(() => site?.stop())

/** The conversation that began last. */
async function newest(): Promise<Conversation> {
  const [conversation] = await site.conversations()
  if (!conversation) throw new Error('Nobody has written yet.')
  return conversation
}
const bodies = async (id: string) => (await site.messages(id)).map((message) => message.body)

test('a visitor writes, the team answers, and each sees how far it came', async () => {
  const before = (await site.conversations()).length
  const visitor = await site.visit()
  const { page, chat } = visitor
  await visitor.open()
  expect(await site.conversations()).toHaveLength(before)

  await visitor.write('Do you ship to Lisbon? See www.casalume.example/lamps.')
  await chat.getByText('Delivered').waitFor()
  const { id } = await newest()
  await site.call('POST', `/v1/conversations/${id}/read`, {})
  await chat.locator('.state', { hasText: 'Read' }).waitFor()
  await expect(chat.getByRole('link', { name: 'www.casalume.example/lamps' }).getAttribute('href')).resolves.toBe(
    'https://www.casalume.example/lamps',
  )

  await site.call('POST', `/v1/conversations/${id}/messages`, { type: 'note', body: 'A note among us' })
  await site.answer(id, 'We do.', { html: '<p>We <b>do</b>.</p><script>document.title = "taken"</script>' })
  await chat.locator('.theirs').getByText('do', { exact: true }).waitFor()
  expect(await chat.getByText('A note among us').count()).toBe(0)
  await expect.poll(async () => (await site.messages(id)).at(-1)?.status, soon).toBe('read')

  await chat.getByRole('button', { name: 'Close the chat' }).click()
  await site.answer(id, 'Anything else?')
  await page.getByRole('button', { name: 'Chat with us, 1 unread message' }).waitFor()
  await expect.poll(async () => (await site.messages(id)).at(-1)?.status, soon).toBe('delivered')
  await page.reload()
  await page.getByRole('button', { name: '1 unread message' }).click()
  await chat.locator('.theirs').getByText('Anything else?').waitFor()
  await expect.poll(async () => (await site.messages(id)).at(-1)?.status, soon).toBe('read')
  await page.getByRole('button', { name: 'Chat with us', exact: true }).waitFor()
  expect(visitor.faults).toEqual([])
  await visitor.context.close()
})

test('an answer that comes the instant the chat is closed is unread', async () => {
  // A busy page tells the frame late that it is no longer looked at.
  const visitor = await site.visit({
    prepare: `if (window.parent === window) {
      const { postMessage } = MessagePort.prototype
      MessagePort.prototype.postMessage = function (...message) {
        setTimeout(() => postMessage.apply(this, message), 1_000)
      }
    }`,
  })
  const { page, chat } = visitor
  await visitor.open()
  await visitor.write('Are you open on Sunday?')
  await chat.getByText('Delivered').waitFor()
  const { id } = await newest()
  await chat.getByRole('button', { name: 'Close the chat' }).click()
  await expect
    .poll(() => page.getByRole('button', { name: 'Chat with us' }).getAttribute('aria-expanded'), soon)
    .toBe('false')
  await site.answer(id, 'From ten to four.')
  await page.getByRole('button', { name: 'Chat with us, 1 unread message' }).waitFor()
  await expect.poll(async () => (await site.messages(id)).at(-1)?.status, soon).toBe('delivered')
  await visitor.context.close()
})

test('a list that was read before the first words and comes after them does not take them away', async () => {
  const visitor = await site.visit()
  const { page, chat } = visitor
  const read = Promise.withResolvers<void>()
  const sent = Promise.withResolvers<void>()
  const late = Promise.withResolvers<void>()
  let lists = 0
  await page.route('**/messages?*', async (route) => {
    lists += 1
    // The second is asked for when the socket has come as far as the log, and is the one that nothing follows.
    if (lists !== 2) return route.continue()
    const response = await route.fetch()
    read.resolve()
    await sent.promise
    // By now the words are shown, and their event has come.
    await new Promise((done) => setTimeout(done, 1_000))
    await route.fulfill({ response })
    late.resolve()
  })
  await page.route('**/messages', async (route) => {
    await read.promise
    const response = await route.fetch()
    await route.fulfill({ response })
    sent.resolve()
  })
  await visitor.open()
  await visitor.write('Quicker than you')
  await late.promise
  await chat.getByText('Delivered').waitFor()
  await site.answer((await newest()).id, 'Indeed.')
  await chat.locator('.theirs').getByText('Indeed.').waitFor()
  expect(await visitor.shown()).toBe(2)
  await visitor.context.close()
})

test('a badge that the page asked for itself is gone once the chat is open, however quickly', async () => {
  const visitor = await site.visit()
  const { page, chat } = visitor
  await visitor.open()
  await visitor.write('And on Monday?')
  await chat.getByText('Delivered').waitFor()
  await chat.getByRole('button', { name: 'Close the chat' }).click()
  await site.answer((await newest()).id, 'Closed.')
  await page.getByRole('button', { name: '1 unread message' }).waitFor()
  // The frame comes only after the chat has been opened.
  await page.route('**/widget/frame?*', async (route) => {
    await expect
      .poll(() => page.getByRole('button', { name: 'Chat with us' }).getAttribute('aria-expanded'), soon)
      .toBe('true')
    await route.continue()
  })
  await page.reload()
  await page.getByRole('button', { name: '1 unread message' }).click()
  await chat.locator('.theirs').getByText('Closed.').waitFor()
  await page.getByRole('button', { name: 'Chat with us', exact: true }).waitFor()
  await visitor.context.close()
})

test('each side sees the other one typing', async () => {
  const visitor = await site.visit()
  await visitor.open()
  await visitor.write('Hello')
  await visitor.chat.getByText('Delivered').waitFor()
  const { id } = await newest()
  const { socket, frames } = await site.live()
  // Who types says so again and again: what passes by is not kept for a socket that is still being opened.
  const type = () => socket.send(JSON.stringify({ type: 'typing', conversation_id: id, on: true }))
  const typing = setInterval(type, 1_000)
  type()
  await visitor.chat.getByText('is writing').waitFor()
  clearInterval(typing)
  await visitor.chat.getByRole('textbox', { name: 'Message' }).pressSequentially('abc')
  const typed = () => frames.filter((frame) => frame['type'] === 'typing' && frame['conversation_id'] === id)
  await expect.poll(typed, soon).toMatchObject([{ on: true, author: { type: 'contact' } }])
  socket.close()
  await visitor.context.close()
})

test('what is written without a network is sent once, in order, when it is back', async () => {
  const visitor = await site.visit()
  const { chat, context } = visitor
  await visitor.open()
  await visitor.write('one')
  await chat.getByText('Delivered').waitFor()
  const { id } = await newest()
  await context.setOffline(true)
  await visitor.write('two')
  await visitor.write('three')
  await chat.getByText('No connection. 2 messages are kept and sent when it is back.').waitFor()
  await site.answer(id, 'while you were away')
  await context.setOffline(false)
  await chat.locator('.theirs').getByText('while you were away').waitFor({ timeout: 30_000 })
  await expect.poll(() => bodies(id), soon).toEqual(['one', 'while you were away', 'two', 'three'])
  await expect.poll(visitor.shown, soon).toBe(4)
  await expect.poll(() => chat.getByText('No connection').count(), soon).toBe(0)
  await context.close()
})

test('a message whose answer was lost is not sent twice, not even after a reload', async () => {
  const visitor = await site.visit()
  await visitor.open()
  await visitor.write('first')
  await visitor.chat.getByText('Delivered').waitFor()
  const { id } = await newest()
  let arrived = 0
  await visitor.context.route('**/messages', async (route) => {
    if (route.request().method() !== 'POST') return route.continue()
    await route.fetch()
    arrived += 1
    await route.abort('connectionreset')
  })
  await visitor.write('second')
  await expect.poll(() => arrived, soon).toBeGreaterThan(0)
  await visitor.page.reload()
  await visitor.context.unroute('**/messages')
  await visitor.open()
  await expect.poll(visitor.shown, soon).toBe(2)
  await expect.poll(() => visitor.chat.getByText(/Waiting|Sending/).count(), soon).toBe(0)
  expect(await bodies(id)).toEqual(['first', 'second'])
  await visitor.context.close()
})

test('two tabs that come back online make one visitor, and agree', async () => {
  const before = (await site.conversations()).length
  const visitor = await site.visit()
  const other = await visitor.tab()
  await visitor.open()
  await other.open()
  await visitor.context.setOffline(true)
  await visitor.write('from one tab')
  await other.write('from the other')
  await visitor.context.setOffline(false)
  for (const tab of [visitor, other]) {
    await expect.poll(tab.shown, soon).toBe(2)
    await tab.chat.getByText('Delivered').waitFor({ timeout: 30_000 })
  }
  expect(await site.conversations()).toHaveLength(before + 1)
  const { id } = await newest()
  expect((await bodies(id)).sort()).toEqual(['from one tab', 'from the other'])
  await site.answer(id, 'to both')
  for (const tab of [visitor, other]) await tab.chat.locator('.theirs').getByText('to both').waitFor()
  await visitor.context.close()
})

test('a server that restarts loses nothing that was written meanwhile', async () => {
  const visitor = await site.visit()
  await visitor.open()
  await visitor.write('before')
  await visitor.chat.getByText('Delivered').waitFor()
  const { id } = await newest()
  await site.down()
  await visitor.write('during')
  await visitor.chat.getByText('No connection. Your message is kept').waitFor({ timeout: 15_000 })
  await site.up()
  await expect.poll(() => bodies(id), { timeout: 40_000 }).toEqual(['before', 'during'])
  await site.answer(id, 'after')
  await visitor.chat.locator('.theirs').getByText('after').waitFor({ timeout: 30_000 })
  await visitor.context.close()
}, 120_000)

test('writing into a resolved conversation opens it again', async () => {
  const visitor = await site.visit()
  await visitor.open()
  await visitor.write('Thanks')
  await visitor.chat.getByText('Delivered').waitFor()
  const { id } = await newest()
  await site.call('PATCH', `/v1/conversations/${id}`, { status: 'resolved' })
  await visitor.chat.getByText('This conversation was closed.').waitFor()
  await visitor.write('One more thing')
  await expect.poll(() => visitor.chat.getByText('This conversation was closed.').count(), soon).toBe(0)
  expect(await newest()).toMatchObject({ id, status: 'open' })
  await visitor.context.close()
})
