import { sql } from 'kysely'
import type { Ctx } from '../../kernel/context.ts'
import { global } from '../../kernel/db.ts'
import type { Used } from '../../kernel/usage.ts'
import { KEYS_SHOWN } from './schema.ts'

/** Adds counts to those that are there, in one statement and in one order, so that two processes do not block each other. */
export async function add(ctx: Pick<Ctx, 'db'>, counts: readonly Used[]): Promise<void> {
  await sql`
    insert into usage_minutes (workspace_id, minute, key_id, requests, refused)
    select w.id, c.minute, c.key_id, c.requests, c.refused
    from unnest(${counts.map((count) => count.workspace_id)}::uuid[], ${counts.map((count) => count.minute)}::timestamptz[],
      ${counts.map((count) => count.key_id ?? '')}::text[], ${counts.map((count) => count.requests)}::integer[],
      ${counts.map((count) => count.refused)}::integer[]) as c (workspace_id, minute, key_id, requests, refused)
    join workspaces w on w.id = c.workspace_id
    order by w.id, c.minute, c.key_id
    on conflict (workspace_id, minute, key_id) do update set
      requests = usage_minutes.requests + excluded.requests, refused = usage_minutes.refused + excluded.refused`.execute(
    ctx.db,
  )
}

export interface Row {
  readonly type: 'key' | 'people' | 'others'
  readonly key_id: string | null
  readonly name: string | null
  readonly limit: number | null
  readonly minute: Date
  readonly requests: number
  readonly refused: number
}

/** Minute by minute, of people, of the busiest keys, and of all other keys together. */
export async function list(ctx: Ctx, span: { from: Date; until: Date }): Promise<Row[]> {
  const { rows } = await sql<Row>`
    with used as (
      select key_id, minute, requests, refused from usage_minutes
      where workspace_id = ${ctx.workspace_id} and minute between ${span.from} and ${span.until}
    ), shown as (
      select key_id from used where key_id <> '' group by key_id
      order by sum(requests + refused) desc, key_id limit ${sql.lit(KEYS_SHOWN)}
    )
    select case when u.key_id = '' then 'people' when s.key_id is null then 'others' else 'key' end as type,
      s.key_id, k.name, k.requests_per_minute as limit, u.minute,
      sum(u.requests)::integer as requests, sum(u.refused)::integer as refused
    from used u left join shown s on s.key_id = u.key_id
      left join api_keys k on k.workspace_id = ${ctx.workspace_id} and k.id = s.key_id
    group by type, s.key_id, k.name, k.requests_per_minute, u.minute
    order by u.minute`.execute(ctx.db)
  return rows
}

export async function removeBefore(ctx: Ctx, time: Date, atMost: number): Promise<number> {
  const { numAffectedRows } = await sql`
    delete from usage_minutes where (workspace_id, minute, key_id) in (
      select workspace_id, minute, key_id from usage_minutes where minute < ${time}
      limit ${atMost} for update skip locked
    ) ${global('usage.expire')}`.execute(ctx.db)
  return Number(numAffectedRows ?? 0n)
}
