/** A picture as it lies in the store: measured, and without the place where it was taken. */
import { createHash } from 'node:crypto'
import { open, readFile } from 'node:fs/promises'
import { type Dimensions, dimensionsOf } from './dimensions.ts'
import { removePosition } from './position.ts'

export interface Tidied {
  readonly dimensions: Dimensions | null
  /** SHA-256 of the bytes as they are now, when they were changed. */
  readonly digest: string | null
}

let last: Promise<unknown> = Promise.resolve()

/** Measures the picture at `path` and takes its position out, durably. One picture at a time is held in memory. */
export function tidy(path: string, content_type: string): Promise<Tidied> {
  const next = last.then(() => tidyNow(path, content_type))
  last = next.catch(() => {})
  return next
}

async function tidyNow(path: string, content_type: string): Promise<Tidied> {
  const bytes = await readFile(path)
  const dimensions = dimensionsOf(bytes, content_type)
  if (!removePosition(bytes, content_type)) return { dimensions, digest: null }
  const file = await open(path, 'r+')
  try {
    await file.write(bytes, 0, bytes.length, 0)
    await file.sync()
  } finally {
    await file.close()
  }
  return { dimensions, digest: createHash('sha256').update(bytes).digest('hex') }
}
