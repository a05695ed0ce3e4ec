/** Two servers on one database, and one of them killed between a commit and its answer. */
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { openPair, type Pair } from './pair.ts'

let pair: Pair
beforeAll(async () => {
  pair = await openPair()
}, 120_000)
afterAll(() => pair.close())

async function tag(
  url: string,
  name: string,
  key: string,
): Promise<{ status: number; body: string; replayed: boolean }> {
  const reply = await fetch(`${url}/v1/tags`, {
    method: 'POST',
    headers: { authorization: `Bearer ${pair.key}`, 'content-type': 'application/json', 'idempotency-key': key },
    body: JSON.stringify({ name }),
  })
  return { status: reply.status, body: await reply.text(), replayed: reply.headers.has('idempotent-replayed') }
}

/** Whether a request under an Idempotency-Key, which holds a lock, has been committed and not been told so. */
async function isCommitted(): Promise<boolean> {
  const waiting = await pair.sql(`select from pg_locks l join pg_stat_activity a using (pid)
    where l.locktype = 'advisory' and l.classid <> 0 and a.wait_event = 'SyncRep'`)
  return waiting.length > 0
}

/** Whether commits wait by now: the word takes a moment to reach every process of PostgreSQL. */
async function waits(): Promise<boolean> {
  const written = pair.sql("select pg_logical_emit_message(true, 'test', 'anything')").then(() => false)
  return Promise.race([written, sleep(200, true)])
}

async function letCommit(): Promise<void> {
  await pair.sql('alter system reset synchronous_standby_names')
  await pair.sql('select pg_reload_conf()')
}

const countOf = async (name: string) => (await pair.sql('select from tags where name = $1', [name])).length

test('of twenty at once at two servers one is done, and both answer alike', async () => {
  const urls = [pair.first.url, pair.second.url]
  const replies = await Promise.all(Array.from({ length: 20 }, (_, n) => tag(urls[n % 2] ?? '', 'at once', 'k1')))
  const done = replies.filter(({ status }) => status === 201)
  const waiting = replies.filter(({ status, body }) => status === 409 && body.includes('idempotency_in_flight'))
  expect(done.length + waiting.length).toBe(20)
  expect(done.filter(({ replayed }) => !replayed)).toHaveLength(1)
  const again = await Promise.all(urls.map((url) => tag(url, 'at once', 'k1')))
  expect(again.map(({ status, replayed }) => [status, replayed])).toEqual([
    [201, true],
    [201, true],
  ])
  expect(new Set([...done, ...again].map(({ body }) => body)).size).toBe(1)
  expect(await countOf('at once')).toBe(1)
  expect((await tag(pair.second.url, 'something else', 'k1')).status).toBe(422)
})

test('a server that dies after the commit and before its answer has done it once, and a retry is answered', async () => {
  // Commits are on disk and then wait for the word of a standby, which never comes: there the server is killed.
  await pair.sql("alter system set synchronous_standby_names = 'nobody'")
  await pair.sql('select pg_reload_conf()')
  onTestFinished(letCommit)
  await expect.poll(waits, { interval: 20, timeout: 10_000 }).toBe(true)
  const lost = tag(pair.first.url, 'slow', 'k2').catch(() => 'no answer')
  await expect.poll(isCommitted, { interval: 20, timeout: 10_000 }).toBe(true)
  await pair.first.end('SIGKILL')
  expect(await lost).toBe('no answer')

  const meanwhile = await tag(pair.second.url, 'slow', 'k2')
  expect([meanwhile.status, meanwhile.body]).toEqual([409, expect.stringContaining('idempotency_in_flight')])
  await letCommit()
  let retry = meanwhile
  for (const end = Date.now() + 15_000; retry.status === 409 && Date.now() < end; await sleep(100)) {
    retry = await tag(pair.second.url, 'slow', 'k2')
  }
  expect(retry).toMatchObject({ status: 201, replayed: true })
  expect(JSON.parse(retry.body)).toMatchObject({ object: 'tag', name: 'slow' })
  expect(await countOf('slow')).toBe(1)
})
