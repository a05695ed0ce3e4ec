import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { beforeAll, describe, expect, test } from 'vitest'
import { antiphon, dataDirectory, isRunning, json, launch, postgresPid, type Server, serve, until } from './antiphon.ts'

let data: string
let key: string

beforeAll(async () => {
  data = dataDirectory()
  const workspace = await json(['workspace', 'create', '--name', 'Acme', '--requests-per-minute', 'unlimited'], {
    data,
  })
  const asked = ['--workspace', String(workspace['id']), '--name', 'test', '--scopes', '*']
  key = String((await json(['key', 'create', ...asked], { data }))['bearer'])
}, 60_000)

async function isReady({ url }: Server): Promise<boolean> {
  return (await fetch(`${url}/ready`)).status === 200
}

/** Makes contacts until the server breaks or the test has enough, and notes those the server has acknowledged. */
async function write(server: Server, acknowledged: string[], enough?: AbortSignal): Promise<void> {
  try {
    while (!enough?.aborted) {
      const reply = await fetch(`${server.url}/v1/contacts`, {
        method: 'POST',
        headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
        body: JSON.stringify({ external_id: randomUUID() }),
      })
      const text = await reply.text()
      if (reply.status === 201) acknowledged.push(JSON.parse(text).id)
      else if (reply.status !== 503) throw new Error(`${reply.status}: ${text}`)
    }
  } catch (error) {
    if (!(error instanceof TypeError)) throw error // fetch's word for a server that is gone
  }
}

async function expectAll(server: Server, acknowledged: readonly string[]): Promise<void> {
  expect(acknowledged.length).toBeGreaterThan(0)
  for (const id of acknowledged) {
    const reply = await fetch(`${server.url}/v1/contacts/${id}`, { headers: { authorization: `Bearer ${key}` } })
    expect([id, reply.status]).toEqual([id, 200])
  }
}

describe('a running server', () => {
  test('refuses a second one by its pid, lends its database to commands, and is gone within a second', async () => {
    const server = await serve(data)
    expect(await isReady(server)).toBe(true)
    const second = await antiphon(['start', '--json'], { data })
    expect([second.code, JSON.parse(second.stdout).error.code]).toEqual([1, 'already_running'])
    expect(second.stdout).toContain(`pid ${server.pid}`)
    expect(await json(['status'], { data })).toMatchObject({
      running: true,
      pid: server.pid,
      url: server.url,
      ready: true,
    })
    expect((await json(['workspace', 'list'], { data }))['data']).toHaveLength(1)
    expect(await json(['doctor'], { data })).toMatchObject({ ok: true })

    const postgres = postgresPid(data)
    const began = performance.now()
    expect(await server.end('SIGTERM')).toBe(0)
    expect(performance.now() - began).toBeLessThan(1_000)
    expect(isRunning(postgres)).toBe(false)
    expect(await json(['status'], { data })).toMatchObject({ running: false })
  })

  test('a port in use is one clear line', async () => {
    const server = await serve(data)
    const { port } = new URL(server.url)
    const other = await antiphon(['start', '--port', port], { data: dataDirectory() })
    expect([other.code, other.stderr]).toEqual([1, expect.stringMatching(/^PORT: \d+ on 127\.0\.0\.1 is in use/)])
    await server.endGroup('SIGINT')
  })
})

describe('a killed server', () => {
  test.each([
    ['alone', 'end'],
    ['with its process group', 'endGroup'],
  ] as const)(
    '%s leaves a PostgreSQL that the next one takes over, and nothing acknowledged is lost',
    async (_, how) => {
      const acknowledged: string[] = []
      const first = await serve(data)
      const writers = [1, 2, 3, 4].map(() => write(first, acknowledged))
      await until(() => acknowledged.length > 20)
      await first[how]('SIGKILL')
      await Promise.all(writers)
      expect(isRunning(postgresPid(data))).toBe(true)
      const second = await serve(data)
      await expectAll(second, acknowledged)
      await second.end('SIGTERM')
    },
  )

  test('during its very first start leaves nothing that keeps the next one from starting', async () => {
    for (const moment of [150, 400, 700, 1_200]) {
      const fresh = dataDirectory()
      const child = launch(fresh)
      await sleep(moment)
      if (child.exitCode === null) process.kill(-(child.pid ?? 0), 'SIGKILL')
      await once(child, 'close')
      const server = await serve(fresh)
      expect([moment, await isReady(server)]).toEqual([moment, true])
      await server.end('SIGTERM')
    }
  }, 120_000)
})

describe('a killed PostgreSQL', () => {
  test('is started again under the running server, and nothing acknowledged is lost', async () => {
    const server = await serve(data)
    const acknowledged: string[] = []
    const enough = new AbortController()
    const writers = [1, 2, 3, 4].map(() => write(server, acknowledged, enough.signal))
    await until(() => acknowledged.length > 20)
    const postgres = postgresPid(data)
    process.kill(postgres ?? 0, 'SIGKILL')
    await until(() => postgresPid(data) !== postgres && isRunning(postgresPid(data)))
    await until(() => isReady(server))
    const soFar = acknowledged.length
    await until(() => acknowledged.length > soFar)
    enough.abort()
    await Promise.all(writers)
    await expectAll(server, acknowledged)
    await server.end('SIGTERM')
  })
})
