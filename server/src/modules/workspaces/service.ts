/** Workspaces, each made with its sandbox twin: a workspace of its own, in which nothing leaves the building. */
import { openCache } from '../../kernel/cache.ts'
import { type Ctx, isTx, type Tx, transact, within } from '../../kernel/context.ts'
import { invalidField, notFound } from '../../kernel/errors.ts'
import { emit } from '../../kernel/events.ts'
import { isId, NIL_ID, newId } from '../../kernel/ids.ts'
import type { Kernel } from '../../kernel/kernel.ts'
import { iso } from '../../kernel/time.ts'
import { workspaceUpdated } from './events.ts'
import * as queries from './queries.ts'
import { MOST_REQUESTS, PLAN_LIMITS, type Settings, type Workspace, type WorkspaceInput } from './schema.ts'

export type { Settings } from './schema.ts'

/** What a module above does in the transaction that makes a workspace: called for it, then for its twin. */
export type Founder = (tx: Tx) => Promise<void>

let founders: readonly Founder[] | null = null

/** Names what modules above do for every new workspace. Called once, by modules/index.ts. */
export function foundWith(list: readonly Founder[]): void {
  founders = list
}

/** Makes a workspace and its sandbox twin, with whatever every workspace has from its first moment on. */
export function create(ctx: Ctx, input: Partial<WorkspaceInput> & Pick<WorkspaceInput, 'name'>): Promise<Workspace> {
  return transact(ctx, async (tx) => {
    const settings = {
      plan: 'basic',
      requests_per_minute: null,
      country: 'US',
      time_zone: 'UTC',
      locale: 'en',
    } as const
    const row = { ...settings, ...input }
    checkSettings(row)
    const id = newId()
    const sandbox_id = newId()
    await insert(tx, { ...row, id, sandbox_of: null })
    await insert(tx, { ...row, id: sandbox_id, sandbox_of: id })
    return present(await require(tx, id))
  })
}

/** Changes a workspace and its twin alike. What is already so changes nothing. */
export function update(ctx: Ctx, id: string, input: Partial<WorkspaceInput>): Promise<Workspace> {
  return transact(ctx, async (tx) => {
    const before = isId(id) ? await queries.lock(tx, id) : undefined
    if (!before || before.sandbox_of !== null) throw notFound()
    checkSettings(input)
    const changes = Object.fromEntries(Object.entries(input).filter(([key, value]) => known(before, key) !== value))
    if (Object.keys(changes).length === 0) return present(before)
    await queries.update(tx, id, changes)
    const previous = Object.fromEntries(Object.keys(changes).map((key) => [key, known(before, key)]))
    for (const workspace_id of [id, before.sandbox_id].filter((one) => one !== null)) {
      const workspace = present(await require(tx, workspace_id))
      await emit(within(tx, workspace_id), workspaceUpdated, { data: { workspace }, previous })
      forget(tx, workspace_id)
    }
    return present(await require(tx, id))
  })
}

/** The workspaces that customers reach, oldest first, at most `limit` of those after a number. */
export async function list(ctx: Ctx, page: { after?: number; limit?: number } = {}): Promise<Workspace[]> {
  const rows = await queries.list(ctx, { after: page.after ?? 0, limit: page.limit ?? 1_000 })
  return rows.map(present)
}

/** The caller's own workspace. */
export async function get(ctx: Ctx): Promise<Workspace> {
  return present(await require(ctx, ctx.workspace_id))
}

/** Any workspace, if it exists. */
export async function find(ctx: Ctx, id: string): Promise<Workspace | undefined> {
  const row = isId(id) ? await queries.find(ctx, id) : undefined
  return row && present(row)
}

/** The next number of a noun that counts by one. Take it last: others who want one wait until the transaction ends. */
export function nextNumber(tx: Tx, noun: string): Promise<number> {
  return queries.count(tx, tx.workspace_id, noun)
}

const kept = openCache<Settings>()

