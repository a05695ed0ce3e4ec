/** The product as a process, a customer's site on another origin with the strictest policy the widget promises to work under, and visitors in browsers of their own. */
import { createHmac } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Page } from 'playwright-core'
import {
  type Browser,
  type BrowserContext,
  type BrowserContextOptions,
  chromium,
  type FrameLocator,
} from 'playwright-core'
import { WebSocket } from 'ws'
import { provideBrowser } from '../test/browser.ts'
import { makeKey, type Place, type Product, start } from '../test/product.ts'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

export interface Message {
  id: string
  type: string
  body: string
  status: string | null
  attachments: { id: string; name: string }[]
}

export interface Conversation {
  id: string
  status: string
  contact_id: string
}

export interface Tab {
  readonly page: Page
  /** Inside the frame. */
  readonly chat: FrameLocator
  open(): Promise<void>
  write(text: string): Promise<void>
  /** How many messages are shown, sent and waiting. */
  shown(): Promise<number>
}

export interface Visitor extends Tab {
  readonly context: BrowserContext
  /** What must not happen: a breach of a policy, a request to another host, an error. */
  readonly faults: string[]
  /** A second tab of the same browser. */
  tab(): Promise<Tab>
}

export interface Site {
  readonly url: string
  /** Where the product lies, for its command line, and its workspace. */
  readonly place: Place
  readonly workspace: string
  readonly browser: Browser
  call<T = Record<string, unknown>>(method: string, path: string, body?: unknown): Promise<T>
  /** Goes to the customer's page. `attributes` stand on the script element; `prepare` is script that runs in every frame before it. */
  visit(visit?: { attributes?: string; options?: BrowserContextOptions; prepare?: string }): Promise<Visitor>
  set(settings: object): Promise<void>
  sign(identity: string): Promise<string>
  conversations(): Promise<Conversation[]>
  messages(conversation: string): Promise<Message[]>
  answer(conversation: string, body: string, rest?: object): Promise<Message>
  /** The team's live socket and all that it has heard. */
  live(): Promise<{ socket: WebSocket; frames: Record<string, unknown>[] }>
  /** Stops the server as an operator would, and starts it again on the same data. */
  down(): Promise<void>
  up(): Promise<void>
  stop(): Promise<void>
}

export async function openSite(): Promise<Site> {
  const place: Place = { root: ROOT, data: mkdtempSync(join(tmpdir(), 'antiphon-widget-')), port: await freePort() }
  let product: Product = await start(place)
  const { bearer, workspace } = await makeKey(product, 'Casa Lume')
  const call = caller(product.url, bearer)
  const inboxes = await call<{ data: { id: string; channel: string }[] }>('GET', '/v1/inboxes')
  const inbox = inboxes.data.find(({ channel }) => channel === 'web_chat')?.id ?? ''
  const set = async (settings: object) => void (await call('PATCH', `/v1/inboxes/${inbox}`, { settings }))
  await set({ pre_chat: { name: 'off', email: 'off' } })
  let secret: string | null = null
  const host = await serveHost(product.url, inbox)
  const browser = await chromium.launch({ executablePath: provideBrowser(), args: FLAGS })

  return {
    url: product.url,
    place,
    workspace,
    browser,
    call,
    set,
    visit: (visit = {}) => openVisitor(browser, { product: product.url, host: host.url, ...visit }),
    async sign(identity) {
      secret ??= (await call<{ secret: string }>('POST', `/v1/inboxes/${inbox}/identity-secrets`)).secret
      return createHmac('sha256', secret).update(identity).digest('hex')
    },
    conversations: async () =>
      (await call<{ data: Conversation[] }>('GET', `/v1/conversations?inbox_id=${inbox}&limit=200`)).data,
    messages: async (id) => (await call<{ data: Message[] }>('GET', `/v1/conversations/${id}/messages?limit=200`)).data,
    answer: (id, body, rest) => call('POST', `/v1/conversations/${id}/messages`, { type: 'outgoing', body, ...rest }),
    async live() {
      const headers = { authorization: `Bearer ${bearer}` }
      const socket = new WebSocket(`${product.url.replace('http', 'ws')}/v1/live`, { headers })
      const frames: Record<string, unknown>[] = []
      socket.on('message', (data) => frames.push(JSON.parse(String(data))))
      await once(socket, 'open')
      return { socket, frames }
    },
    down: () => product.kill('SIGTERM', 'process'),
    async up() {
      product = await start(place)
    },
    async stop() {
      await browser.close()
      host.server.closeAllConnections()
      host.server.close()
      await product.kill('SIGTERM', 'process')
      rmSync(place.data, { recursive: true, force: true })
      rmSync(`${place.data}.log`, { force: true })
    },
  }
}

