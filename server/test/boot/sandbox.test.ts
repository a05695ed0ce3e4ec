/** A server that is killed while its sandboxes pretend to send. */
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { dataDirectory, json, serve } from './antiphon.ts'

const CUSTOMERS = 30

test('every message of a sandbox arrives, however often the server is killed on the way', async () => {
  const data = dataDirectory()
  const workspace = await json(['workspace', 'create', '--name', 'Acme', '--requests-per-minute', 'unlimited'], {
    data,
  })
  const asked = ['--workspace', String(workspace['id']), '--name', 'test', '--scopes', '*', '--test']
  const key = String((await json(['key', 'create', ...asked], { data }))['bearer'])
  const call = async (url: string, method: string, path: string, body?: object): Promise<Record<string, unknown>> => {
    const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' }
    const reply = await fetch(url + path, { method, headers, ...(body ? { body: JSON.stringify(body) } : {}) })
    if (!reply.ok) throw new Error(`${method} ${path} answered ${reply.status}: ${await reply.text()}`)
    return JSON.parse(await reply.text())
  }
  const write = async (url: string, n: number): Promise<string> => {
    const contact = { external_id: `customer ${n}` }
    const { message } = await call(url, 'POST', '/v1/conversations', { contact, message: { body: 'Hello' } })
    return typeof message === 'object' && message !== null && 'id' in message ? String(message.id) : ''
  }

  let server = await serve(data)
  const ids: string[] = []
  for (let round = 0; round < 3; round++) {
    for (let n = 0; n < CUSTOMERS / 3; n++) ids.push(await write(server.url, round * CUSTOMERS + n))
    // Once before it has heard of the last, once between two steps, once in the middle of one.
    await sleep(round * 400)
    await server.end('SIGKILL')
    server = await serve(data)
  }
  const statuses = async () => {
    const messages = await Promise.all(ids.map((id) => call(server.url, 'GET', `/v1/messages/${id}`)))
    return new Set(messages.map(({ status }) => status))
  }
  await expect.poll(statuses, { timeout: 60_000, interval: 500 }).toEqual(new Set(['delivered']))
}, 180_000)
