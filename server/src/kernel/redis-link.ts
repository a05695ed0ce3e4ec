/**
 * One connection to Redis or Valkey that is never waited for.
 *
 * An answer that takes longer than a tenth of a second is no answer: the connection is thrown away with all that waits on
 * it, and until another one answers, whoever asks is told at once that there is none. So nothing is queued, and a server
 * that hangs costs one request a tenth of a second.
 */
import { setTimeout as sleep, setImmediate as turn } from 'node:timers/promises'
import type { Log } from './log.ts'
import { SECOND } from './time.ts'

export interface RedisLink {
  /** Runs a script; null when Redis is gone, or has just gone. */
  run(script: Script, keys: readonly string[], values: readonly string[]): Promise<unknown>
  /** Why there is no connection, or null when there is one. */
  trouble(): string | null
  close(): void
}

export interface Script {
  readonly text: string
  /** SHA-1, hexadecimal. */
  readonly digest: string
}

const ANSWER_MS = 100
const CONNECT_MS = 1 * SECOND
const RETRY_MS = 1 * SECOND
const STEPS = 10

/** Opens the connection, and goes on when there is none within a second. It comes back by itself. */
export async function openRedisLink(url: string, log: Log): Promise<RedisLink> {
  // 12 MB that only servers with a Redis need.
  const { createClient } = await import('@redis/client')
  const make = () =>
    createClient({
      url,
      RESP: 2,
      disableOfflineQueue: true,
      socket: { connectTimeout: CONNECT_MS, reconnectStrategy: false },
    })
  type Client = ReturnType<typeof make>

  let client: Client | null = null
  let trouble: string | null = 'it has not answered yet'
  let isTold = false
  let isClosed = false
  let timer: NodeJS.Timeout | undefined

  const fail = (error: unknown) => {
    trouble = error instanceof Error ? error.message || error.name : String(error)
    if (!isTold) log.warn({ redis: trouble }, 'Redis does not answer: this process counts its limits by itself')
    isTold = true
    if (!isClosed) timer = setTimeout(() => void connect(), RETRY_MS).unref()
  }
  const lose = (lost: Client, error: unknown) => {
    if (client !== lost) return
    client = null
    destroy(lost)
    if (!isClosed) fail(error)
  }
  const connect = async () => {
    const next = make()
    next.on('error', (error) => lose(next, error))
    try {
      await within(CONNECT_MS, next.connect())
      await within(CONNECT_MS, next.ping())
      if (isClosed) return destroy(next)
      client = next
      trouble = null
      if (isTold) log.info('Redis answers again: limits are shared with the other processes')
      isTold = false
    } catch (error) {
      destroy(next)
      fail(error)
    }
  }

  await connect()
  return {
    run: async (script, keys, values) => {
      const asked = client
      if (!asked) return null
      const options = { keys: [...keys], arguments: [...values] }
      try {
        return await within(ANSWER_MS, evaluate(asked, script, options))
      } catch (error) {
        lose(asked, error)
        return null
      }
    },
    trouble: () => trouble,
    close: () => {
      isClosed = true
      clearTimeout(timer)
      if (client) destroy(client)
      client = null
    },
  }
}

interface Evaluating {
  evalSha(digest: string, options: { keys: string[]; arguments: string[] }): Promise<unknown>
  eval(text: string, options: { keys: string[]; arguments: string[] }): Promise<unknown>
}

/** By its digest; in full when Redis does not know it yet, or no longer. */
async function evaluate(
  client: Evaluating,
  script: Script,
  options: { keys: string[]; arguments: string[] },
): Promise<unknown> {
  try {
    return await client.evalSha(script.digest, options)
  } catch (error) {
    if (!(error instanceof Error) || !error.message.startsWith('NOSCRIPT')) throw error
    return client.eval(script.text, options)
  }
}

/**
 * The answer, if it comes in time. Time begins when the question has been written, and passes in short steps: a process that
 * was busy itself, and so neither wrote nor read, has not waited.
 */
async function within<T>(milliseconds: number, answer: Promise<T>): Promise<T> {
  let isOver = false
  const late = async () => {
    await turn()
    for (let step = 0; step < STEPS && !isOver; step++) await sleep(milliseconds / STEPS, undefined, { ref: false })
    throw new Error(`no answer within ${milliseconds} ms`)
  }
  const waiting = late()
  waiting.catch(() => {})
  try {
    return await Promise.race([answer, waiting])
  } finally {
    isOver = true
  }
}

function destroy(client: { isOpen: boolean; destroy(): void }): void {
  if (client.isOpen) client.destroy()
}