/** What every request may need to know of its workspace; at most two seconds old. */
export function settingsOf(ctx: Ctx): Promise<Settings> {
  const id = ctx.workspace_id
  if (isTx(ctx)) return kept.peek(ctx.kernel, id) ?? load(ctx, id)
  return settings(ctx.kernel, id)
}

/** The same before there is a caller. A 404 for a workspace that does not exist. */
export function settings(kernel: Kernel, id: string): Promise<Settings> {
  return kept.get(kernel, id, () => load({ db: kernel.database.kysely }, id))
}

async function load(ctx: Pick<Ctx, 'db'>, id: string): Promise<Settings> {
  const row = await require(ctx, id)
  const { number, name, plan, country, time_zone, locale, requests_per_minute } = row
  const limit = requests_per_minute ?? PLAN_LIMITS[plan]
  const mode = modeOf(row)
  return { id, number, name, plan, mode, country, time_zone, locale, limit: limit === 0 ? null : limit }
}

async function insert(tx: Tx, row: Omit<queries.NewRow, 'number'>): Promise<void> {
  if (!founders) throw new Error('modules/index.ts has not said what every new workspace has.')
  // Workspaces themselves are counted under the id of none.
  const number = await queries.count(tx, NIL_ID, 'workspace')
  await queries.insert(tx, { ...row, number })
  for (const found of founders) await found(within(tx, row.id))
}

async function require(ctx: Pick<Ctx, 'db'>, id: string): Promise<queries.Row> {
  const row = await queries.find(ctx, id)
  if (!row) throw notFound()
  return row
}

function forget(tx: Tx, id: string): void {
  tx.afterCommit(() => kept.forget(tx.kernel, id))
}

function known(row: queries.Row, key: string): unknown {
  return Object.entries(row).find(([name]) => name === key)?.[1]
}

function modeOf(row: queries.Row): Settings['mode'] {
  return row.sandbox_of === null ? 'live' : 'test'
}

/** Command line and API refuse alike what the system does not know. */
function checkSettings(input: Partial<WorkspaceInput>): void {
  if (input.name !== undefined && (input.name.trim() === '' || input.name.length > 200)) {
    throw invalidField('/name', 'length', 'A name has 1 to 200 characters.')
  }
  const limit = input.requests_per_minute ?? 0
  if (!Number.isInteger(limit) || limit < 0 || limit > MOST_REQUESTS) {
    throw invalidField('/requests_per_minute', 'range', `A limit is a whole number from 0 to ${MOST_REQUESTS}.`)
  }
  if (input.country !== undefined && !isCountry(input.country)) {
    throw invalidField('/country', 'country', 'A country is two letters, as ISO 3166-1 has them, such as US.')
  }
  if (input.time_zone !== undefined && !works(() => new Intl.DateTimeFormat('en', { timeZone: input.time_zone }))) {
    throw invalidField('/time_zone', 'time_zone', 'There is no such time zone. One looks like Europe/Berlin.')
  }
  if (input.locale !== undefined && !works(() => new Intl.Locale(input.locale ?? ''))) {
    throw invalidField('/locale', 'locale', 'That is not a language tag. One looks like en or pt-BR.')
  }
}

function isCountry(text: string): boolean {
  return (
    /^[A-Z]{2}$/.test(text) && new Intl.DisplayNames('en', { type: 'region', fallback: 'none' }).of(text) !== undefined
  )
}

function works(attempt: () => unknown): boolean {
  try {
    attempt()
    return true
  } catch {
    return false
  }
}

function present(row: queries.Row): Workspace {
  return {
    id: row.id,
    object: 'workspace',
    number: row.number,
    name: row.name,
    plan: row.plan,
    requests_per_minute: row.requests_per_minute,
    country: row.country,
    time_zone: row.time_zone,
    locale: row.locale,
    mode: modeOf(row),
    sandbox_id: row.sandbox_id,
    created_at: iso(row.created_at),
    updated_at: iso(row.updated_at),
  }
}
