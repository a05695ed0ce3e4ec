/** What is signed, hashed and encrypted, under keys derived from the server's secret. The first secret signs; all verify. */
import {
  createCipheriv,
  createDecipheriv,
  createHash,
  createHmac,
  hkdfSync,
  randomBytes,
  timingSafeEqual,
} from 'node:crypto'

export interface Secrets {
  /** base64url HMAC-SHA256 of `text` for one purpose; a signature for one purpose is worthless for another. */
  sign(purpose: string, text: string): string
  verify(purpose: string, text: string, signature: string): boolean
  encrypt(purpose: string, text: string): string
  /** The text, or null when it was not encrypted under any of the secrets or has been altered. */
  decrypt(purpose: string, sealed: string): string | null
  /** Keys of 32 bytes for a library that wants its own: the one that signs, and those that were before it. */
  derive(purpose: string): readonly [string, ...string[]]
}

export function makeSecrets(secrets: readonly [string, ...string[]]): Secrets {
  const cache = new Map<string, Buffer>()
  const key = (secret: string, purpose: string): Buffer => {
    const name = `${secrets.indexOf(secret)}:${purpose}`
    const known = cache.get(name)
    if (known) return known
    const made = Buffer.from(hkdfSync('sha256', secret, 'antiphon', purpose, 32))
    cache.set(name, made)
    return made
  }
  const derived = (secret: string, purpose: string) => key(secret, purpose).toString('hex')
  const mac = (secret: string, purpose: string, text: string) =>
    createHmac('sha256', key(secret, purpose)).update(text).digest()

  return {
    sign: (purpose, text) => mac(secrets[0], purpose, text).toString('base64url'),
    // Compared as text: base64 has several spellings of the same bytes, a signature has one.
    verify: (purpose, text, signature) => {
      const given = Buffer.from(signature)
      return secrets.some((secret) => equal(Buffer.from(mac(secret, purpose, text).toString('base64url')), given))
    },
    encrypt: (purpose, text) => {
      const iv = randomBytes(12)
      const cipher = createCipheriv('aes-256-gcm', key(secrets[0], purpose), iv)
      const body = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()])
      return Buffer.concat([iv, cipher.getAuthTag(), body]).toString('base64url')
    },
    decrypt: (purpose, sealed) => {
      const bytes = Buffer.from(sealed, 'base64url')
      for (const secret of secrets) {
        const text = open(key(secret, purpose), bytes)
        if (text !== null) return text
      }
      return null
    },
    derive: (purpose) => {
      const [newest, ...older] = secrets
      return [derived(newest, purpose), ...older.map((secret) => derived(secret, purpose))]
    },
  }
}

export function sha256(text: string | Buffer): Buffer {
  return createHash('sha256').update(text).digest()
}

/** Compared in constant time; of different lengths they are unequal. */
export function equal(a: Buffer, b: Buffer): boolean {
  return a.length === b.length && timingSafeEqual(a, b)
}

function open(key: Buffer, bytes: Buffer): string | null {
  if (bytes.length < 28) return null
  const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, 12))
  decipher.setAuthTag(bytes.subarray(12, 28))
  try {
    return Buffer.concat([decipher.update(bytes.subarray(28)), decipher.final()]).toString('utf8')
  } catch {
    return null
  }
}
