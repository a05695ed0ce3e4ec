/** Tables cut by time: keys are UUIDv7, so a span of time is a span of ids, and what is old goes with its partition. */
import { type Kysely, sql } from 'kysely'
import { global } from './db.ts'
import { DAY } from './time.ts'

interface PartitionedTable {
  readonly table: string
  readonly span: 'day' | 'month'
  /** How long a row is kept at least, in milliseconds. */
  readonly keep: number
}

const tables: readonly PartitionedTable[] = [
  { table: 'events', span: 'month', keep: 30 * DAY },
  { table: 'idempotency_keys', span: 'day', keep: 1 * DAY },
]

/** Makes the partitions of yesterday, today and the next two spans, and drops those that hold only what is too old. */
// biome-ignore lint/complexity/noBannedTypes: Kysely's own way to say "no tables yet".
export async function keepPartitions(db: Kysely<{}>, now: Date): Promise<void> {
  for (const { table, span, keep } of tables) {
    for (let step = -1; step <= 2; step++) {
      const from = start(span, now, step)
      const until = start(span, now, step + 1)
      await sql`create table if not exists ${sql.id(`${table}_${stamp(span, from)}`)} partition of ${sql.id(table)}
        for values from (${sql.lit(firstId(from))}) to (${sql.lit(firstId(until))}) ${global('partitions.make')}`.execute(
        db,
      )
    }
    const oldest = `${table}_${stamp(span, start(span, new Date(now.getTime() - keep), -1))}`
    for (const name of await partitionsOf(db, table)) {
      if (name < oldest) await sql`drop table ${sql.id(name)} ${global('partitions.drop')}`.execute(db)
    }
  }
}

// biome-ignore lint/complexity/noBannedTypes: as above.
async function partitionsOf(db: Kysely<{}>, table: string): Promise<string[]> {
  const { rows } = await sql<{ name: string }>`
    select c.relname as name from pg_inherits i join pg_class c on c.oid = i.inhrelid
    where i.inhparent = ${table}::regclass ${global('partitions.list')}`.execute(db)
  return rows.map((row) => row.name)
}

function start(span: 'day' | 'month', time: Date, step: number): Date {
  const [year, month, day] = [time.getUTCFullYear(), time.getUTCMonth(), time.getUTCDate()]
  return span === 'day' ? new Date(Date.UTC(year, month, day + step)) : new Date(Date.UTC(year, month + step, 1))
}

function stamp(span: 'day' | 'month', time: Date): string {
  return time
    .toISOString()
    .slice(0, span === 'day' ? 10 : 7)
    .replaceAll('-', '_')
}

/** The smallest UUIDv7 of a millisecond. */
export function firstId(time: Date): string {
  const hex = time.getTime().toString(16).padStart(12, '0')
  return `${hex.slice(0, 8)}-${hex.slice(8)}-0000-0000-000000000000`
}
