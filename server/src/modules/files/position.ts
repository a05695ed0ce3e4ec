/**
 * Where a picture was taken, taken out of it.
 *
 * Nothing is encoded anew and nothing moves: the entry for the position is removed from the directory it stands in, what it
 * pointed to is overwritten, and the file keeps its length. EXIF is a TIFF directory wherever it is embedded; XMP is text.
 */
import { crc32 } from 'node:zlib'

interface Directory {
  readonly bytes: Buffer
  u16(at: number): number
  u32(at: number): number
  writeU16(value: number, at: number): void
}

const GPS = 0x8825
const ORIENTATION = 0x0112
const ENTRY = 12
const DIRECTORIES_AT_MOST = 16
const ENTRIES_AT_MOST = 1_000
/** What is looked at in one picture: more than any camera or program writes, and read in a moment by whoever made it up. */
const EXIF_AT_MOST = 32
const XMP_AT_MOST = 1_000
const CHUNKS_AT_MOST = 20_000
/** Bytes of one value of each TIFF type, by number. */
const SIZES = [1, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8, 4]

/** Overwrites the position in the bytes of a picture; answers whether there was one. */
export function removePosition(picture: Buffer, content_type: string): boolean {
  if (content_type === 'image/png') return cleanPng(picture)
  const directories = directoriesIn(picture, content_type)
  const found = directories.map(cleanDirectories)
  return [...found, cleanXmp(picture)].includes(true)
}

/** How a picture is to be turned, 1 to 8, by the first EXIF directory that says so. */
export function orientationOf(picture: Buffer, content_type: string): number {
  for (const tiff of directoriesIn(picture, content_type)) {
    const directory = open(tiff)
    if (!directory) continue
    const at = entriesOf(directory, directory.u32(4)).find((entry) => directory.u16(entry) === ORIENTATION)
    if (at !== undefined) return directory.u16(at + 8)
  }
  return 1
}

/** Every TIFF structure embedded in a picture. */
function directoriesIn(picture: Buffer, content_type: string): Buffer[] {
  if (content_type === 'image/tiff') return [picture]
  if (content_type === 'image/png')
    return chunksOf(picture)
      .filter(({ type }) => type === 'eXIf')
      .map(({ data }) => data)
  const found: Buffer[] = []
  for (const mark of ['Exif\0\0II*\0', 'Exif\0\0MM\0*']) {
    for (const at of placesOf(picture, mark, EXIF_AT_MOST)) found.push(picture.subarray(at + 6))
  }
  if (content_type === 'image/webp') {
    found.push(
      ...riffChunks(picture)
        .filter(({ type }) => type === 'EXIF')
        .map(({ data }) => data),
    )
  }
  return found
}

/** Removes the position from every directory of a TIFF structure. One that cannot be read is made unreadable for good. */
function cleanDirectories(tiff: Buffer): boolean {
  const directory = open(tiff)
  if (!directory) return false
  try {
    return clean(directory)
  } catch {
    tiff.fill(0, 0, Math.min(8, tiff.length))
    return true
  }
}

function clean(directory: Directory): boolean {
  let found = false
  let at = directory.u32(4)
  for (let seen = 0; at !== 0 && seen < DIRECTORIES_AT_MOST; seen++) {
    const entries = entriesOf(directory, at)
    const next = directory.u32(at + 2 + entries.length * ENTRY)
    const position = entries.find((entry) => directory.u16(entry) === GPS)
    if (position !== undefined) {
      blank(directory, directory.u32(position + 8))
      const end = at + 2 + entries.length * ENTRY + 4
      directory.bytes.copyWithin(position, position + ENTRY, end)
      directory.bytes.fill(0, end - ENTRY, end)
      directory.writeU16(entries.length - 1, at)
      found = true
    }
    at = next
  }
  return found
}

/** Overwrites a directory and everything it points to. */
function blank(directory: Directory, at: number): void {
  const entries = entriesOf(directory, at)
  for (const entry of entries) {
    const length = (SIZES[directory.u16(entry + 2)] ?? 1) * directory.u32(entry + 4)
    if (length > 4) {
      const start = directory.u32(entry + 8)
      directory.bytes.fill(0, start, Math.min(start + length, directory.bytes.length))
    }
  }
  directory.bytes.fill(0, at, at + 2 + entries.length * ENTRY)
}

