/** Who is connected by which credential: how many at most, and out when the credential ends. */
import { CLOSE, type Connection } from '../../kernel/sockets.ts'
import { SECOND } from '../../kernel/time.ts'
import type { Credential } from '../api-keys/service.ts'

export interface Visit {
  readonly connection: Connection
  /** Whose connections are counted together: a user, a key, a guest. */
  readonly who: string
  readonly most: number
  /** What to watch; null for guests, whom events end. */
  readonly credential: Credential | null
}

export interface Roster {
  /** Lets a connection in and returns the way out, or closes it when there are too many. */
  admit(visit: Visit): (() => void) | null
  stop(): void
}

export interface Watch {
  /** Which of these have ended, asked for all at once. */
  readonly endedAmong: (credentials: readonly Credential[]) => Promise<ReadonlySet<Credential>>
  /** Calls when some credential has just ended in this process. Returns the way to stop. */
  readonly onEnded: (listen: () => void) => () => void
}

interface Entry {
  readonly credential: Credential
  readonly connections: Set<Connection>
}

const CHECK_EVERY = 1.5 * SECOND

/**
 * Credentials are asked about when one ends in this process, and every 1.5 s for what other processes end. A question that
 * fails is asked again the next time: a database that is away for a moment disconnects nobody.
 */
export function openRoster({ endedAmong, onEnded }: Watch): Roster {
  const entries = new Map<string, Entry>()
  const counts = new Map<string, number>()
  let isAsking = false

  const check = async () => {
    if (isAsking || entries.size === 0) return
    isAsking = true
    try {
      const asked = [...entries.values()]
      const ended = await endedAmong(asked.map(({ credential }) => credential))
      for (const { credential, connections } of asked) {
        if (!ended.has(credential)) continue
        entries.delete(nameOf(credential))
        for (const connection of connections) connection.close(CLOSE.credentialEnded)
      }
    } catch {
      // Asked again in 1.5 s.
    } finally {
      isAsking = false
    }
  }
  const timer = setInterval(() => void check(), CHECK_EVERY).unref()
  const deafen = onEnded(() => void check())

  const enter = (credential: Credential, connection: Connection): (() => void) => {
    const name = nameOf(credential)
    const entry = entries.get(name) ?? { credential, connections: new Set() }
    entries.set(name, entry)
    entry.connections.add(connection)
    return () => {
      entry.connections.delete(connection)
      if (entry.connections.size === 0 && entries.get(name) === entry) entries.delete(name)
    }
  }

  return {
    admit: ({ connection, who, most, credential }) => {
      const count = counts.get(who) ?? 0
      if (count >= most) {
        connection.close(CLOSE.tooMany)
        return null
      }
      counts.set(who, count + 1)
      const part = credential === null ? () => {} : enter(credential, connection)
      return () => {
        part()
        const left = (counts.get(who) ?? 1) - 1
        if (left === 0) counts.delete(who)
        else counts.set(who, left)
      }
    },
    stop: () => {
      clearInterval(timer)
      deafen()
    },
  }
}

function nameOf({ type, id, workspace_id, standing }: Credential): string {
  return `${type} ${id} ${workspace_id} ${standing}`
}
