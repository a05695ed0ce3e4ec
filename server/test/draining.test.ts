/** How a server stops while it is spoken to. */
import { Agent, request } from 'node:http'
import { connect } from 'node:net'
import { setTimeout as wait } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { chatWorld, level } from './visitors.ts'
import { startServer, type World, world } from './world.ts'

const JSON_HEAD = 'Content-Type: application/json\r\n'

/** A connection that may ask for something, and what has come back over it. */
function dial(w: World) {
  const { hostname, port } = new URL(w.url)
  const socket = connect(Number(port), hostname)
  let text = ''
  socket.on('data', (data) => {
    text += data
  })
  socket.on('error', () => {})
  const closed = new Promise<number>((resolve) => socket.on('close', () => resolve(performance.now())))
  return { write: (bytes: string) => socket.write(bytes), text: () => text, closed }
}

const isRefused = (w: World) =>
  fetch(`${w.url}/health`).then(
    () => false,
    () => true,
  )

test('an idle server is gone at once, with every connection and socket', async () => {
  const chat = await chatWorld(startServer())
  const { w } = chat
  const visitor = await level(await (await chat.visit()).live())
  const agent = await level(await w.live())
  const [kept, silent] = [dial(w), dial(w)]
  kept.write(`GET /health HTTP/1.1\r\nHost: x\r\n\r\n`)
  await expect.poll(kept.text).toContain('200 OK')
  const began = performance.now()
  await w.app.drain()
  expect(performance.now() - began).toBeLessThan(1_000)
  expect([await visitor.closed(), await agent.closed()]).toEqual([1012, 1012])
  expect((await Promise.all([kept.closed, silent.closed])).every((at) => at - began < 1_000)).toBe(true)
  expect(await isRefused(w)).toBe(true)
})

test('who hung up in the middle is not waited for', async () => {
  const w = await world({ on: startServer() })
  const head = `Host: x\r\nAuthorization: Bearer ${w.key}\r\n`
  const halves = [
    `POST /v1/contacts HTTP/1.1\r\n${head}${JSON_HEAD}Content-Length: 100\r\n\r\n{"name":`,
    `POST /v1/files HTTP/1.1\r\n${head}Content-Type: multipart/form-data; boundary=x\r\nContent-Length: 999\r\n\r\n--x\r\n`,
    `GET /v1/contacts HTTP/1.1\r\n${head}\r\n`,
    `GET /v1/events HTTP/1.1\r\n${head}\r\n`,
    `POST /v1/tags HTTP/1.1\r\n${head}${JSON_HEAD}Idempotency-Key: k\r\nContent-Length: 12\r\n\r\n{"name":"x"}`,
  ]
  for (const bytes of [...halves, ...halves]) {
    const { hostname, port } = new URL(w.url)
    const socket = connect(Number(port), hostname)
    socket.on('error', () => {})
    socket.write(bytes)
    await wait(3)
    socket.destroy()
  }
  await wait(200)
  const began = performance.now()
  await w.app.drain()
  expect(performance.now() - began).toBeLessThan(1_500)
})

test('sockets that come while it stops do not keep it', async () => {
  const w = await world({ on: startServer() })
  const coming = Array.from({ length: 60 }, async (_, n) => {
    await wait(n / 3)
    return w.live().catch((error: Error) => error.message)
  })
  await wait(12)
  const began = performance.now()
  await w.app.drain()
  expect(performance.now() - began).toBeLessThan(3_000)
  for (const outcome of await Promise.all(coming)) {
    if (typeof outcome === 'string') expect(outcome).toMatch(/503|ECONNREFUSED|ECONNRESET|hang up/)
    else expect(await outcome.closed()).toBe(1012)
  }
})

test.concurrent('what is under way is finished, and whoever comes meanwhile is told to try elsewhere', async () => {
  const w = await world({ on: startServer() })
  const body = '{"external_id":"slow","name":"Slow"}'
  const slow = dial(w)
  const idle = dial(w)
  idle.write(`GET /health HTTP/1.1\r\nHost: x\r\n\r\n`)
  await expect.poll(idle.text).toContain('200 OK')
  const head = `Host: x\r\nAuthorization: Bearer ${w.key}\r\n${JSON_HEAD}Content-Length: ${body.length}\r\n`
  slow.write(`POST /v1/contacts HTTP/1.1\r\n${head}\r\n${body.slice(0, 10)}`)
  await wait(100)
  const began = performance.now()
  const drained = w.app.drain()
  expect((await idle.closed) - began).toBeLessThan(500)

  const ready = await w.get('/ready', { as: null })
  expect(ready).toMatchObject({ status: 503, body: { status: 'not_ready', server: 'stopping' } })
  expect((await w.get('/health', { as: null })).status).toBe(200)
  const late = await w.post('/v1/contacts', { external_id: 'late' })
  expect(late).toMatchObject({ status: 503, body: { code: 'draining' } })
  expect([late.headers.get('retry-after'), late.headers.get('connection')]).toEqual(['1', 'close'])
  await expect(w.live()).rejects.toThrow('503')

  slow.write(body.slice(10))
  await drained
  await slow.closed
  expect(slow.text()).toMatch(/^HTTP\/1.1 201/)
  expect(slow.text()).toContain('"external_id":"slow"')
  const rows = await w.sql('select external_id from contacts where workspace_id = $1', [w.id])
  expect(rows).toEqual([{ external_id: 'slow' }])
  expect(await isRefused(w)).toBe(true)
})

test.concurrent('who never finishes is cut off after ten seconds', { timeout: 20_000 }, async () => {
  const w = await world({ on: startServer() })
  const agent = new Agent({ keepAlive: true })
  const never = request(`${w.url}/v1/contacts`, {
    agent,
    method: 'POST',
    headers: { authorization: `Bearer ${w.key}`, 'content-type': 'application/json', 'content-length': 100 },
  })
  const cut = new Promise<string>((resolve) => never.on('error', (error) => resolve(error.message)))
  never.write('{"name":')
  await wait(100)
  const began = performance.now()
  await w.app.drain()
  expect(performance.now() - began).toBeGreaterThan(9_000)
  expect(performance.now() - began).toBeLessThan(12_000)
  expect(await cut).toBe('socket hang up')
  agent.destroy()
})
