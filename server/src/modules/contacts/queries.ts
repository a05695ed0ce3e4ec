import { type RawBuilder, sql } from 'kysely'
import type { Ctx, Tx } from '../../kernel/context.ts'
import { global } from '../../kernel/db.ts'
import type { Key } from '../../kernel/pages.ts'
import { DAY } from '../../kernel/time.ts'
import type { Facts } from './fields.ts'
import type { Identity } from './identities.ts'
import type { IdentityKind, Row } from './schema.ts'

export async function find(ctx: Ctx, id: string): Promise<Row | undefined> {
  const { rows } = await sql<Row>`
    select * from contacts where workspace_id = ${ctx.workspace_id} and id = ${id} and deleted_at is null`.execute(
    ctx.db,
  )
  return rows[0]
}

export async function lock(tx: Tx, id: string): Promise<Row | undefined> {
  const { rows } = await sql<Row>`
    select * from contacts where workspace_id = ${tx.workspace_id} and id = ${id} and deleted_at is null
    for no key update`.execute(tx.db)
  return rows[0]
}

/** The contacts that hold any of the identities: none, one, or, when the identities disagree, several. */
export async function findByIdentities(ctx: Ctx, identities: readonly Identity[]): Promise<Row[]> {
  const { rows } = await sql<Row>`
    select c.* from contacts c
    where c.workspace_id = ${ctx.workspace_id} and c.id in (${ownersOf(ctx, identities)}) and c.deleted_at is null`.execute(
    ctx.db,
  )
  return rows
}

/** The same, held until the transaction ends. One who lost the identity while this waited is still among them. */
export async function lockByIdentities(tx: Tx, identities: readonly Identity[]): Promise<Row[]> {
  const { rows } = await sql<Row>`
    select c.* from contacts c
    where c.workspace_id = ${tx.workspace_id} and c.id in (${ownersOf(tx, identities)}) and c.deleted_at is null
    order by c.id for no key update of c`.execute(tx.db)
  return rows
}

function ownersOf(ctx: Ctx, identities: readonly Identity[]): RawBuilder<unknown> {
  return sql`select contact_id from contact_identities
    where workspace_id = ${ctx.workspace_id} and (kind, value) in (select * from ${unnest(identities)})`
}

function unnest(identities: readonly Identity[]): RawBuilder<unknown> {
  return sql`unnest(${identities.map(({ kind }) => kind)}::text[], ${identities.map(({ value }) => value)}::text[])`
}

export interface NewContact {
  readonly id: string
  readonly facts: Facts
  readonly search: string
  readonly tags: readonly string[]
  readonly identities: readonly Identity[]
  readonly claimed: boolean
}

/**
 * Writes a contact if all its identities are free, waiting for whoever is just taking one. Answers nothing when one is
 * taken; then what could be claimed must be released again.
 */
export async function insert(tx: Tx, contact: NewContact): Promise<Row | undefined> {
  const { id, facts } = contact
  const now = tx.now()
  const { rows } = await sql<Row>`
    with claims as (
      insert into contact_identities (workspace_id, kind, value, contact_id, claimed)
      select ${tx.workspace_id}, i.kind, i.value, ${id}, ${contact.claimed}
      from ${unnest(contact.identities)} as i (kind, value) order by i.kind, i.value
      on conflict do nothing returning 1
    )
    insert into contacts (workspace_id, id, email, phone, phone_raw, external_id, name, first_name, last_name, language,
      time_zone, country, city, job_title, custom_data, verified, tags, search, created_at, updated_at)
    select ${tx.workspace_id}, ${id}, ${facts.email}, ${facts.phone}, ${facts.phone_raw}, ${facts.external_id},
      ${facts.name}, ${facts.first_name}, ${facts.last_name}, ${facts.language}, ${facts.time_zone}, ${facts.country},
      ${facts.city}, ${facts.job_title}, ${JSON.stringify(facts.custom_data)}, ${facts.verified},
      ${contact.tags}::text[], ${contact.search}, ${now}, ${now}
    where (select count(*) from claims) = ${contact.identities.length}
    returning *`.execute(tx.db)
  return rows[0]
}

