import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { findServer, takeLock, takeServerLock } from '../../src/boot/lock.ts'
import { dataDirectory } from './antiphon.ts'

const LOCK = fileURLToPath(new URL('../../src/boot/lock.ts', import.meta.url))

/** Another process that holds the lock of a server until it is killed. */
async function holder(data: string, then = '') {
  const script = `const { takeServerLock } = await import(${JSON.stringify(LOCK)})
    const lock = await takeServerLock(${JSON.stringify(data)})
    process.stdout.write('held')
    ${then}
    setInterval(() => {}, 1000)`
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: ['ignore', 'pipe', 'inherit'] })
  await once(child.stdout, 'data')
  return child
}

describe('the lock of the data directory', () => {
  test('a second server is refused with the first one’s pid', async () => {
    const data = dataDirectory()
    const first = await holder(data)
    await expect(takeServerLock(data)).rejects.toMatchObject({
      code: 'already_running',
      message: expect.stringContaining(`pid ${first.pid}`),
    })
    expect(await findServer(data)).toMatchObject({ pid: first.pid, url: null })
    first.kill('SIGKILL')
    await once(first, 'exit')
  })

  test('a killed server leaves nothing that has to be removed', async () => {
    const data = dataDirectory()
    const first = await holder(data)
    first.kill('SIGKILL')
    await once(first, 'exit')
    expect(await findServer(data)).toBeNull()
    const lock = await takeServerLock(data)
    lock.release()
  })

  test('a note that names a process which lives but is no server refuses nobody', async () => {
    const data = dataDirectory()
    const note = { pid: process.pid, started_at: '', url: null, has_database: true, stopping: false }
    writeFileSync(join(data, 'antiphon.pid'), JSON.stringify(note))
    expect(await findServer(data)).toBeNull()
    const lock = await takeServerLock(data)
    lock.release()
  })

  test('a next server waits for one that says it is stopping', async () => {
    const data = dataDirectory()
    const first = await holder(data, 'lock.announce({ stopping: true }); setTimeout(() => process.exit(0), 2500)')
    const lock = await takeServerLock(data)
    expect(first.exitCode === 0 || first.signalCode === null).toBe(true)
    lock.release()
  })

  test('a command waits for the one before it', async () => {
    const file = join(dataDirectory(), 'database.lock')
    const first = await takeLock(file, 0)
    expect(await takeLock(file, 100)).toBeNull()
    const waiting = takeLock(file, 5_000)
    await sleep(100)
    first?.release()
    const second = await waiting
    expect(second).not.toBeNull()
    second?.release()
  })

  test('a directory that cannot be written to is one clear line', async () => {
    await expect(takeServerLock('/proc')).rejects.toMatchObject({ code: 'data_unusable' })
  })
})
