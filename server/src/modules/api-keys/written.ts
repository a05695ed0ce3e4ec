/** One credential, written three ways: `ap_[test_]<id>_<secret>`, `ck_<id>:<secret>`, and two headers. */
import type { IncomingHttpHeaders } from 'node:http'
import { credentialInvalid } from '../../kernel/errors.ts'
import type { ShownApiKey } from './schema.ts'

export interface Written {
  readonly id: string
  readonly secret: string
  /** What the spelling says of the workspace; null where it says nothing. */
  readonly mode: 'live' | 'test' | null
}

export const ID_LENGTH = 16
export const SECRET_LENGTH = 43

const BEARER = /^bearer +(\S+)$/i
const AP = /^ap_(test_)?([0-9a-z]{16})_([0-9A-Za-z]{43})$/
const CK = /^ck_([0-9a-z]{16}):([0-9A-Za-z]{43})$/
const ID = /^[0-9a-z]{16}$/
const SECRET = /^[0-9A-Za-z]{43}$/

export function write(
  id: string,
  secret: string,
  mode: 'live' | 'test',
): Pick<ShownApiKey, 'bearer' | 'ck' | 'public_key' | 'private_key'> {
  return {
    bearer: `ap_${mode === 'test' ? 'test_' : ''}${id}_${secret}`,
    ck: `ck_${id}:${secret}`,
    public_key: id,
    private_key: secret,
  }
}

/** The key a request names, or null when it names none. Half of one, a malformed one, or two different ones are a 401. */
export function read(headers: IncomingHttpHeaders): Written | null {
  const bearer = headers.authorization === undefined ? null : readBearer(headers.authorization)
  const pair = readPair(headers['public-key'], headers['private-key'])
  if (bearer && pair && (bearer.id !== pair.id || bearer.secret !== pair.secret)) throw credentialInvalid()
  return bearer ?? pair
}

function readBearer(header: string): Written {
  const token = BEARER.exec(header.trim())?.[1] ?? ''
  const [, test, id, secret] = AP.exec(token) ?? []
  if (id !== undefined && secret !== undefined) return { id, secret, mode: test === undefined ? 'live' : 'test' }
  const [, ckId, ckSecret] = CK.exec(token) ?? []
  if (ckId !== undefined && ckSecret !== undefined) return { id: ckId, secret: ckSecret, mode: null }
  throw credentialInvalid()
}

function readPair(id: string | string[] | undefined, secret: string | string[] | undefined): Written | null {
  if (id === undefined && secret === undefined) return null
  if (typeof id !== 'string' || typeof secret !== 'string' || !ID.test(id) || !SECRET.test(secret)) {
    throw credentialInvalid()
  }
  return { id, secret, mode: null }
}
