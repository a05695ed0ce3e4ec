/** Every refusal the product can give. One class; the code says which; the list of them is the error reference. */

export interface FieldError {
  /** JSON pointer into what was sent, such as `/email`; query parameters are written `?limit`. */
  readonly pointer: string
  readonly code: string
  readonly detail: string
}

export interface RefusalKind {
  readonly code: string
  readonly status: number
  readonly title: string
  (more?: RefusalDetails): Refusal
}

export interface RefusalDetails {
  readonly detail?: string
  readonly errors?: readonly FieldError[]
  readonly headers?: Readonly<Record<string, string>>
}

/** Thrown by whoever knows the rule, caught only by kernel/http and kernel/jobs. */
export class Refusal extends Error {
  override readonly name = 'Refusal'
  readonly code: string
  readonly status: number
  readonly title: string
  readonly detail: string | undefined
  readonly errors: readonly FieldError[] | undefined
  readonly headers: Readonly<Record<string, string>>

  constructor(kind: { code: string; status: number; title: string }, details: RefusalDetails = {}) {
    super(details.detail ?? kind.title)
    this.code = kind.code
    this.status = kind.status
    this.title = kind.title
    this.detail = details.detail
    this.errors = details.errors
    this.headers = details.headers ?? {}
  }
}

const kinds = new Map<string, RefusalKind>()

/** Declares a refusal beside its rule. A code is declared once. */
export function refusal(code: string, status: number, title: string): RefusalKind {
  if (kinds.has(code)) throw new Error(`The refusal ${code} is declared twice.`)
  const make = (details?: RefusalDetails) => new Refusal({ code, status, title }, details)
  const kind = Object.assign(make, { code, status, title })
  kinds.set(code, kind)
  return kind
}

/** Every refusal declared so far, by code. */
export function declaredRefusals(): readonly RefusalKind[] {
  return [...kinds.values()].sort((a, b) => a.code.localeCompare(b.code))
}

export const routeNotFound = refusal('route_not_found', 404, 'There is no such route.')
export const methodNotAllowed = refusal('method_not_allowed', 405, 'This route does not answer to that method.')
export const credentialMissing = refusal('credential_missing', 401, 'This route needs a credential.')
export const credentialInvalid = refusal('credential_invalid', 401, 'The credential is unknown, revoked or expired.')
export const originNotAllowed = refusal('origin_not_allowed', 403, 'Requests from this origin are not allowed.')
export const callerNotAllowed = refusal(
  'caller_not_allowed',
  403,
  'The allow-list of this key names neither the caller’s address nor the page that calls.',
)
export const rateLimited = refusal('rate_limited', 429, 'Too many requests.')
export const scopeMissing = refusal('scope_missing', 403, 'The credential lacks the scope that this route needs.')
export const mediaTypeUnsupported = refusal('media_type_unsupported', 415, 'The body must be JSON.')
export const bodyTooLarge = refusal('body_too_large', 413, 'The body is too large.')
export const urlTooLong = refusal('url_too_long', 414, 'The URL is too long.')
export const headersTooLarge = refusal('headers_too_large', 431, 'The headers are too large.')
export const bodyMalformed = refusal('body_malformed', 400, 'The body could not be read.')
export const invalid = refusal('invalid', 422, 'Something in the request is not as it must be.')
export const notFound = refusal('not_found', 404, 'There is nothing here, or you may not see it.')
export const versionMismatch = refusal('version_mismatch', 412, 'It has changed since the version you name.')
export const databaseUnavailable = refusal('database_unavailable', 503, 'The database does not answer right now.')
export const draining = refusal('draining', 503, 'The server is about to stop.')
export const internal = refusal('internal', 500, 'Something broke on our side.')

/** A 422 about one field: an id in a body that is not there or not yours, a rule over a single value. */
export function invalidField(pointer: string, code: string, detail: string): Refusal {
  return invalid({ errors: [{ pointer, code, detail }] })
}
