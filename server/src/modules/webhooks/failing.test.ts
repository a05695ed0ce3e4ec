/** What takes days, on a clock that can be moved. */
import { expect, test } from 'vitest'
import { openSink } from '../../../test/sink.ts'
import { startServer, world } from '../../../test/world.ts'
import { DAY, HOUR, MINUTE, SECOND } from '../../kernel/time.ts'

let moved = 0
const now = () => new Date(Date.now() + moved)
let shared: ReturnType<typeof startServer> | undefined
const on = () => {
  shared ??= startServer({ env: { ANTIPHON_OUTBOUND_ALLOW: '127.0.0.1/32' }, now })
  return shared
}

type Shown = { attempts_count: number; status: string; next_attempt_at: string }

async function failing(headers: Record<string, string> = {}) {
  const w = await world({ on: on() })
  const sink = await openSink((response) => response.writeHead(503, headers).end())
  const made = await w.post<{ id: string }>('/v1/webhooks', { url: sink.url, events: ['tag.created'] })
  const path = `/v1/webhooks/${made.body.id}`
  await w.post('/v1/tags', { name: 'one' })
  const shown = async () => (await w.get<{ data: Shown[] }>(`${path}/deliveries`)).body.data[0]
  const after = async (attempts: number) => {
    await sink.until(attempts)
    await expect.poll(async () => (await shown())?.attempts_count, { timeout: 10_000 }).toBe(attempts)
    return (await shown())?.next_attempt_at ?? ''
  }
  return { w, path, after }
}

test('after five days of nothing but failure an endpoint is switched off, and it is said', async () => {
  const { w, path, after } = await failing()
  const second = new Date(await after(1)).getTime() - now().getTime()
  expect(second).toBeLessThanOrEqual(5.5 * SECOND)
  moved += 4 * DAY
  const third = new Date(await after(2)).getTime() - now().getTime()
  expect(third / MINUTE).toBeGreaterThan(4)
  expect(third / MINUTE).toBeLessThan(5.6)
  expect((await w.get(path)).body).toMatchObject({ enabled: true, failing_since: expect.any(String) })
  moved += 1 * DAY
  await after(3)
  await expect
    .poll(async () => (await w.get(path)).body)
    .toMatchObject({ enabled: false, disabled_reason: 'failing', disabled_at: expect.any(String) })
  expect((await w.events()).filter((type) => type === 'webhook.disabled')).toHaveLength(1)
  const back = await w.patch(path, { enabled: true })
  expect(back.body).toMatchObject({ enabled: true, disabled_reason: null, failing_since: null })
})

test('an endpoint that asks for time gets it, up to a day', async () => {
  const hour = await failing({ 'retry-after': '3600' })
  const date = await failing({ 'retry-after': new Date(now().getTime() + 2 * HOUR).toUTCString() })
  const month = await failing({ 'retry-after': '2592000' })
  const nonsense = await failing({ 'retry-after': 'soon' })
  const waits = await Promise.all(
    [hour, date, month, nonsense].map(
      async ({ after }) => (new Date(await after(1)).getTime() - now().getTime()) / HOUR,
    ),
  )
  expect(waits.map((wait) => Math.round(wait))).toEqual([1, 2, 24, 0])
})
