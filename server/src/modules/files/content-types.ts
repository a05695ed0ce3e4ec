/**
 * What a file is. The bytes say it; the sender's header and the name's ending may not say otherwise.
 *
 * Text has no magic bytes: when the bytes are text, the name says which kind of text. The header is believed only as far as
 * it agrees. A name without a known ending and a header that names nothing in particular say nothing.
 */
import { open } from 'node:fs/promises'
import { extname } from 'node:path'
import { refusal } from '../../kernel/errors.ts'

export const fileTypeMismatch = refusal('file_type_mismatch', 422, 'The file is not what its name or its header says.')

const TEXT: Readonly<Record<string, string>> = {
  css: 'text/css',
  csv: 'text/csv',
  eml: 'message/rfc822',
  htm: 'text/html',
  html: 'text/html',
  ics: 'text/calendar',
  js: 'text/javascript',
  json: 'application/json',
  log: 'text/plain',
  md: 'text/markdown',
  mjs: 'text/javascript',
  svg: 'image/svg+xml',
  tsv: 'text/tab-separated-values',
  txt: 'text/plain',
  vcf: 'text/vcard',
  vtt: 'text/vtt',
  xhtml: 'application/xhtml+xml',
  xml: 'application/xml',
  yaml: 'application/yaml',
  yml: 'application/yaml',
}

const BINARY: Readonly<Record<string, string>> = {
  '7z': 'application/x-7z-compressed',
  aac: 'audio/aac',
  amr: 'audio/amr',
  avi: 'video/vnd.avi',
  avif: 'image/avif',
  bmp: 'image/bmp',
  doc: 'application/msword',
  docx: 'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
  exe: 'application/x-msdownload',
  flac: 'audio/flac',
  gif: 'image/gif',
  gz: 'application/gzip',
  heic: 'image/heic',
  heif: 'image/heic',
  ico: 'image/x-icon',
  jpeg: 'image/jpeg',
  jpg: 'image/jpeg',
  m4a: 'audio/mp4',
  m4v: 'video/mp4',
  mkv: 'video/matroska',
  mov: 'video/quicktime',
  mp3: 'audio/mpeg',
  mp4: 'video/mp4',
  msg: 'application/vnd.ms-outlook',
  odp: 'application/vnd.oasis.opendocument.presentation',
  ods: 'application/vnd.oasis.opendocument.spreadsheet',
  odt: 'application/vnd.oasis.opendocument.text',
  oga: 'audio/ogg',
  ogg: 'audio/ogg',
  ogv: 'video/ogg',
  opus: 'audio/ogg',
  pdf: 'application/pdf',
  png: 'image/png',
  ppt: 'application/vnd.ms-powerpoint',
  pptx: 'application/vnd.openxmlformats-officedocument.presentationml.presentation',
  rar: 'application/x-rar-compressed',
  rtf: 'application/rtf',
  tar: 'application/x-tar',
  tif: 'image/tiff',
  tiff: 'image/tiff',
  wav: 'audio/wav',
  webm: 'video/webm',
  webp: 'image/webp',
  xls: 'application/vnd.ms-excel',
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  zip: 'application/zip',
}

/** Names for one thing, or for things that share a container: the first is how we spell it. */
const FAMILIES: readonly (readonly string[])[] = [
  ['image/png', 'image/apng', 'image/x-png'],
  ['image/jpeg', 'image/jpg', 'image/pjpeg'],
  ['image/heic', 'image/heif', 'image/heic-sequence', 'image/heif-sequence'],
  ['image/bmp', 'image/x-ms-bmp', 'image/x-bmp'],
  ['image/x-icon', 'image/vnd.microsoft.icon'],
  ['audio/wav', 'audio/x-wav', 'audio/wave', 'audio/vnd.wave'],
  ['audio/mpeg', 'audio/mp3', 'audio/x-mp3', 'audio/x-mpeg'],
  ['audio/aac', 'audio/x-aac', 'audio/aacp'],
  ['audio/flac', 'audio/x-flac'],
  ['application/zip', 'application/x-zip', 'application/x-zip-compressed'],
  ['application/gzip', 'application/x-gzip'],
  ['application/x-rar-compressed', 'application/vnd.rar', 'application/x-rar'],
  ['application/rtf', 'text/rtf'],
  ['application/pdf', 'application/x-pdf'],
  ['video/vnd.avi', 'video/x-msvideo', 'video/avi'],
  ['application/xml', 'text/xml'],
  ['text/javascript', 'application/javascript', 'application/x-javascript'],
]
const CONTAINERS: readonly (readonly string[])[] = [
  [
    'video/mp4',
    'audio/mp4',
    'audio/x-m4a',
    'video/x-m4v',
    'video/quicktime',
    'video/3gpp',
    'video/3gpp2',
    'audio/3gpp',
  ],
  ['video/webm', 'audio/webm', 'video/matroska', 'video/x-matroska', 'audio/x-matroska'],
  ['audio/ogg', 'video/ogg', 'application/ogg', 'audio/opus'],
  [
    'application/x-cfb',
    'application/msword',
    'application/vnd.ms-excel',
    'application/vnd.ms-powerpoint',
    'application/vnd.ms-outlook',
  ],
]
const SPELLED: Readonly<Record<string, string>> = {
  'audio/x-m4a': 'audio/mp4',
  'video/x-m4v': 'video/mp4',
  'audio/opus': 'audio/ogg',
}

