/** Identity and chance: the only source of both. */
import { randomBytes } from 'node:crypto'
import { NIL, v7, validate } from 'uuid'

const BASE36 = '0123456789abcdefghijklmnopqrstuvwxyz'
const BASE62 = `${BASE36}ABCDEFGHIJKLMNOPQRSTUVWXYZ`

/** The id of nothing: of no workspace, of nobody. */
export const NIL_ID = NIL

/** A UUIDv7: sorts by the time it was made, and within a millisecond by the order in this process. */
export function newId(): string {
  return v7()
}

/** Whether a text is an id at all; the database refuses to look for one that is not. */
export function isId(text: string): boolean {
  return validate(text)
}

/** `length` random characters of base 36. */
export function randomBase36(length: number): string {
  return random(BASE36, length)
}

/** `length` random characters of base 62; 43 of them hold 256 bits. */
export function randomBase62(length: number): string {
  return random(BASE62, length)
}

/** A value that differs from the given one by at most that share of it, so that what failed together does not return together. */
export function spread(value: number, share: number): number {
  return value * (1 + share * (2 * Math.random() - 1))
}

// Bytes at or above the largest multiple of the alphabet's size are drawn again, so that every character is as likely.
function random(alphabet: string, length: number): string {
  const limit = 256 - (256 % alphabet.length)
  let text = ''
  while (text.length < length) {
    for (const byte of randomBytes(length * 2)) {
      if (byte < limit && text.length < length) text += alphabet[byte % alphabet.length]
    }
  }
  return text
}
