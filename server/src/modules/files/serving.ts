/** The bytes of a file on the wire: inert whatever they are, in ranges where asked, kept by the browser while the link is good. */
import { Readable } from 'node:stream'
import type { Ctx } from '../../kernel/context.ts'
import { refusal } from '../../kernel/errors.ts'
import { type Answer, type Incoming, stream } from '../../kernel/http.ts'
import { SECOND } from '../../kernel/time.ts'
import type { Row } from './schema.ts'

export const rangeUnsatisfiable = refusal('range_unsatisfiable', 416, 'The file has no such range.')

/** What a browser may show by itself. Everything else it may only save, SVG and HTML above all. */
const SHOWN = new Set([
  'image/png',
  'image/jpeg',
  'image/gif',
  'image/webp',
  'video/mp4',
  'audio/mp4',
  'audio/mpeg',
  'audio/ogg',
  'audio/wav',
])

interface Span {
  readonly start: number
  readonly end: number
}

/** Answers with the file, the range of it that is asked for, or nothing when the caller has it already. */
export function serve(ctx: Ctx, file: Row, request: { incoming: Incoming; until: number }): Answer<Readable> {
  const { headers, method } = request.incoming
  const etag = `"${file.digest.slice(0, 32)}"`
  const seconds = Math.max(0, Math.floor(request.until - ctx.now().getTime() / SECOND))
  const common = {
    etag,
    'content-type': file.content_type,
    'content-disposition': disposition(file),
    'content-security-policy': "sandbox; default-src 'none'",
    'cache-control': `private, max-age=${seconds}, immutable`,
    'accept-ranges': 'bytes',
  }
  if (headers['if-none-match']?.split(',').some((known) => known.trim() === etag)) {
    return stream(Readable.from([]), common, 304)
  }
  const isFresh = headers['if-range'] === undefined || headers['if-range'] === etag
  const span = isFresh ? readRange(headers.range, file.size) : null
  const length = span ? span.end - span.start + 1 : file.size
  const ranged = span ? { 'content-range': `bytes ${span.start}-${span.end}/${file.size}` } : {}
  const body = method === 'HEAD' ? Readable.from([]) : ctx.kernel.files.read(file.id, span ?? undefined)
  return stream(body, { ...common, ...ranged, 'content-length': String(length) }, span ? 206 : 200)
}

/** One range of bytes. Several at once, other units and nonsense are answered with the whole. */
function readRange(header: string | undefined, size: number): Span | null {
  const [, first = '', last = ''] = /^bytes=(\d*)-(\d*)$/.exec(header?.trim() ?? '') ?? []
  if (first === '' && last === '') return null
  const start = first === '' ? Math.max(0, size - Number(last)) : Number(first)
  const end = first === '' || last === '' ? size - 1 : Math.min(Number(last), size - 1)
  if (first !== '' && last !== '' && Number(last) < Number(first)) return null
  if (start > end) throw rangeUnsatisfiable({ headers: { 'content-range': `bytes */${size}` } })
  return { start, end }
}

/** The name twice: in ASCII for whoever reads no other, and in full (RFC 6266, RFC 8187). */
function disposition({ name, content_type }: Row): string {
  const ascii = name.replaceAll(/[^\x20-\x7e]|["\\%]/g, '_')
  const full = encodeURIComponent(name).replaceAll(
    /['()*]/g,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
  )
  const kind = SHOWN.has(content_type) ? 'inline' : 'attachment'
  return `${kind}; filename="${ascii}"; filename*=UTF-8''${full}`
}
