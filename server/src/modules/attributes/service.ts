/** Tags: words that a workspace sorts its contacts and conversations by. A name is taken whatever its case. */
import { type Ctx, type Tx, transact } from '../../kernel/context.ts'
import { invalidField, notFound, refusal } from '../../kernel/errors.ts'
import { emit, oldValues } from '../../kernel/events.ts'
import type { Page } from '../../kernel/pages.ts'
import { iso } from '../../kernel/time.ts'
import { requireVersion } from '../../kernel/versions.ts'
import { tagCreated, tagDeleted, tagUpdated } from './events.ts'
import { spread } from './holders.ts'
import * as queries from './queries.ts'
import type { Row, Tag, TagInput, TagPatch } from './schema.ts'

export { tagHolder } from './holders.ts'

export const tagNameTaken = refusal('tag_name_taken', 409, 'There is a tag of that name.')

const ATTEMPTS = 5

/** The tag, or a 404. */
export async function get(ctx: Ctx, id: string): Promise<Row> {
  const row = await queries.find(ctx, id)
  if (!row) throw notFound()
  return row
}

/** A page of tags, newest first, with one row more than the limit when there is more. */
export function list(ctx: Ctx, page: Page): Promise<Row[]> {
  return queries.list(ctx, page)
}

/** Makes a tag. Refuses a name that is taken. */
export function create(ctx: Ctx, input: TagInput): Promise<Row> {
  const name = readName(input.name, '/name')
  return transact(ctx, async (tx) => {
    const color = input.color?.toLowerCase() ?? null
    const [row] = await queries.insert(tx, [{ name, name_key: fold(name), color }])
    if (!row) throw tagNameTaken()
    await emit(tx, tagCreated, { data: { tag: present(row) } })
    return row
  })
}

/** Changes name and color. What carries the tag carries it under the new name. */
export function update(ctx: Ctx, id: string, patch: TagPatch): Promise<Row> {
  return transact(ctx, async (tx) => {
    const before = await lock(tx, id)
    requireVersion(tx, before.version)
    const name = patch.name === undefined ? before.name : readName(patch.name, '/name')
    const color = patch.color === undefined ? before.color : (patch.color?.toLowerCase() ?? null)
    if (name === before.name && color === before.color) return before
    if (fold(name) !== before.name_key && (await queries.holdByKeys(tx, [fold(name)])).length > 0) throw tagNameTaken()

    const after = await queries.update(tx, id, { name, name_key: fold(name), color })
    const previous = oldValues(present(before), present(after))
    await emit(tx, tagUpdated, { data: { tag: present(after) }, previous: previous ?? {} })
    if (name !== before.name) await spread(tx, { tag_id: id, from: before.name, to: name })
    return after
  })
}

/** Deletes the tag and takes it off everything that carries it. */
export function remove(ctx: Ctx, id: string): Promise<void> {
  return transact(ctx, async (tx) => {
    const before = await lock(tx, id)
    requireVersion(tx, before.version)
    await queries.update(tx, id, { deleted_at: tx.now() })
    await emit(tx, tagDeleted, { data: { tag: present(before) } })
    await spread(tx, { tag_id: id, from: before.name, to: null })
  })
}

/** The names as their tags spell them, each once, in the order given; those that do not exist are made. */
export async function ensureTags(tx: Tx, names: readonly string[], pointer = '/tags'): Promise<string[]> {
  return (await ensureTagRows(tx, names, pointer)).map((row) => row.name)
}

/**
 * The same, with their ids. Nobody can rename or delete them until the transaction ends, so what is written with these
 * names is found by whoever does so next.
 */
export async function ensureTagRows(tx: Tx, names: readonly string[], pointer = '/tags'): Promise<Row[]> {
  const wanted = new Map(
    names.map((name, index) => readName(name, `${pointer}/${index}`)).map((name) => [fold(name), name]),
  )
  if (wanted.size === 0) return []
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const found = new Map((await queries.holdByKeys(tx, [...wanted.keys()])).map((row) => [row.name_key, row]))
    const rows = [...wanted.keys()].map((key) => found.get(key)).filter((row) => row !== undefined)
    if (rows.length === wanted.size) return rows
    const missing = [...wanted].filter(([key]) => !found.has(key))
    const made = await queries.insert(
      tx,
      missing.map(([name_key, name]) => ({ name, name_key, color: null })),
    )
    for (const row of made) await emit(tx, tagCreated, { data: { tag: present(row) } })
  }
  throw new Error('Tags were deleted as fast as they were made.')
}

/** How a name is compared. */
export function fold(name: string): string {
  return name.trim().normalize('NFC').toLowerCase()
}

export function present(row: Row): Tag {
  const { id, number, name, color } = row
  return { id, object: 'tag', number, name, color, created_at: iso(row.created_at), updated_at: iso(row.updated_at) }
}

async function lock(tx: Tx, id: string): Promise<Row> {
  const row = await queries.lockAnyway(tx, id)
  if (!row || row.deleted_at) throw notFound()
  return row
}

function readName(text: string, pointer: string): string {
  const name = text.trim()
  if (name === '') throw invalidField(pointer, 'blank', 'A tag has a name.')
  return name
}
