/** Files: what people send each other beside words. The bytes lie in the store under the id of their row. */
import type { Ctx, Tx } from '../../kernel/context.ts'
import { type FieldError, invalid, invalidField, notFound, refusal } from '../../kernel/errors.ts'
import { newId } from '../../kernel/ids.ts'
import { iso } from '../../kernel/time.ts'
import type { Upload } from '../../kernel/uploads.ts'
import { contentTypeOf } from './content-types.ts'
import { signUrl } from './links.ts'
import { tidy } from './pictures.ts'
import * as queries from './queries.ts'
import type { File, Row } from './schema.ts'

export { fileTypeMismatch } from './content-types.ts'
export { signUrl } from './links.ts'
export type { Row } from './schema.ts'

export const fileTypeNotAllowed = refusal('file_type_not_allowed', 422, 'Files of this type are not taken here.')

const NAME_LENGTH = 255

/**
 * Keeps an upload as a file of the caller's. Its type is what its bytes say; where pictures were taken is removed. The
 * bytes are on disk before the row is written. `takes` decides which types are welcome.
 */
export async function create(
  ctx: Ctx,
  upload: Upload,
  options: { takes?: (content_type: string) => boolean } = {},
): Promise<Row> {
  const name = readName(upload.name)
  const content_type = await contentTypeOf(upload)
  if (options.takes && !options.takes(content_type)) {
    throw fileTypeNotAllowed({ detail: `${content_type} is not taken here.` })
  }
  const picture = content_type.startsWith('image/') ? await tidy(upload.path, content_type) : null
  const id = newId()
  await ctx.kernel.files.keep(upload.path, id)
  try {
    return await queries.insert(ctx, {
      id,
      name,
      content_type,
      size: upload.size,
      width: picture?.dimensions?.width ?? null,
      height: picture?.dimensions?.height ?? null,
      digest: picture?.digest ?? upload.digest,
      uploader_type: ctx.actor.type,
      uploader_id: ctx.actor.id,
    })
  } catch (error) {
    await ctx.kernel.files.remove(id)
    throw error
  }
}

/** The file, or a 404. */
export async function get(ctx: Ctx, id: string): Promise<Row> {
  const row = await queries.find(ctx, id)
  if (!row) throw notFound()
  return row
}

/**
 * Hangs files on whatever the transaction writes; they are answered in the order of their ids. A file hangs in one place
 * only, and a customer can hang only what they uploaded themselves.
 */
export async function attach(tx: Tx, ids: readonly string[], pointer = '/attachments'): Promise<Row[]> {
  const attached = new Map((await queries.attach(tx, ids)).map((row) => [row.id, row]))
  if (attached.size < new Set(ids).size) throw await unattachable(tx, ids, { attached, pointer })
  return ids.map((id) => attached.get(id)).filter((row) => row !== undefined)
}

/** Deletes files whose place is gone. Their bytes follow. */
export async function remove(tx: Tx, ids: readonly string[]): Promise<void> {
  await queries.markDeleted(tx, ids)
  tx.afterCommit(() => {
    for (const id of ids) void tx.kernel.files.remove(id).catch(() => {}) // the hourly clearing tries again
  })
}

/** As it is answered, with a link that is good for an hour; without one for what is stored, such as an event. */
export function present(ctx: Ctx, row: Row, { signed }: { signed: boolean }): File {
  const { id, number, name, content_type, size, width, height } = row
  const url = signed ? signUrl(ctx, row) : null
  return { id, object: 'file', number, name, content_type, size, width, height, url, created_at: iso(row.created_at) }
}

async function unattachable(
  tx: Tx,
  ids: readonly string[],
  { attached, pointer }: { attached: ReadonlyMap<string, Row>; pointer: string },
): Promise<Error> {
  const there = new Set(tx.actor.type === 'contact' ? [] : (await queries.findAll(tx, ids)).map((row) => row.id))
  const errors = ids.flatMap((id, index): FieldError[] => {
    if (attached.has(id)) return []
    const isThere = there.has(id)
    const detail = isThere ? 'This file is attached elsewhere.' : 'There is no such file.'
    return [{ pointer: `${pointer}/${index}`, code: isThere ? 'attached' : 'not_found', detail }]
  })
  return invalid({ errors })
}

function readName(text: string): string {
  if (text.includes('\0') || !text.isWellFormed()) throw invalidField('/file', 'name', 'The name is not text.')
  if ([...text].length > NAME_LENGTH)
    throw invalidField('/file', 'name', `A name has at most ${NAME_LENGTH} characters.`)
  return text
}