function entriesOf(directory: Directory, at: number): number[] {
  const count = directory.u16(at)
  if (count > ENTRIES_AT_MOST) throw new RangeError('That is no directory.')
  return Array.from({ length: count }, (_, index) => at + 2 + index * ENTRY)
}

function open(bytes: Buffer): Directory | null {
  const order = bytes.toString('latin1', 0, 4)
  if (order === 'II*\0') {
    return {
      bytes,
      u16: (at) => bytes.readUInt16LE(at),
      u32: (at) => bytes.readUInt32LE(at),
      writeU16: (value, at) => void bytes.writeUInt16LE(value, at),
    }
  }
  if (order !== 'MM\0*') return null
  return {
    bytes,
    u16: (at) => bytes.readUInt16BE(at),
    u32: (at) => bytes.readUInt32BE(at),
    writeU16: (value, at) => void bytes.writeUInt16BE(value, at),
  }
}

/** Blanks the values of `exif:GPS…`, written as attributes or as elements. */
function cleanXmp(bytes: Buffer): boolean {
  let found = false
  for (const at of placesOf(bytes, ':GPS', XMP_AT_MOST)) {
    const text = bytes.toString('latin1', at, at + 512)
    const value = /^:GPS[A-Za-z]+(?:\s*=\s*(?:"([^"]*)"|'([^']*)')|>([^<]*)<)/d.exec(text)
    const span = value?.indices?.slice(1).find((range) => range !== undefined)
    if (!span || text.slice(...span).trim() === '') continue
    bytes.fill(0x20, at + span[0], at + span[1])
    found = true
  }
  return found
}

/** Where a mark stands in the bytes: the first so many places. */
function placesOf(bytes: Buffer, mark: string, atMost: number): number[] {
  const places: number[] = []
  for (let at = bytes.indexOf(mark, 0, 'latin1'); at >= 0 && places.length < atMost; ) {
    places.push(at)
    at = bytes.indexOf(mark, at + 1, 'latin1')
  }
  return places
}

interface Chunk {
  readonly type: string
  readonly data: Buffer
  /** Of PNG: type and data, and the place of their checksum. */
  readonly whole: Buffer
  readonly crcAt: number
}

function chunksOf(png: Buffer): Chunk[] {
  const chunks: Chunk[] = []
  for (let at = 8; at + 12 <= png.length && chunks.length < CHUNKS_AT_MOST; ) {
    const length = png.readUInt32BE(at)
    const crcAt = at + 8 + length
    if (crcAt + 4 > png.length) break
    const type = png.toString('latin1', at + 4, at + 8)
    chunks.push({ type, data: png.subarray(at + 8, crcAt), whole: png.subarray(at + 4, crcAt), crcAt })
    at = crcAt + 4
  }
  return chunks
}

/** Older software hides whole profiles in text chunks: such a chunk is emptied and given a type that says nothing. */
function cleanPng(png: Buffer): boolean {
  const cleaned = chunksOf(png).filter((chunk) => {
    if (chunk.type === 'eXIf') return cleanDirectories(chunk.data)
    if (chunk.type === 'iTXt' && cleanXmp(chunk.data)) return true
    const keyword = chunk.data.toString('latin1', 0, 80)
    const isHidden = keyword.startsWith('Raw profile type ') || keyword.startsWith('XML:com.adobe.xmp\0\u0001')
    if (!isHidden || !/^(tEXt|zTXt|iTXt)$/.test(chunk.type)) return false
    chunk.whole.fill(0)
    chunk.whole.write('voId', 0, 'latin1')
    return true
  })
  for (const { whole, crcAt } of cleaned) png.writeUInt32BE(crc32(whole), crcAt)
  return cleaned.length > 0
}

function riffChunks(webp: Buffer): { type: string; data: Buffer }[] {
  const chunks: { type: string; data: Buffer }[] = []
  for (let at = 12; at + 8 <= webp.length && chunks.length < CHUNKS_AT_MOST; ) {
    const length = webp.readUInt32LE(at + 4)
    chunks.push({ type: webp.toString('latin1', at, at + 4), data: webp.subarray(at + 8, at + 8 + length) })
    at += 8 + length + (length % 2)
  }
  return chunks
}
