/** `antiphon status`: whether a server runs on the data directory, where, and whether it is ready. */

import { existsSync } from 'node:fs'
import { findServer, type ServerNote } from '../boot/lock.ts'
import type { Config } from '../config.ts'
import { version } from '../version.ts'
import type { Answer } from './command.ts'

const ANSWER_MS = 3_000

export async function status(config: Config): Promise<Answer> {
  const server = existsSync(config.data) ? await findServer(config.data) : null
  if (!server) {
    return {
      json: { running: false, version, data: config.data, pid: null, url: null, started_at: null, ready: false },
      text: `No server runs on ${config.data}.`,
    }
  }
  const ready = server.url !== null && (await isReady(server.url))
  return {
    json: { running: true, version, data: config.data, ...server, ready },
    text: `A server (pid ${server.pid}) runs on ${config.data}${where(server)}; it is ${ready ? '' : 'not '}ready.`,
  }
}

function where(server: ServerNote): string {
  return server.url === null ? '' : `, at ${server.url}, since ${server.started_at}`
}

async function isReady(url: string): Promise<boolean> {
  try {
    const answer = await fetch(`${url}/ready`, { signal: AbortSignal.timeout(ANSWER_MS) })
    return answer.ok
  } catch {
    // Whatever keeps it from answering, it is not ready.
    return false
  }
}
