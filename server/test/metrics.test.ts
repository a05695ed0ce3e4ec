import { expect, test } from 'vitest'
import { tryPort } from '../src/boot/port.ts'
import { startServer, world } from './world.ts'

test('whoever watches is told of routes, never of ids, on a port of its own', async () => {
  const port = Number(await tryPort('127.0.0.1', 0))
  const on = startServer({ env: { ANTIPHON_METRICS_PORT: String(port) } })
  const w = await world({ on })
  const { id } = (await w.post<{ id: string }>('/v1/tags', { name: 'measured' })).body
  await w.get(`/v1/tags/${id}`)
  await w.get('/nowhere/at/all')

  const said = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text()
  expect(said).toContain('antiphon_http_request_duration_seconds_count{route="GET /v1/tags/:id",status="200"} 1')
  expect(said).toContain('antiphon_http_request_duration_seconds_count{route="GET *",status="404"} 1')
  expect(said).toContain('antiphon_log_stands_still 0')
  expect(said).toMatch(/antiphon_database_connections\{state="idle"\} \d/)
  expect(said).not.toContain(id)
  expect((await fetch(`http://127.0.0.1:${port}/`)).status).toBe(404)
  expect((await w.get('/metrics')).status).toBe(404)
  await (await on).app.drain()
  await expect(fetch(`http://127.0.0.1:${port}/metrics`)).rejects.toThrow()
})
