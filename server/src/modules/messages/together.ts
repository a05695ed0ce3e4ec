/**
 * Messages that arrive together are written together.
 *
 * While a statement is under way those who come wait for the next, which takes all of them: the database plans, commits and
 * answers once for many. Who comes alone waits for nobody. A conversation that somebody else holds is left out of the many
 * and its message tried alone, so nobody waits for a stranger's conversation.
 */
import pg from 'pg'
import type { Database } from '../../kernel/db.ts'
import { TOGETHER } from './appending.ts'
import * as queries from './queries.ts'

interface Waiting {
  readonly entry: queries.Entry
  readonly answer: (appended: Promise<queries.Appended | undefined>) => void
}

interface Queue {
  waiting: Waiting[]
  underWay: number
}

/** Statements under way at once: while the database works on one, the next is gathered. */
const AT_ONCE = 2
/** Milliseconds for which a statement keeps its place among them. */
const PATIENCE = 20

const queues = new WeakMap<Database, Record<queries.Entry['type'], Queue>>()

/** Adds a message as `queries.append` does, perhaps with others that wait. */
export function appendTogether(database: Database, entry: queries.Entry): Promise<queries.Appended | undefined> {
  const queue = queueOf(database, entry.type)
  return new Promise((answer) => {
    queue.waiting.push({ entry, answer })
    work(database, queue)
  })
}

function work(database: Database, queue: Queue): void {
  while (queue.waiting.length > 0 && queue.underWay < AT_ONCE) {
    const batch = takeBatch(queue)
    queue.underWay += 1
    void write(database, batch).finally(() => {
      queue.underWay -= 1
      work(database, queue)
    })
  }
}

/** The first who wait, one of each conversation. */
function takeBatch(queue: Queue): Waiting[] {
  const batch = new Map<string, Waiting>()
  const rest: Waiting[] = []
  for (const one of queue.waiting) {
    const conversation = `${one.entry.workspace_id} ${one.entry.conversation_id}`
    if (batch.size < TOGETHER && !batch.has(conversation)) batch.set(conversation, one)
    else rest.push(one)
  }
  queue.waiting = rest
  return [...batch.values()]
}

async function write({ kysely }: Database, batch: readonly Waiting[]): Promise<void> {
  const alone = ({ entry, answer }: Waiting) => answer(queries.append(kysely, entry))
  const [first] = batch
  if (!first) return
  if (batch.length === 1) {
    const appended = queries.append(kysely, first.entry)
    first.answer(appended)
    await settledOrPatient(appended)
    return
  }
  try {
    const several = await queries.appendSeveral(
      kysely,
      first.entry.type,
      batch.map(({ entry }) => entry),
    )
    const placed = new Map(several.map((appended) => [appended.id, appended]))
    for (const one of batch) {
      const appended = placed.get(one.entry.id)
      if (appended) one.answer(Promise.resolve(appended))
      else alone(one)
    }
  } catch (error) {
    // What the database refused it has not written: each hears of its own. Of a connection that broke nobody knows.
    for (const one of batch) {
      if (error instanceof pg.DatabaseError) alone(one)
      else one.answer(Promise.reject(error))
    }
  }
}

/** One that waits for somebody's lock gives its place to others. */
async function settledOrPatient(running: Promise<unknown>): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  const timer = setTimeout(resolve, PATIENCE)
  running.then(
    () => resolve(),
    () => resolve(),
  )
  await promise
  clearTimeout(timer)
}

function queueOf(database: Database, type: queries.Entry['type']): Queue {
  const empty = (): Queue => ({ waiting: [], underWay: 0 })
  const known = queues.get(database) ?? { incoming: empty(), outgoing: empty(), note: empty() }
  queues.set(database, known)
  return known[type]
}
