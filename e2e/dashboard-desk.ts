/** The product as a process, a workspace in it, and agents in browsers of their own. */
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Browser, type BrowserContext, type Cookie, chromium, type Page } from 'playwright-core'
import { provideBrowser } from '../test/browser.ts'
import { makeKey, makeLink, makeUser, start } from '../test/product.ts'

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

export interface Customer {
  say(body: string): Promise<{ conversation_id: string; position: number }>
  read(position: number): Promise<void>
  hears(): Promise<{ body: string; type: string }[]>
}

export interface Agent {
  readonly page: Page
  readonly context: BrowserContext
  /** What no page may do: break the content policy, ask another host, throw. */
  readonly faults: string[]
}

export interface Desk {
  readonly url: string
  call<T = Record<string, unknown>>(method: string, path: string, body?: unknown): Promise<T>
  customer(name: string): Promise<Customer>
  /** A browser in which this person is signed in: by a link the first time. */
  agent(who: 'mia' | 'theo'): Promise<Agent>
  /** A browser in which nobody is signed in. */
  stranger(place: string): Promise<Agent>
  link(who: 'mia' | 'theo'): Promise<string>
  stop(): Promise<void>
}

export const PASSWORD = 'correct horse battery staple'
const PEOPLE = { mia: 'Mia Sørensen', theo: 'Theo Marchetti' }

export async function openDesk(): Promise<Desk> {
  const data = mkdtempSync(join(tmpdir(), 'antiphon-desk-'))
  const product = await start({ root: ROOT, data, port: await freePort() })
  const { workspace, bearer } = await makeKey(product, 'Casa Lume')
  const browser = await chromium.launch({ executablePath: provideBrowser(), args: FLAGS })
  const call = caller(product.url, bearer)
  for (const [who, name] of Object.entries(PEOPLE)) {
    makeUser(product, { workspace, email: `${who}@example.com`, name, password: PASSWORD })
  }
  const inboxes = await call<{ data: { id: string; channel: string }[] }>('GET', '/v1/inboxes')
  const chat = inboxes.data.find((inbox) => inbox.channel === 'web_chat')?.id ?? ''
  const sessions = new Map<string, Cookie[]>()
  const link = (who: keyof typeof PEOPLE) => makeLink(product, `${who}@example.com`)
  return {
    url: product.url,
    call,
    customer: (name) => visit(product.url, chat, name),
    link,
    stranger: (place) => openPage(browser, product.url, place),
    agent: async (who) => {
      const known = sessions.get(who)
      const agent = await openPage(browser, product.url, known ? '/' : await link(who), known)
      await agent.page.waitForURL(/\/w\/\d+\/inbox\//)
      sessions.set(who, await agent.context.cookies())
      return agent
    },
    stop: async () => {
      await browser.close()
      await product.kill('SIGTERM', 'process')
      rmSync(data, { recursive: true, force: true })
      rmSync(`${data}.log`, { force: true })
    },
  }
}

async function openPage(browser: Browser, url: string, place: string, cookies: Cookie[] = []): Promise<Agent> {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, reducedMotion: 'reduce' })
  await context.addCookies(cookies)
  const page = await context.newPage()
  const faults: string[] = []
  page.on('pageerror', (error) => faults.push(error.message))
  page.on('console', (message) => {
    if (message.text().includes('Content Security Policy')) faults.push(message.text())
  })
  page.on('request', (request) => {
    if (!request.url().startsWith(url)) faults.push(`asked ${request.url()}`)
  })
  await page.goto(new URL(place, url).href)
  return { page, context, faults }
}

function caller(url: string, bearer: string): Desk['call'] {
  return async (method, path, body) => {
    const response = await fetch(url + path, {
      method,
      headers: { authorization: `Bearer ${bearer}`, ...(body !== undefined && { 'content-type': 'application/json' }) },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    })
    const text = await response.text()
    if (!response.ok) throw new Error(`${method} ${path} answered ${response.status}: ${text}`)
    return text ? JSON.parse(text) : {}
  }
}

async function visit(url: string, inbox: string, name: string): Promise<Customer> {
  const path = `/v1/web-chat/${inbox}`
  const { token } = await caller(url, '')<{ token: string }>('POST', `${path}/visitors`, { name })
  const call = caller(url, token)
  return {
    say: (body) => call('POST', `${path}/messages`, { body, client_message_id: crypto.randomUUID() }),
    read: async (position) => void (await call('POST', `${path}/read`, { position })),
    hears: async () => (await call<{ data: { body: string; type: string }[] }>('GET', `${path}/messages`)).data,
  }
}

/** By the command line, which alone makes users; the password is given on its standard input. */
function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer().once('error', reject)
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address()
      probe.close(() => resolve(typeof address === 'object' && address ? address.port : 0))
    })
  })
}