export async function update(
  tx: Tx,
  id: string,
  contact: { facts: Facts; search: string; tags: readonly string[] },
): Promise<Row> {
  const { facts } = contact
  const { rows } = await sql<Row>`
    update contacts set email = ${facts.email}, phone = ${facts.phone}, phone_raw = ${facts.phone_raw},
      external_id = ${facts.external_id}, name = ${facts.name}, first_name = ${facts.first_name},
      last_name = ${facts.last_name}, language = ${facts.language}, time_zone = ${facts.time_zone},
      country = ${facts.country}, city = ${facts.city}, job_title = ${facts.job_title},
      custom_data = ${JSON.stringify(facts.custom_data)}, verified = ${facts.verified}, tags = ${contact.tags}::text[],
      search = ${contact.search}, version = version + 1, updated_at = ${tx.now()}
    where workspace_id = ${tx.workspace_id} and id = ${id} returning *`.execute(tx.db)
  const [row] = rows
  if (!row) throw new Error('A locked contact is gone.')
  return row
}

/** Takes what is free of the identities for the contact; answers what it got. */
export async function claim(
  tx: Tx,
  contact_id: string,
  wanted: { identities: readonly Identity[]; claimed: boolean },
): Promise<Identity[]> {
  const { rows } = await sql<Identity>`
    insert into contact_identities (workspace_id, kind, value, contact_id, claimed)
    select ${tx.workspace_id}, i.kind, i.value, ${contact_id}, ${wanted.claimed}
    from ${unnest(wanted.identities)} as i (kind, value) order by i.kind, i.value
    on conflict do nothing returning kind, value`.execute(tx.db)
  return rows
}

export async function release(tx: Tx, contact_id: string, identities: readonly Identity[]): Promise<void> {
  await sql`
    delete from contact_identities
    where workspace_id = ${tx.workspace_id} and contact_id = ${contact_id}
      and (kind, value) in (select * from ${unnest(identities)})`.execute(tx.db)
}

export async function releaseAll(tx: Tx, contact_id: string): Promise<void> {
  await sql`
    delete from contact_identities
    where workspace_id = ${tx.workspace_id} and contact_id = ${contact_id}`.execute(tx.db)
}

export async function findOwner(
  ctx: Ctx,
  { kind, value }: Identity,
): Promise<{ kind: IdentityKind; contact_id: string; claimed: boolean } | undefined> {
  const { rows } = await sql<{ kind: IdentityKind; contact_id: string; claimed: boolean }>`
    select kind, contact_id, claimed from contact_identities
    where workspace_id = ${ctx.workspace_id} and kind = ${kind} and value = ${value}`.execute(ctx.db)
  return rows[0]
}

/** Whether anything the contact is recognised by is more than a visitor's word. */
export async function isVouchedFor(ctx: Ctx, contact_id: string): Promise<boolean> {
  const { rows } = await sql`
    select from contact_identities
    where workspace_id = ${ctx.workspace_id} and contact_id = ${contact_id} and not claimed limit 1`.execute(ctx.db)
  return rows.length > 0
}

/** What a visitor claimed has been proven, or is known from elsewhere. */
export async function vouch(tx: Tx, contact_id: string, identities: readonly Identity[]): Promise<void> {
  await sql`
    update contact_identities set claimed = false
    where workspace_id = ${tx.workspace_id} and contact_id = ${contact_id} and claimed
      and (kind, value) in (select * from ${unnest(identities)})`.execute(tx.db)
}

/** Makes these, and no others, the contact's tags. */
export async function setTags(tx: Tx, contact_id: string, tag_ids: readonly string[]): Promise<void> {
  await sql`
    with gone as (
      delete from contact_tags
      where workspace_id = ${tx.workspace_id} and contact_id = ${contact_id} and tag_id <> all (${tag_ids}::uuid[])
    )
    insert into contact_tags (workspace_id, tag_id, contact_id)
    select ${tx.workspace_id}, tag_id, ${contact_id} from unnest(${tag_ids}::uuid[]) as tag_id
    on conflict do nothing`.execute(tx.db)
}

/** Renames or takes off a tag on at most so many contacts; answers them as they are, with their tags as they were. */
export async function retag(
  tx: Tx,
  change: { tag_id: string; from: string; to: string | null },
  atMost: number,
): Promise<(Row & { old_tags: string[] })[]> {
  const { rows } = await sql<Row & { old_tags: string[] }>`
    with picked as (
      select c.id, c.tags from contact_tags t cross join lateral (
        select id, tags from contacts
        where workspace_id = ${tx.workspace_id} and id = t.contact_id and deleted_at is null
          and tags @> array[${change.from}::text]
        for no key update
      ) c
      where t.workspace_id = ${tx.workspace_id} and t.tag_id = ${change.tag_id}
      order by t.contact_id limit ${atMost}
    ), gone as (
      delete from contact_tags
      where workspace_id = ${tx.workspace_id} and tag_id = ${change.tag_id} and ${change.to}::text is null
        and contact_id in (select id from picked)
    )
    update contacts c set version = version + 1, updated_at = ${tx.now()},
      tags = case when ${change.to}::text is null then array_remove(c.tags, ${change.from}::text)
        else array_replace(c.tags, ${change.from}::text, ${change.to}::text) end
    from picked where c.workspace_id = ${tx.workspace_id} and c.id = picked.id
    returning c.*, picked.tags as old_tags`.execute(tx.db)
  return rows
}