/** What an unlabelled part of a multipart body reads as, and what senders write who do not know. */
const NOTHING_IN_PARTICULAR = new Set(['', 'text/plain', 'application/octet-stream', 'binary/octet-stream'])
/** Formats with magic bytes that may be text from beginning to end. */
const TEXT_WITH_MAGIC = new Set(['application/pdf', 'application/rtf', 'application/postscript', 'application/eps'])
const SAMPLE = 64 * 1024

/** The content type by the bytes at `path`. Refuses a name or a claim that disagrees. */
export async function contentTypeOf(file: { path: string; name: string; claimed_type: string }): Promise<string> {
  const isWritten = isText(await readHead(file.path))
  // It is the largest of our parts for its use, so it is loaded when the first file comes.
  const { fileTypeFromFile } = await import('file-type')
  const found = (await fileTypeFromFile(file.path))?.mime.split(';')[0]
  const magic = found !== undefined && (!isWritten || TEXT_WITH_MAGIC.has(found)) ? spell(found) : null
  const ending = extname(file.name).slice(1).toLowerCase()
  const claimed = spell((file.claimed_type.split(';')[0] ?? '').trim().toLowerCase())
  if (magic !== null) return byMagic(magic, ending, claimed)
  return isWritten ? byName(ending, claimed) : unknown(ending, claimed)
}

async function readHead(path: string): Promise<Buffer> {
  const file = await open(path)
  try {
    const { buffer, bytesRead } = await file.read({ buffer: Buffer.alloc(SAMPLE), position: 0 })
    return buffer.subarray(0, bytesRead)
  } finally {
    await file.close()
  }
}

function byMagic(magic: string, ending: string, claimed: string): string {
  const named = BINARY[ending] ?? TEXT[ending]
  if (named !== undefined && !agree(magic, named)) throw mismatch(magic, `.${ending}`)
  if (!NOTHING_IN_PARTICULAR.has(claimed) && !agree(magic, claimed)) throw mismatch(magic, claimed)
  return magic === 'application/x-cfb' ? (named ?? magic) : magic
}

function byName(ending: string, claimed: string): string {
  if (BINARY[ending] !== undefined) throw mismatch('text', `.${ending}`)
  const isTable = ending === 'csv' && claimed === 'application/vnd.ms-excel' // what Windows calls them
  if (!NOTHING_IN_PARTICULAR.has(claimed) && !isTextual(claimed) && !isTable) throw mismatch('text', claimed)
  return TEXT[ending] ?? (Object.values(TEXT).includes(claimed) ? claimed : 'text/plain')
}

function unknown(ending: string, claimed: string): string {
  const named = BINARY[ending] ?? TEXT[ending]
  if (named !== undefined) throw mismatch('unknown to us', `.${ending}`)
  const isKnown = Object.values(BINARY).includes(claimed) || isTextual(claimed)
  if (isKnown && !NOTHING_IN_PARTICULAR.has(claimed)) throw mismatch('unknown to us', claimed)
  return 'application/octet-stream'
}

function agree(magic: string, said: string): boolean {
  if (magic === said || CONTAINERS.some((types) => types.includes(magic) && types.includes(said))) return true
  // Documents that are archives of their parts are not always told from any other archive.
  return magic === 'application/zip' && /^application\/(vnd\.(openxmlformats|oasis)|epub\+zip|java)/.test(said)
}

function spell(type: string): string {
  return SPELLED[type] ?? FAMILIES.find((types) => types.includes(type))?.[0] ?? type
}

function isTextual(type: string): boolean {
  return type.startsWith('text/') || Object.values(TEXT).includes(type) || /[+/](json|xml|yaml)$/.test(type)
}

/** Whether bytes read as text: UTF-16 with its mark, or nothing that only binary formats contain. */
function isText(bytes: Uint8Array): boolean {
  const [first, second] = bytes
  if ((first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff)) return true
  return bytes.every((byte) => byte >= 0x20 || (byte >= 0x07 && byte <= 0x0d) || byte === 0x1b)
}

function mismatch(magic: string, said: string): Error {
  return fileTypeMismatch({
    detail: `The bytes are ${magic}; the sender says ${said}.`,
    errors: [{ pointer: '/file', code: 'file_type_mismatch', detail: `This is not ${said}.` }],
  })
}
