/** What a well-behaved client cannot send, and what a workspace holds before and after it. */
import { connect } from 'node:net'
import { setTimeout as wait } from 'node:timers/promises'
import type { World } from './world.ts'

export interface RawReply {
  readonly status: number
  readonly head: string
  readonly body: string
  /** Whether the server has closed the connection. */
  readonly isClosed: boolean
}

/** Writes bytes as they are to the server and reads what comes back until it closes, or for so long. */
export function wire(url: string, parts: readonly (string | Uint8Array)[], milliseconds = 400): Promise<RawReply> {
  const { hostname, port } = new URL(url)
  return new Promise((resolve) => {
    let text = ''
    const socket = connect(Number(port), hostname, async () => {
      for (const part of parts) {
        if (!socket.writable) return
        socket.write(part)
        await wait(5)
      }
    })
    const finish = (isClosed: boolean) => {
      clearTimeout(timer)
      socket.destroy()
      const [head = '', ...rest] = text.split('\r\n\r\n')
      resolve({ status: Number(head.split(' ')[1] ?? 0), head, body: rest.join('\r\n\r\n'), isClosed })
    }
    const timer = setTimeout(finish, milliseconds, false)
    socket.on('data', (data) => {
      text += data.toString('latin1')
    })
    socket.on('error', () => finish(true))
    socket.on('close', () => finish(true))
  })
}

/** A fingerprint of every row of a workspace, but for what a mere request leaves: that it came, and when its key was used. */
export async function everything(w: World): Promise<Record<string, unknown>> {
  await w.get('/v1/events?limit=1') // gives every event its position
  const tables = await w.sql(`
    select c.relname as name from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'workspace_id'
    where c.relkind in ('r', 'p') and not c.relispartition and c.relnamespace = 'public'::regnamespace
      and c.relname <> 'usage_minutes' order by 1`)
  const names = tables.map((table) => String(table['name']))
  const row = "(to_jsonb(t) - '{last_used_at,last_used_address}'::text[])"
  const parts = names.map(
    (
      name,
    ) => `select '${name}' as name, count(*)::int as n, md5(string_agg(${row}::text, '' order by ${row}::text)) as hash
      from ${name} t where workspace_id = $1`,
  )
  const rows = await w.sql(parts.join(' union all '), [w.id])
  return Object.fromEntries(rows.map((row) => [String(row['name']), `${row['n']} ${row['hash']}`]))
}
