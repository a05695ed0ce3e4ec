/** `antiphon start`: everything between the command and the first request, and from the first signal to the end. */
import { enableCompileCache, flushCompileCache } from 'node:module'
import { join } from 'node:path'
import type { App } from '../app.ts'
import { provideAssets } from '../boot/assets.ts'
import { makeDataDirectory } from '../boot/data-directory.ts'
import { type BootDatabase, provideDatabase } from '../boot/database.ts'
import { loadDemo, wantsDemo } from '../boot/demo.ts'
import { type ServerLock, takeServerLock } from '../boot/lock.ts'
import { settlePort } from '../boot/port.ts'
import { bringUpToDate } from '../boot/schema.ts'
import { settleSecrets } from '../boot/secret.ts'
import { listenForSignals } from '../boot/signals.ts'
import { reportSteps, type Say, type Steps, span } from '../boot/steps.ts'
import { type Config, localUrl, readConfig } from '../config.ts'
import { gather, type Log, openLog } from '../kernel/log.ts'
import { version } from '../version.ts'
import { type CommandFlags, fail } from './command.ts'

interface Running {
  readonly app: App
  readonly database: BootDatabase
  readonly lock: ServerLock
  readonly url: string
}

export async function start(flags: CommandFlags): Promise<void> {
  const out = flags.json ? process.stderr : process.stdout
  const voice: { say: Say } = { say: (line) => void out.write(`${line}\n`) }
  // Who reads the output may go away; the server stays.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {})
  const signals = listenForSignals()
  try {
    const config = readConfig(process.env, flags)
    voice.say(`Antiphon ${version}`)
    if (config.isUnderNpm) signals.followParent()
    const running = await bringUp(
      config,
      reportSteps((line) => voice.say(line)),
      openLog('info', gather(out)),
    )
    const { app, url } = running
    signals.drainWith((cause) => void stop(running, cause))
    flushCompileCache()

    const sign_in_link = await firstLink(running)
    for (const line of welcome(url, sign_in_link)) voice.say(line)
    // From here on stdout is the log's, in which every line is JSON.
    voice.say = (line) => app.kernel.log.warn(line)
    if (flags.json) process.stdout.write(`${JSON.stringify({ pid: process.pid, url, version, sign_in_link })}\n`)
  } catch (error) {
    fail(error, flags.json === true)
    process.exit()
  }
}

async function bringUp(given: Config, steps: Steps, log: Log): Promise<Running> {
  const data = makeDataDirectory(given)
  enableCompileCache(join(data, 'compile-cache'))
  const lock = await takeServerLock(data)
  const config = { ...given, data, port: await settlePort(given.host, given.port) }
  if (config.metricsPort !== null) await settlePort('127.0.0.1', config.metricsPort, 'ANTIPHON_METRICS_PORT')
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
    const app = await createApp({ config, connection: database.pool, secrets, assets: directory, log })
    await offerDemo(app, config, steps)
    await app.listen()
    const url = config.url ?? localUrl(config.host, config.port)
    lock.announce({ url: localUrl(config.host, config.port) })
    return { app, database, lock, url }
  } catch (error) {
    await database.close()
    throw error
  }
}

async function offerDemo(app: App, config: Config, steps: Steps): Promise<void> {
  const workspaces = await import('../modules/workspaces/service.ts')
  const isEmpty = (await workspaces.list(app.system(null), { limit: 1 })).length === 0
  if (wantsDemo(config, isEmpty)) await steps.step('Demo', () => loadDemo(app))
  else if (config.demo === 'always') steps.say('  Demo       not loaded: there is a workspace already')
}

/** A link for the first owner, until somebody has signed in. */
async function firstLink({ app, url }: Running): Promise<string | null> {
  const users = await import('../modules/users/service.ts')
  const system = app.system(null)
  const email = await users.firstToSignIn(system)
  return email === undefined ? null : `${url}${(await users.signInLink(system, email)).path}`
}

function welcome(url: string, link: string | null): string[] {
  const lines = [`  Ready in ${span(performance.now())}`, '', `  Dashboard  ${url}`, `  API        ${url}/v1`]
  return link === null ? lines : [...lines, `  Sign in    ${link}`, '             (once, within 15 minutes)']
}

/** A promise that is awaited later: until then its failure is nobody's. */
function settleLater<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => {})
  return promise
}

async function stop({ app, database, lock }: Running, cause: string): Promise<void> {
  const began = performance.now()
  const { log } = app.kernel
  log.info(`${cause}: stopping`)
  try {
    lock.announce({ stopping: true, has_database: false })
    await app.drain()
    await database.close()
    lock.release()
    log.info(`stopped in ${span(performance.now() - began)}`)
    process.exit(0)
  } catch (error) {
    fail(error, false)
    process.exit()
  }
}