/** Moves the time a contact was last seen, if it is older than `before`. */
export async function seen(tx: Tx, id: string, before: Date): Promise<(Row & { old: Date | null }) | undefined> {
  const { rows } = await sql<Row & { old: Date | null }>`
    update contacts c set last_seen_at = ${tx.now()}, version = c.version + 1, updated_at = ${tx.now()}
    from contacts o
    where c.workspace_id = ${tx.workspace_id} and c.id = ${id} and c.deleted_at is null
      and (c.last_seen_at is null or c.last_seen_at < ${before})
      and o.workspace_id = c.workspace_id and o.id = c.id
    returning c.*, o.last_seen_at as old`.execute(tx.db)
  return rows[0]
}

export async function remove(tx: Tx, id: string): Promise<void> {
  await sql`
    with tags as (
      delete from contact_tags where workspace_id = ${tx.workspace_id} and contact_id = ${id}
    ), identities as (
      delete from contact_identities where workspace_id = ${tx.workspace_id} and contact_id = ${id}
    )
    update contacts set deleted_at = ${tx.now()}, updated_at = ${tx.now()}, version = version + 1
    where workspace_id = ${tx.workspace_id} and id = ${id}`.execute(tx.db)
}

const KEPT = 30 * DAY

/** Takes everything out of contacts that were deleted 30 days ago; answers how many. */
export async function emptyDeleted(ctx: Ctx, atMost: number): Promise<number> {
  const { numAffectedRows } = await sql`
    update contacts set email = null, phone = null, phone_raw = null, external_id = null, name = null, first_name = null,
      last_name = null, language = null, time_zone = null, country = null, city = null, job_title = null,
      avatar_url = null, tags = '{}', custom_data = '{}', search = '', last_seen_at = null, emptied_at = ${ctx.now()}
    where (workspace_id, id) in (
      select workspace_id, id from contacts
      where deleted_at < ${new Date(ctx.now().getTime() - KEPT)} and emptied_at is null
      limit ${atMost} for update skip locked
    ) ${global('contacts.empty')}`.execute(ctx.db)
  return Number(numAffectedRows ?? 0n)
}

export interface Filter {
  readonly identities: readonly Identity[]
  /** The key of a tag's name. */
  readonly tag: string | null
  readonly words: readonly string[]
}

/**
 * Pages run from the newest contact to the oldest; those before a cursor come oldest first. Those of a tag are read in the
 * order of the tag's own index, one by one, so that a rare tag costs no more than a common one.
 */
export async function list(
  ctx: Ctx,
  filter: Filter,
  page: { limit: number; after: Key | null; before: Key | null },
): Promise<Row[]> {
  const edge = page.after ?? page.before
  const key = filter.tag === null ? sql`c.id` : sql`t.contact_id`
  const within = edge === null ? sql`true` : page.before ? sql`${key} > ${edge[0]}` : sql`${key} < ${edge[0]}`
  const conditions = [
    sql`c.workspace_id = ${ctx.workspace_id} and c.deleted_at is null`,
    ...filter.identities.map(
      ({ kind, value }) => sql`c.id = (select contact_id from contact_identities
        where workspace_id = ${ctx.workspace_id} and kind = ${kind} and value = ${value})`,
    ),
    ...filter.words.map((word) => sql`c.search like ${`% ${escapeLike(word)}%`}`),
  ]
  const matching = sql.join(conditions, sql` and `)
  const from =
    filter.tag === null
      ? sql`contacts c where ${matching}`
      : sql`contact_tags t cross join lateral (
          select * from contacts c where c.id = t.contact_id and ${matching} offset 0
        ) c where t.workspace_id = ${ctx.workspace_id} and t.tag_id = (
          select id from tags where workspace_id = ${ctx.workspace_id} and name_key = ${filter.tag} and deleted_at is null
        )`
  const { rows } = await sql<Row>`
    select c.* from ${from} and ${within}
    order by ${key} ${page.before ? sql`asc` : sql`desc`} limit ${page.limit + 1}`.execute(ctx.db)
  return rows
}

function escapeLike(text: string): string {
  return text.replaceAll(/[\\%_]/g, '\\$&')
}
