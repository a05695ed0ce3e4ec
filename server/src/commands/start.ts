/** `antiphon start`: everything between the command and the first request, and from the first signal to the end. */
import { enableCompileCache, flushCompileCache } from 'node:module'
import { join } from 'node:path'
import type { App } from '../app.ts'
import { provideAssets } from '../boot/assets.ts'
import { makeDataDirectory } from '../boot/data-directory.ts'
import { type BootDatabase, provideDatabase } from '../boot/database.ts'
import { type ServerLock, takeServerLock } from '../boot/lock.ts'
import { settlePort } from '../boot/port.ts'
import { bringUpToDate } from '../boot/schema.ts'
import { settleSecrets } from '../boot/secret.ts'
import { listenForSignals } from '../boot/signals.ts'
import { reportSteps, type Steps, span } from '../boot/steps.ts'
import { type Config, localUrl, readConfig } from '../config.ts'
import { version } from '../version.ts'
import { type CommandFlags, fail } from './command.ts'

interface Running {
  readonly app: App
  readonly database: BootDatabase
  readonly lock: ServerLock
  readonly url: string
}

export async function start(flags: CommandFlags): Promise<void> {
  const asJson = flags.json === true
  const say = (line: string) => void (asJson ? process.stderr : process.stdout).write(`${line}\n`)
  const signals = listenForSignals()
  try {
    say(`Antiphon ${version}`)
    const config = readConfig(process.env, flags)
    if (config.isUnderNpm) signals.followParent()
    const running = await bringUp(config, reportSteps(say))
    signals.drainWith((cause) => void stop(running, cause, say))
    flushCompileCache()
    say(`  Ready in ${span(performance.now())}: ${running.url}`)
    if (asJson) process.stdout.write(`${JSON.stringify({ pid: process.pid, url: running.url, version })}\n`)
  } catch (error) {
    fail(error, asJson)
    process.exit()
  }
}

async function bringUp(given: Config, steps: Steps): Promise<Running> {
  const data = makeDataDirectory(given)
  enableCompileCache(join(data, 'compile-cache'))
  const lock = await takeServerLock(data)
  const config = { ...given, data, port: await settlePort(given.host, given.port) }
  // Both go on while the database starts; what fails in them is thrown where they are awaited.
  const code = settleLater(import('../app.ts'))
  const pages = settleLater(provideAssets(data, steps))
  const database = await provideDatabase(config, steps)
  try {
    lock.announce({ has_database: true })
    await bringUpToDate(database.pool, steps)
    const secrets = await settleSecrets(config, database.pool)
    const { createApp } = await code
    const { directory } = await pages
    const app = await createApp({ config, connection: database.pool, secrets, assets: directory })
    await app.listen()
    const url = config.url ?? localUrl(config.host, config.port)
    lock.announce({ url: localUrl(config.host, config.port) })
    return { app, database, lock, url }
  } catch (error) {
    await database.close()
    throw error
  }
}

/** A promise that is awaited later: until then its failure is nobody's. */
function settleLater<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => {})
  return promise
}

async function stop({ app, database, lock }: Running, cause: string, say: (line: string) => void): Promise<void> {
  const began = performance.now()
  say(`${cause}: stopping.`)
  try {
    lock.announce({ stopping: true, has_database: false })
    await app.drain()
    await database.close()
    lock.release()
    say(`Stopped in ${span(performance.now() - began)}.`)
    process.exit(0)
  } catch (error) {
    fail(error, false)
    process.exit()
  }
}
