/** Bytes on disk: written beside, made durable, then renamed; never half there. */
import { createReadStream, createWriteStream } from 'node:fs'
import { mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { newId } from './ids.ts'

export interface FileStore {
  /** Writes a stream to a place of its own that nobody refers to yet, flushed to disk; returns its path. */
  stage(source: Readable | AsyncIterable<Buffer>): Promise<string>
  /** Gives a staged file its key. Durable when the promise resolves. */
  keep(staged: string, key: string): Promise<void>
  read(key: string, range?: { start: number; end: number }): Readable
  size(key: string): Promise<number | null>
  remove(key: string): Promise<void>
  discard(staged: string): Promise<void>
  /** Discards what was staged before a time and never kept. */
  clearStaged(before: Date): Promise<void>
  /** The keys of what was written before a time. */
  listKept(before: Date): AsyncIterable<string>
}

/** @param directory holds `staged/` and the files under the first two characters of the end of their key. */
export function openFileStore(directory: string): FileStore {
  const staging = join(directory, 'staged')
  const pathOf = (key: string) => join(directory, key.slice(-2), key)
  return {
    stage: async (source) => {
      await mkdir(staging, { recursive: true, mode: 0o700 })
      const path = join(staging, newId())
      try {
        await pipeline(source, createWriteStream(path, { mode: 0o600, flush: true }))
      } catch (error) {
        await rm(path, { force: true })
        throw error
      }
      return path
    },
    keep: async (staged, key) => {
      const path = pathOf(key)
      const made = await mkdir(dirname(path), { recursive: true, mode: 0o700 })
      if (made !== undefined) await flushDirectory(dirname(made))
      await rename(staged, path)
      await flushDirectory(dirname(path))
    },
    read: (key, range) => createReadStream(pathOf(key), range),
    size: async (key) => {
      try {
        return (await stat(pathOf(key))).size
      } catch {
        return null
      }
    },
    remove: (key) => rm(pathOf(key), { force: true }),
    discard: (staged) => rm(staged, { force: true }),
    clearStaged: async (before) => {
      const names = await readdir(staging).catch(() => [])
      for (const name of names) {
        const path = join(staging, name)
        const { mtime } = await stat(path)
        if (mtime < before) await rm(path, { force: true })
      }
    },
    listKept: async function* (before) {
      const directories = await readdir(directory).catch(() => [])
      for (const name of directories.filter((one) => one.length === 2)) {
        for (const key of await readdir(join(directory, name))) {
          const found = await stat(pathOf(key)).catch(() => null)
          if (found && found.mtime < before) yield key
        }
      }
    },
  }
}

async function flushDirectory(path: string): Promise<void> {
  const handle = await open(path, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}
