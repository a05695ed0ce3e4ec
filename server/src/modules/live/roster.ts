/** Who is connected by which credential: how many at most, and out when the credential ends. */
import type { Caller, Incoming } from '../../kernel/http.ts'
import { CLOSE, type Connection } from '../../kernel/sockets.ts'
import { SECOND } from '../../kernel/time.ts'

interface Entry {
  readonly connections: Set<Connection>
  /** How the credential was presented; asked again to see whether it still holds. Null for guests, whom events end. */
  readonly incoming: Incoming | null
  /** What the credential allowed when it came. */
  readonly allowed: string
}

export interface Roster {
  /** Lets a connection in and returns the way out, or closes it when the credential has too many. */
  admit(visit: { connection: Connection; caller: Caller; most: number; incoming?: Incoming }): (() => void) | null
  stop(): void
}

const CHECK_EVERY = 1.5 * SECOND

/** @param recognise says who a credential is now; it refuses one that has ended. */
export function openRoster(recognise: (incoming: Incoming) => Promise<Caller>): Roster {
  const entries = new Map<string, Entry>()

  const check = async (name: string, entry: Entry) => {
    if (!entry.incoming) return
    const allowed = await recognise(entry.incoming).then(powers, () => null)
    if (allowed === entry.allowed) return
    entries.delete(name)
    for (const connection of entry.connections) connection.close(CLOSE.credentialEnded)
  }
  const timer = setInterval(() => {
    for (const [name, entry] of entries) void check(name, entry)
  }, CHECK_EVERY).unref()

  return {
    admit: ({ connection, caller, most, incoming }) => {
      const name = `${caller.workspace_id} ${caller.credential} ${powers(caller)}`
      const entry = entries.get(name) ?? { connections: new Set(), incoming: incoming ?? null, allowed: powers(caller) }
      if (entry.connections.size >= most) {
        connection.close(CLOSE.tooMany)
        return null
      }
      entries.set(name, entry)
      entry.connections.add(connection)
      return () => {
        entry.connections.delete(connection)
        if (entry.connections.size === 0 && entries.get(name) === entry) entries.delete(name)
      }
    },
    stop: () => clearInterval(timer),
  }
}

function powers(caller: Caller): string {
  return [...caller.scopes].sort().join(' ')
}
