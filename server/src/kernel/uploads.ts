/** Multipart bodies with one file: streamed to the store while they are counted and hashed. */
import { createHash } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { Transform } from 'node:stream'
import { Busboy } from '@fastify/busboy'
import { bodyMalformed, bodyTooLarge, invalidField, type Refusal } from './errors.ts'
import type { FileStore } from './files.ts'

export interface Upload {
  readonly name: string
  /** What the sender says it is. */
  readonly claimed_type: string
  readonly size: number
  /** SHA-256, hexadecimal. */
  readonly digest: string
  /** Where the store staged it. */
  readonly path: string
}

/** What multipart may add to the bytes of the file. */
const ENVELOPE = 64 * 1024

/** Reads the part `file`. Other parts are a 422, a body that ends early is a 400, one beyond `limit` bytes a 413. */
export function readUpload(request: IncomingMessage, store: FileStore, limit: number): Promise<Upload> {
  return new Promise((resolve, reject) => {
    const tooLarge = bodyTooLarge({ detail: `Files have at most ${limit} bytes.` })
    if (Number(request.headers['content-length'] ?? 0) > limit + ENVELOPE) return reject(tooLarge)
    let pending: Promise<Upload> | null = null
    let refused: Refusal | Error | null = null
    const refuse = (error: Refusal | Error) => {
      refused ??= error
    }
    let cut = () => {}
    const parser = (() => {
      try {
        return new Busboy({
          headers: { ...request.headers, 'content-type': request.headers['content-type'] ?? '' },
          limits: { files: 2, fileSize: limit, fields: 10, fieldSize: 1024, headerPairs: 50 },
        })
      } catch {
        return null
      }
    })()
    if (!parser) return reject(bodyMalformed({ detail: 'The multipart body has no boundary.' }))

    parser.on('field', (field) => refuse(invalidField(`/${field}`, 'unknown', 'There is no such part.')))
    parser.on('file', (field, file, name, _encoding, claimed_type) => {
      if (field !== 'file' || pending) {
        refuse(invalidField(`/${field}`, 'unknown', 'Send one part, named file.'))
        return file.on('error', () => {}).resume()
      }
      const meter = measuring()
      // What breaks off is never staged: the parser tells it of the body, then of the part.
      cut = () => meter.stream.destroy(new Error('The part ended early.'))
      file.on('error', cut)
      meter.stream.on('error', () => {}) // it may be cut before the store reads it
      file.on('limit', () => refuse(tooLarge))
      pending = store
        .stage(file.pipe(meter.stream))
        .then((path) => ({ name: name || 'file', claimed_type, path, ...meter.result() }))
      pending.catch(refuse)
    })
    const settle = async () => {
      try {
        const upload = await pending
        if (refused) {
          if (upload) await store.discard(upload.path)
          throw refused
        }
        if (!upload) throw invalidField('/file', 'required', 'Send one part, named file.')
        resolve(upload)
      } catch (error) {
        reject(refused ?? error)
      }
    }
    parser.on('finish', () => void settle())
    parser.on('error', () => {
      refuse(bodyMalformed({ detail: 'The multipart body is broken.' }))
      cut()
      void settle()
    })
    request.on('aborted', () => {
      refuse(bodyMalformed({ detail: 'The body ended early.' }))
      parser.destroy()
      cut()
      void settle()
    })
    request.pipe(parser)
  })
}

function measuring() {
  const hash = createHash('sha256')
  let size = 0
  const stream = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      size += chunk.length
      hash.update(chunk)
      done(null, chunk)
    },
  })
  return { stream, result: () => ({ size, digest: hash.digest('hex') }) }
}
