import { once } from 'node:events'
import { createServer } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { setTimeout as wait } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { toRefusal } from './problems.ts'
import { openSockets } from './sockets.ts'

test('who is refused a socket and does not hang up is hung up on', async () => {
  const sockets = openSockets()
  const http = createServer()
  sockets.attach(http)
  http.listen(0, '127.0.0.1')
  await once(http, 'listening')
  const client = connect({ port: (http.address() as AddressInfo).port, host: '127.0.0.1', allowHalfOpen: true })
  client.on('error', () => {})
  client.write('GET /nowhere HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n')
  const [reply] = await once(client, 'data')
  expect(String(reply)).toContain('HTTP/1.1 404')
  const open = () => new Promise<number>((resolve) => http.getConnections((_error, count) => resolve(count)))
  expect(await open()).toBe(1)
  await wait(1_200)
  expect(await open()).toBe(0)
  client.destroy()
  sockets.close()
  http.close()
})

test('a database whose socket is gone is a 503, a file that is gone is our own fault', () => {
  const missing = (syscall: string) => Object.assign(new Error('ENOENT'), { code: 'ENOENT', syscall })
  expect(toRefusal(missing('connect')).status).toBe(503)
  expect(toRefusal(missing('open')).status).toBe(500)
})
