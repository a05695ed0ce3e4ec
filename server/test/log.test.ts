import { expect, test } from 'vitest'
import { signInAs } from './sign-in.ts'
import { startServer, world } from './world.ts'

const CUSTOMER = { name: 'Wilhelmina Zwetschge', email: 'zwetschge@example.com', phone: '+49 30 901820' }

test('a request is one line: who by id, which route, how it went, and nothing of what was said', async () => {
  const on = startServer()
  const w = await world({ on })
  const { cookie } = await signInAs(w, w.users.agent.email)
  const started = await w.post<{ id: string }>('/v1/conversations', {
    contact: CUSTOMER,
    message: { body: 'The lamp is crooked' },
  })
  await w.get(`/v1/contacts?q=${encodeURIComponent(CUSTOMER.name)}`, { headers: { 'x-request': 'Kopfzeile' } })
  await w.get('/v1/me', { as: 'ap_aaaaaaaaaaaaaaaa_wrong' })
  await w.get('/v1/me', { as: null, headers: { cookie, 'antiphon-workspace': w.id } })
  await w.get('/no/such/Zwetschge')
  await (await on).app.drain()

  const lines: Record<string, unknown>[] = w.log.map((line) => JSON.parse(line))
  const requests = lines.filter((line) => line['msg'] === 'request')
  const shape = ['id', 'key', 'level', 'ms', 'msg', 'route', 'status', 'time', 'workspace']
  for (const line of requests) expect(Object.keys(line).sort()).toEqual(shape)
  expect(requests).toContainEqual(
    expect.objectContaining({
      workspace: w.id,
      key: w.key.split('_')[1],
      route: 'POST /v1/conversations',
      status: 201,
    }),
  )
  expect(requests).toContainEqual(expect.objectContaining({ key: null, route: 'GET /v1/me', status: 401 }))
  expect(requests).toContainEqual(expect.objectContaining({ route: 'GET *', status: 404 }))

  const text = w.log.join('')
  const words = ['Zwetschge', 'zwetschge', '901820', 'crooked', 'Kopfzeile', cookie.split('=')[1] ?? '', w.key]
  for (const word of [...words, w.key.split('_').at(-1) ?? '']) expect(text).not.toContain(word)
  expect(started.status).toBe(201)
})
