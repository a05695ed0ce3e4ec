/** Who the visitor is, and what they send besides words. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openSite, type Site } from './widget-site.ts'

/** Long enough for a busy machine, short enough to fail. */
const soon = { timeout: 20_000 }

let site: Site
beforeAll(async () => {
  site = await openSite()
}, 120_000)
afterAll(() => site?.stop())

const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
)

async function signed(external_id: string, name: string): Promise<string> {
  const claims = { 'data-external-id': external_id, 'data-user-hash': await site.sign(external_id), 'data-name': name }
  return new URLSearchParams(claims).toString()
}

test('a signed-in visitor finds their conversation in another browser, a pretender does not', async () => {
  const ann = await site.visit({ attributes: await signed('u-ann', 'Ann') })
  await ann.open()
  await ann.write('I am Ann')
  await ann.chat.getByText('Delivered').waitFor()
  const [conversation] = await site.conversations()
  expect(await site.call('GET', `/v1/contacts/${conversation?.contact_id}`)).toMatchObject({
    external_id: 'u-ann',
    name: 'Ann',
    verified: true,
  })

  const elsewhere = await site.visit({ attributes: await signed('u-ann', 'Ann') })
  await elsewhere.open()
  await elsewhere.chat.getByText('I am Ann').waitFor()

  const pretender = await site.visit({ attributes: 'data-external-id=u-ann' })
  await pretender.open()
  await pretender.write('I say I am Ann')
  await pretender.chat.getByText('Delivered').waitFor()
  expect(await pretender.shown()).toBe(1)
  for (const visitor of [ann, elsewhere, pretender]) {
    expect(visitor.faults).toEqual([])
    await visitor.context.close()
  }
})

test('what was said before signing in stays; another person sees none of it', async () => {
  const visitor = await site.visit()
  const { page, chat } = visitor
  await visitor.open()
  await visitor.write('said by nobody yet')
  await chat.getByText('Delivered').waitFor()
  const identify = (claims: { external_id: string; user_hash: string }) =>
    page.evaluate(`Antiphon.identify(${JSON.stringify(claims)})`)

  await identify({ external_id: 'u-bea', user_hash: await site.sign('u-bea') })
  await visitor.write('said by Bea')
  await expect.poll(visitor.shown, soon).toBe(2)
  await chat.getByText('Delivered').waitFor()

  await identify({ external_id: 'u-cid', user_hash: await site.sign('u-cid') })
  await expect.poll(visitor.shown, soon).toBe(0)
  await visitor.write('said by Cid')
  await chat.getByText('Delivered').waitFor()
  const [cid, bea] = await site.conversations()
  expect((await site.messages(cid?.id ?? '')).map(({ body }) => body)).toEqual(['said by Cid'])
  expect((await site.messages(bea?.id ?? '')).map(({ body }) => body)).toEqual(['said by nobody yet', 'said by Bea'])
  await visitor.context.close()
})

test('signing out in one tab clears the other', async () => {
  const visitor = await site.visit()
  await visitor.open()
  await visitor.write('for my eyes only')
  await visitor.chat.getByText('Delivered').waitFor()
  const other = await visitor.tab()
  await other.page.evaluate('Antiphon.signOut()')
  await expect.poll(visitor.shown, soon).toBe(0)
  expect(await other.page.evaluate(`Object.keys(localStorage).filter((key) => key.includes('session'))`)).toEqual([])
  await visitor.context.close()
})

test('the form before the chat asks for what the inbox requires', async () => {
  await site.set({ pre_chat: { name: 'optional', email: 'required' } })
  const before = (await site.conversations()).length
  const visitor = await site.visit()
  const { chat } = visitor
  await visitor.open()
  await chat.getByRole('button', { name: 'Start chat' }).click()
  await chat.getByText('E-mail is needed to answer you.').waitFor()
  await chat.getByLabel('E-mail').fill('two..dots@example.com')
  await chat.getByRole('button', { name: 'Start chat' }).click()
  await visitor.write('Hello from Dee')
  await chat.getByText('This is not an e-mail address.').waitFor()
  expect(await site.conversations()).toHaveLength(before)

  await chat.getByLabel('Name').fill('Dee')
  await chat.getByLabel('E-mail').fill('dee@example.com')
  await chat.getByRole('button', { name: 'Start chat' }).click()
  await chat.getByText('Delivered').waitFor()
  const [conversation] = await site.conversations()
  expect(await site.call('GET', `/v1/contacts/${conversation?.contact_id}`)).toMatchObject({
    name: 'Dee',
    email: 'dee@example.com',
  })
  await site.set({ pre_chat: { name: 'off', email: 'off' } })
  await visitor.context.close()
})

test('files travel both ways, and one that lies about its type is refused in words', async () => {
  const visitor = await site.visit()
  const { chat } = visitor
  await visitor.open()
  const picker = chat.locator('input[type=file]')
  await picker.setInputFiles([
    { name: 'lamp.png', mimeType: 'image/png', buffer: PNG },
    { name: 'große Rechnung.txt', mimeType: 'text/plain', buffer: Buffer.from('42') },
    { name: 'empty.txt', mimeType: 'text/plain', buffer: Buffer.alloc(0) },
  ])
  await chat.getByText('empty.txt is empty.').waitFor()
  await visitor.write('Two files')
  await chat.getByText('Delivered').waitFor()
  const [conversation] = await site.conversations()
  const id = conversation?.id ?? ''
  const names = async () => (await site.messages(id)).at(-1)?.attachments.map(({ name }) => name)
  expect(await names()).toEqual(['lamp.png', 'große Rechnung.txt'])
  const width = () => chat.locator('.picture img').evaluate((image) => image.naturalWidth)
  await expect.poll(width, soon).toBe(1)

  await picker.setInputFiles([
    { name: 'liar.png', mimeType: 'image/png', buffer: Buffer.from('%PDF-1.7 not a picture') },
  ])
  await chat.locator('.chip.refused').waitFor()
  await chat.getByRole('button', { name: 'Remove liar.png' }).click()

  const form = new FormData()
  form.append('file', new File([PNG], 'ours.png', { type: 'image/png' }))
  const file = await site.call<{ id: string }>('POST', '/v1/files', form)
  await site.answer(id, 'Here is ours', { attachments: [file.id] })
  await chat.getByRole('link', { name: 'ours.png' }).waitFor()
  await visitor.context.close()
})
