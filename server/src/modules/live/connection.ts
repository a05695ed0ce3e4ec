/**
 * One live connection.
 *
 * It begins *behind*: it reads the log page by page from its cursor. An event that comes by meanwhile is not sent, only
 * noted; when a page comes back empty and nothing was noted, the connection is *level*, says `caught_up`, and from then on
 * each event is sent as it comes. So nothing is skipped, nothing is sent twice, and the order is the log's. Whoever
 * catches up slowly is waited for. One who is too far behind is told to read afresh, and goes on from now.
 */
import type { Ctx } from '../../kernel/context.ts'
import type { LoggedEvent } from '../../kernel/outbox.ts'
import { CLOSE, type Connection } from '../../kernel/sockets.ts'
import { cursorAt, listAfter, newestPosition } from './feed.ts'
import type { Reader } from './hub.ts'
import type { Ephemeral } from './schema.ts'

const PAGE = 200

/** What a reader sees of the workspace. */
export interface View {
  /** The frame of an event for this reader, or null when it is not theirs to see. `frame` is the whole event's. */
  readonly show: (event: LoggedEvent, frame: () => string) => string | null
  /** The same for what passes by. */
  readonly showEphemeral: (message: Ephemeral, frame: () => string) => string | null
  /** How many events of the log this reader may be behind; beyond it must read afresh. */
  readonly mostBehind: number
  /** Looks where the reader stands, once it is settled from where on events are told: what was before is in no event. */
  readonly orient?: () => Promise<void>
}

export function follow(
  ctx: Ctx,
  connection: Connection,
  view: View,
  frameOf: (event: LoggedEvent) => string,
): Reader & { begin(position: number): Promise<void> } {
  let position = 0
  let isLevel = false
  let hasMissed = false

  const send = (event: LoggedEvent, frame: () => string) => {
    position = event.position
    const text = view.show(event, frame)
    if (text !== null) connection.send(text)
  }

  const catchUp = async () => {
    for (let read = 0; ; ) {
      hasMissed = false
      const events = await listAfter(ctx, { after: position, limit: PAGE })
      for (const event of events) {
        send(event, () => frameOf(event))
        if (!(await connection.ready())) return
      }
      if (events.length === 0 && !hasMissed) break
      read += events.length
      if (read <= view.mostBehind) continue
      connection.send('{"type":"resync_required"}')
      position = await newestPosition(ctx)
      await view.orient?.()
      read = 0
    }
    isLevel = true
    connection.send(JSON.stringify({ type: 'caught_up', cursor: cursorAt(ctx, position) }))
  }

  return {
    workspace_id: ctx.workspace_id,
    begin: async (from) => {
      position = from
      await view.orient?.()
      await catchUp()
    },
    hear: (event, frame) => {
      if (!isLevel) hasMissed = true
      else if (event.position > position) send(event, frame)
    },
    fail: () => connection.close(CLOSE.restart),
    overhear: (message, frame) => {
      const text = view.showEphemeral(message, frame)
      if (text !== null) connection.send(text)
    },
  }
}
