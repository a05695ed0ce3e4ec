import { createHash } from 'node:crypto'
import { crc32 } from 'node:zlib'
import { expect, test } from 'vitest'
import { world } from '../../../test/world.ts'
import { dimensionsOf } from './dimensions.ts'
import {
  heicWith,
  jpegWith,
  latitude,
  pictures,
  pngWith,
  SPOKEN_POSITION,
  tiff,
  webpWith,
} from './fixtures/pictures.ts'
import { removePosition } from './position.ts'

const carriers = [
  ['image/jpeg', 'II', jpegWith],
  ['image/jpeg', 'MM', jpegWith],
  ['image/png', 'II', pngWith],
  ['image/png', 'MM', pngWith],
  ['image/webp', 'II', webpWith],
  ['image/webp', 'MM', webpWith],
  ['image/heic', 'MM', heicWith],
  ['image/tiff', 'II', (exif: Buffer) => Buffer.concat([exif])],
] as const

test.each(carriers)('%s loses a position written in order %s, and keeps everything else', (type, order, carry) => {
  const before = carry(tiff(order))
  const after = Buffer.from(before)
  expect(before.includes(latitude(order))).toBe(true)
  expect(removePosition(after, type)).toBe(true)
  expect(after.includes(latitude(order))).toBe(false)
  expect(after.includes(latitude(order).toString('hex'))).toBe(false)
  expect(after.includes(SPOKEN_POSITION)).toBe(false)
  expect(after.length).toBe(before.length)
  expect(after.includes('Antiphon')).toBe(true)
  expect(after.includes('Software')).toBe(true)
  expect(after.includes('dc:title="Kept"')).toBe(before.includes('dc:title="Kept"'))
  expect(removePosition(after, type)).toBe(false)
})

test('the directory that held the position is whole: one entry less, the others in order', () => {
  const after = tiff('MM')
  removePosition(after, 'image/tiff')
  const tags = Array.from({ length: after.readUInt16BE(8) }, (_, index) => after.readUInt16BE(10 + index * 12))
  expect(tags).toEqual([0x010f, 0x0112, 0xc4a5])
  expect(after.readUInt32BE(10 + 3 * 12)).toBe(0)
  expect(after.toString('latin1', after.readUInt32BE(34 + 8), after.readUInt32BE(34 + 8) + 8)).toBe('Software')
})

test('the checksums of a PNG hold afterwards', () => {
  const after = Buffer.from(pngWith(tiff('II')))
  removePosition(after, 'image/png')
  for (let at = 8; at < after.length; ) {
    const length = after.readUInt32BE(at)
    expect(after.readUInt32BE(at + 8 + length)).toBe(crc32(after.subarray(at + 4, at + 8 + length)))
    at += length + 12
  }
})

test('a directory that leads nowhere is made unreadable rather than believed', () => {
  const lost = tiff('II')
  lost.writeUInt32LE(0xffffff, 4)
  const picture = Buffer.from(jpegWith(lost))
  expect(removePosition(picture, 'image/jpeg')).toBe(true)
  expect(picture.includes('Exif\0\0II')).toBe(false)

  const endless = tiff('II')
  endless.writeUInt32LE(8, 58) // the next directory is this one
  expect(removePosition(Buffer.from(jpegWith(endless)), 'image/jpeg')).toBe(true)
})

test.each([...'0123456789'].map((digit) => Number(digit)))(
  'cut short or scrambled, no picture breaks it (%i)',
  (seed) => {
    for (const [type, order, carry] of carriers) {
      const whole = carry(tiff(order))
      for (let at = seed; at < whole.length; at += 10) {
        const cut = Buffer.from(whole.subarray(0, at))
        const scrambled = Buffer.from(whole)
        scrambled[at] = (at * 31 + seed * 97) & 0xff
        for (const picture of [cut, scrambled]) {
          removePosition(picture, type)
          dimensionsOf(picture, type)
        }
      }
    }
  },
)

test('a picture made of nothing but places to look at is read in a moment', () => {
  const mark = Buffer.from('Exif\0\0II*\0\x08\0\0\0\xe8\x03', 'latin1') // each says that a thousand entries follow
  const texts = [mark, Buffer.from(':GPS'), Buffer.alloc(1)]
  const began = performance.now()
  for (const type of ['image/jpeg', 'image/png', 'image/webp']) {
    for (const text of texts) removePosition(Buffer.alloc(4 * 1024 * 1024, text), type)
  }
  expect(performance.now() - began).toBeLessThan(3_000)
})

test('dimensions are read from the head, as the picture is shown', () => {
  const size = { width: 3, height: 2 }
  expect(dimensionsOf(pictures.png, 'image/png')).toEqual(size)
  expect(dimensionsOf(pictures.jpeg, 'image/jpeg')).toEqual(size)
  expect(dimensionsOf(pictures.webp, 'image/webp')).toEqual(size)
  expect(dimensionsOf(webpWith(tiff('II')), 'image/webp')).toEqual(size)
  expect(dimensionsOf(heicWith(tiff('MM')), 'image/heic')).toEqual({ width: 4032, height: 3024 })
  expect(dimensionsOf(Buffer.from('474946383961030002000000', 'hex'), 'image/gif')).toEqual(size)
  expect(dimensionsOf(jpegWith(tiff('MM', 6)), 'image/jpeg')).toEqual({ width: 2, height: 3 })
  expect(dimensionsOf(Buffer.from('<svg/>'), 'image/svg+xml')).toBeNull()
})

test('an uploaded picture is stored without its position', async () => {
  const w = await world()
  const body = new FormData()
  body.append('file', new File([jpegWith(tiff('II', 6))], 'holiday.jpg', { type: 'image/jpeg' }))
  const made = await w.post('/v1/files', body)
  expect(made).toMatchObject({ status: 201, body: { content_type: 'image/jpeg', width: 2, height: 3 } })
  const served = Buffer.from(await (await fetch(w.url + made.body['url'])).arrayBuffer())
  expect(served.includes(latitude('II'))).toBe(false)
  expect(served.includes(SPOKEN_POSITION)).toBe(false)
  const [row] = await w.sql('select digest, size from files where id = $1', [made.body['id']])
  expect(row).toEqual({ digest: createHash('sha256').update(served).digest('hex'), size: String(served.length) })
})
