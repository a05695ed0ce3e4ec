/** Who is listening right now: the readers of each workspace, told of every event and of what merely passes by. */
import type { LoggedEvent } from '../../kernel/outbox.ts'
import type { Ephemeral } from './schema.ts'

export interface Reader {
  readonly workspace_id: string
  hear(event: LoggedEvent, frame: () => string): void
  overhear(message: Ephemeral, frame: () => string): void
  /** It could not hear: let it come back and go on from where it was. */
  fail(): void
}

export interface Hub {
  join(reader: Reader): () => void
  tell(events: readonly LoggedEvent[], frameOf: (event: LoggedEvent) => string): void
  pass(workspace_id: string, message: Ephemeral, except?: Reader): void
}

export function openHub(): Hub {
  const rooms = new Map<string, Set<Reader>>()
  return {
    join: (reader) => {
      const room = rooms.get(reader.workspace_id) ?? new Set()
      rooms.set(reader.workspace_id, room.add(reader))
      return () => {
        room.delete(reader)
        if (room.size === 0 && rooms.get(reader.workspace_id) === room) rooms.delete(reader.workspace_id)
      }
    },
    tell: (events, frameOf) => {
      for (const event of events) {
        const room = rooms.get(event.workspace_id)
        if (!room) continue
        const frame = onceMade(() => frameOf(event))
        for (const reader of room) tellOne(reader, event, frame)
      }
    },
    pass: (workspace_id, message, except) => {
      const frame = onceMade(() => JSON.stringify(message))
      for (const reader of rooms.get(workspace_id) ?? []) if (reader !== except) reader.overhear(message, frame)
    },
  }
}

/** What one reader cannot take is kept from no other. */
function tellOne(reader: Reader, event: LoggedEvent, frame: () => string): void {
  try {
    reader.hear(event, frame)
  } catch {
    reader.fail()
  }
}

/** One frame is built for all who read it, when the first of them does. */
function onceMade(make: () => string): () => string {
  let made: string | undefined
  return () => {
    made ??= make()
    return made
  }
}
