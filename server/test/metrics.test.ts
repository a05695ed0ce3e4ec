import { expect, test } from 'vitest'
import { tryPort } from '../src/boot/port.ts'
import { transact } from '../src/kernel/context.ts'
import { defineJob, enqueue } from '../src/kernel/jobs.ts'
import { startServer, world } from './world.ts'

const port = await tryPort('127.0.0.1', 0)
const scrape = async (path = '/metrics') => {
  const reply = await fetch(`http://127.0.0.1:${port}${path}`)
  return { status: reply.status, type: reply.headers.get('content-type'), text: await reply.text() }
}
const reading = (text: string, series: string) =>
  Number(
    text
      .split('\n')
      .find((line) => line.startsWith(`${series} `))
      ?.slice(series.length + 1),
  )

test('whoever watches is told how it goes, on a loopback port of its own', async () => {
  const w = await world({ on: startServer({ env: { ANTIPHON_METRICS_PORT: String(port) } }) })
  const live = await w.live()
  await w.post('/v1/contacts', { external_id: 'watched' })
  await w.get(`/v1/contacts/${w.newId()}`)
  await w.get('/v1/contacts?q=Zwetschge')
  await w.get('/nowhere/at/all')
  await w.events()
  const later = defineJob<{ n: number }>('metrics.later', async () => {})
  const ctx = w.app.system(w.id)
  await transact(ctx, (tx) => enqueue(tx, later, { payload: { n: 1 }, at: new Date(Date.now() + 60_000) }))

  const { status, type, text } = await scrape()
  expect([status, type]).toEqual([200, expect.stringMatching(/^text\/plain/)])
  const count = (route: string, code: number) =>
    reading(text, `antiphon_http_request_duration_seconds_count{route="${route}",status="${code}"}`)
  expect([count('POST /v1/contacts', 201), count('GET /v1/contacts/:id', 404), count('GET /v1/contacts', 200)]).toEqual(
    [1, 1, 1],
  )
  expect(reading(text, 'antiphon_sockets')).toBe(1)
  expect(reading(text, 'antiphon_log_position')).toBeGreaterThan(0)
  expect(reading(text, 'antiphon_log_waiting')).toBe(0)
  expect(reading(text, 'antiphon_log_lag_seconds')).toBe(0)
  expect(reading(text, 'antiphon_log_stands_still')).toBe(0)
  expect(reading(text, 'antiphon_limits_alone')).toBe(0)
  expect(reading(text, 'antiphon_jobs{state="planned"}')).toBe(1)
  expect(reading(text, 'antiphon_jobs{state="failed"}')).toBe(0)
  expect(reading(text, 'antiphon_database_connections{state="awaited"}')).toBe(0)
  expect(reading(text, 'process_resident_memory_bytes')).toBeGreaterThan(0)
  for (const hidden of ['Zwetschge', 'watched', w.id, w.key]) expect(text).not.toContain(hidden)

  expect((await scrape('/v1/contacts')).status).toBe(404)
  expect((await w.get('/metrics', { as: null })).status).toBe(404)
  live.close()
  await w.app.drain()
  await expect(scrape()).rejects.toThrow()
})