interface Going {
  product: string
  host: string
  attributes?: string
  options?: BrowserContextOptions
  prepare?: string
}

async function openVisitor(browser: Browser, going: Going): Promise<Visitor> {
  const context = await browser.newContext({ viewport: { width: 1100, height: 800 }, ...going.options })
  const faults: string[] = []
  await context.addInitScript({
    content: `document.addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) =>
      console.error('Policy broken: ' + violatedDirective + ' ' + blockedURI))`,
  })
  if (going.prepare) await context.addInitScript({ content: going.prepare })
  context.on('request', (request) => {
    const url = request.url()
    if (!url.startsWith(going.product) && !url.startsWith(going.host)) faults.push(`asked ${url}`)
  })
  const tab = async () => openTab(await context.newPage(), `${going.host}/?${going.attributes ?? ''}`, faults)
  return { ...(await tab()), context, faults, tab }
}

async function openTab(page: Page, url: string, faults: string[]): Promise<Tab> {
  page.on('pageerror', (error) => faults.push(error.message))
  page.on('console', (message) => {
    if (/Policy|postMessage/.test(message.text())) faults.push(message.text())
  })
  await page.goto(url)
  const chat = page.frameLocator('iframe[title=Chat]')
  const field = chat.getByRole('textbox', { name: 'Message' })
  return {
    page,
    chat,
    async open() {
      await page.getByRole('button', { name: 'Chat with us' }).click()
      await chat.getByRole('textbox').first().waitFor()
    },
    async write(text) {
      await field.fill(text)
      await chat.getByRole('button', { name: 'Send' }).click()
    },
    shown: () => chat.locator('.message').count(),
  }
}

/** A page whose query is put on the script element as attributes. */
async function serveHost(product: string, inbox: string): Promise<{ server: Server; url: string }> {
  const policy = `default-src 'none'; script-src ${product}; frame-src ${product}; connect-src ${product}`
  const server = createServer((request, response) => {
    const { searchParams, pathname } = new URL(request.url ?? '', 'http://host')
    const attributes = [...searchParams].map(([name, value]) => `${name}="${value}"`).join(' ')
    response.writeHead(pathname === '/' ? 200 : 404, {
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': policy,
    })
    response.end(`<!doctype html><html lang="en"><head><title>Casa Lume</title>
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <script src="${product}/widget.js" data-inbox="${inbox}" ${attributes} async></script></head>
      <body><main><h1>Casa Lume</h1><p>Lamps and ceramics.</p><a href="/">Home</a></main></body></html>`)
  })
  const port = await freePort()
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  return { server, url: `http://127.0.0.1:${port}` }
}

function caller(url: string, bearer: string): Site['call'] {
  return async (method, path, body) => {
    const isForm = body instanceof FormData
    const response = await fetch(url + path, {
      method,
      headers: {
        authorization: `Bearer ${bearer}`,
        ...(body && !isForm ? { 'content-type': 'application/json' } : {}),
      },
      ...(body ? { body: isForm ? body : JSON.stringify(body) } : {}),
    })
    const text = await response.text()
    if (!response.ok) throw new Error(`${method} ${path} answered ${response.status}: ${text}`)
    return text ? JSON.parse(text) : {}
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer().once('error', reject)
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address()
      probe.close(() => resolve(typeof address === 'object' && address ? address.port : 0))
    })
  })
}
