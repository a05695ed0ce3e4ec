/** How large a picture is, read from its head; never decoded. */
import { orientationOf } from './position.ts'

export interface Dimensions {
  readonly width: number
  readonly height: number
}

type Reader = (bytes: Buffer) => Dimensions | null

const READERS: Readonly<Record<string, Reader>> = {
  'image/png': (bytes) => ({ width: bytes.readUInt32BE(16), height: bytes.readUInt32BE(20) }),
  'image/gif': (bytes) => ({ width: bytes.readUInt16LE(6), height: bytes.readUInt16LE(8) }),
  'image/bmp': (bytes) => ({ width: bytes.readUInt32LE(18), height: Math.abs(bytes.readInt32LE(22)) }),
  'image/jpeg': jpeg,
  'image/webp': webp,
  'image/heic': heif,
  'image/avif': heif,
}
const LARGEST = 1_000_000

/** As it is shown: turned as EXIF says. Null for what we cannot read. */
export function dimensionsOf(picture: Buffer, content_type: string): Dimensions | null {
  try {
    const size = READERS[content_type]?.(picture) ?? null
    if (!size || size.width < 1 || size.height < 1 || size.width > LARGEST || size.height > LARGEST) return null
    const isOnItsSide = content_type === 'image/jpeg' && orientationOf(picture, content_type) >= 5
    return isOnItsSide ? { width: size.height, height: size.width } : size
  } catch (error) {
    if (error instanceof RangeError) return null // the head ends early
    throw error
  }
}

/** The frame header, which is the first segment of the kinds C0 to CF but for C4, C8 and CC. */
function jpeg(bytes: Buffer): Dimensions | null {
  for (let at = 2; at + 9 < bytes.length; ) {
    if (bytes[at] !== 0xff) return null
    const marker = bytes.readUInt8(at + 1)
    if (marker === 0xff) {
      at += 1
      continue
    }
    if (marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker)) {
      return { width: bytes.readUInt16BE(at + 7), height: bytes.readUInt16BE(at + 5) }
    }
    at += 2 + bytes.readUInt16BE(at + 2)
  }
  return null
}

function webp(bytes: Buffer): Dimensions | null {
  const kind = bytes.toString('latin1', 12, 16)
  if (kind === 'VP8X') return { width: bytes.readUIntLE(24, 3) + 1, height: bytes.readUIntLE(27, 3) + 1 }
  if (kind === 'VP8 ') return { width: bytes.readUInt16LE(26) & 0x3fff, height: bytes.readUInt16LE(28) & 0x3fff }
  if (kind !== 'VP8L') return null
  const bits = bytes.readUInt32LE(21)
  return { width: (bits & 0x3fff) + 1, height: ((bits >>> 14) & 0x3fff) + 1 }
}

/** The largest of the pictures within: the others are its tiles and its thumbnail. */
function heif(bytes: Buffer): Dimensions | null {
  const head = bytes.subarray(0, 64 * 1024)
  let largest: Dimensions | null = null
  for (let at = head.indexOf('ispe'); at >= 0; at = head.indexOf('ispe', at + 4)) {
    const size = { width: head.readUInt32BE(at + 8), height: head.readUInt32BE(at + 12) }
    if (!largest || size.width * size.height > largest.width * largest.height) largest = size
  }
  return largest
}
