/** What a route answers: each reply with its headers, and each refusal it may give, by status and by code. */
import { Type } from 'typebox'
import {
  bodyMalformed,
  bodyTooLarge,
  callerNotAllowed,
  credentialInvalid,
  credentialMissing,
  databaseUnavailable,
  draining,
  internal,
  invalid,
  mediaTypeUnsupported,
  notFound,
  originNotAllowed,
  type RefusalKind,
  rateLimited,
  scopeMissing,
  urlTooLong,
  versionMismatch,
} from './errors.ts'
import { workspaceRequired } from './gate.ts'
import type { Route } from './http.ts'
import {
  idempotencyAnswerLost,
  idempotencyInFlight,
  idempotencyKeyInvalid,
  idempotencyMismatch,
} from './idempotency.ts'
import { exampleOf, type Words } from './openapi-examples.ts'
import { hoist } from './openapi-schemas.ts'
import { urlMalformed } from './problems.ts'

const Problem = Type.Object(
  {
    type: Type.String({ format: 'uri-reference', description: 'Leads to a page about the code.' }),
    title: Type.String(),
    status: Type.Integer(),
    detail: Type.Optional(Type.String()),
    code: Type.String({ description: 'Stable; what a program looks at.' }),
    request_id: Type.String(),
    errors: Type.Optional(
      Type.Array(
        Type.Object({
          pointer: Type.String({ description: 'JSON pointer into the body, or `?name` of a query parameter.' }),
          code: Type.String(),
          detail: Type.String(),
        }),
      ),
    ),
  },
  { title: 'Problem', description: 'RFC 9457.' },
)

const A_REQUEST = '01994f3c-8d2e-7b61-9c0a-5f1d2e3c4b5b'

const text = (description: string, example: string, more: object = {}) => ({
  description,
  schema: { type: 'string', ...more },
  example,
})
const number = (description: string, example: number, more: object = {}) => ({
  description,
  schema: { type: 'integer', minimum: 0 },
  example,
  ...more,
})

/** Headers of answers, by the name they stand under in the components. */
export const HEADERS = {
  'X-Request-Id': { ...text('Names this request, in the log too.', A_REQUEST), required: true },
  'X-RateLimit-Limit': number(
    'Requests in 60 seconds, of the limit with the least left. Missing without limits.',
    1000,
  ),
  'X-RateLimit-Remaining': number('How many of them are left.', 997),
  'X-RateLimit-Reset': number('When the window ends, in seconds since 1970.', 1773065000),
  'RateLimit-Policy': text('The same limit as the IETF draft writes it.', '"plan";q=1000;w=60'),
  RateLimit: text('How it stands.', '"plan";r=997;t=42'),
  'Retry-After': number('Seconds to wait before trying again.', 12),
  ETag: text('The version of what is answered, for `If-Match`.', '"3"', { pattern: '^"[0-9]+"$' }),
  'Idempotent-Replayed': {
    description: 'This is what the first request with this key was answered.',
    schema: { type: 'string', enum: ['true'] },
    example: 'true',
  },
}
type HeaderName = keyof typeof HEADERS

const LIMITS: readonly HeaderName[] = [
  'X-RateLimit-Limit',
  'X-RateLimit-Remaining',
  'X-RateLimit-Reset',
  'RateLimit-Policy',
  'RateLimit',
]
export const MUTATING: ReadonlySet<string> = new Set(['POST', 'PUT', 'PATCH', 'DELETE'])

export interface Contract {
  readonly schemas: Record<string, unknown>
  readonly responses: Record<string, unknown>
  readonly words: Words
  /** What any caller with a credential may be refused by, besides what the kernel knows. */
  readonly byCredential: readonly RefusalKind[]
}

export interface Told {
  readonly hasVersion: boolean
  readonly isConditional: boolean
  readonly links: object | null
}

export function responses(route: Route, contract: Contract, told: Told): Record<string, unknown> {
  const answers: Record<string, unknown> = {}
  for (const [status, schema] of Object.entries(route.replies)) {
    const isBytes = 'format' in schema && schema.format === 'binary'
    const type = isBytes ? 'application/octet-stream' : 'application/json'
    const content = { [type]: { schema: hoist(schema, contract.schemas), ...exampled(schema, contract.words) } }
    answers[status] = {
      description: DONE[status] ?? 'Done.',
      headers: headers([
        ...(schemeOf(route) === 'none' ? [] : LIMITS),
        ...(told.hasVersion ? (['ETag'] as const) : []),
        ...(MUTATING.has(route.method) ? (['Idempotent-Replayed'] as const) : []),
      ]),
      ...(status === '204' ? {} : { content }),
      ...(told.links ? { links: told.links } : {}),
    }
  }
  const byStatus = Map.groupBy(refusalsOf(route, contract, told.isConditional), (kind) => kind.status)
  for (const [status, kinds] of [...byStatus].sort(([a], [b]) => a - b)) {
    answers[status] ??= refused(status, kinds, contract)
  }
  return answers
}

const DONE: Readonly<Record<string, string>> = {
  201: 'Made.',
  202: 'Taken; it is done bit by bit.',
  204: 'Done; there is no body.',
}

function exampled(schema: object, words: Words): object {
  return 'format' in schema ? {} : { example: exampleOf(schema, words) }
}

function headers(names: readonly HeaderName[]): Record<string, unknown> {
  const all: readonly HeaderName[] = ['X-Request-Id', ...names]
  return Object.fromEntries(all.map((name) => [name, { $ref: `#/components/headers/${name}` }]))
}

/** One answer for each set of codes, shared by all routes that give it. */
function refused(status: number, kinds: readonly RefusalKind[], { schemas, responses }: Contract): unknown {
  const sorted = kinds.toSorted((a, b) => a.code.localeCompare(b.code, 'en'))
  const name = sorted.map(({ code }) => pascal(code)).join('Or')
  const [first] = sorted
  responses[name] ??= {
    description: sorted.map((kind) => `\`${kind.code}\`: ${kind.title}`).join('\n\n'),
    headers: headers([...LIMITS, ...(status === 429 || status === 503 ? (['Retry-After'] as const) : [])]),
    content: {
      'application/problem+json': {
        schema: {
          allOf: [
            hoist(Problem, schemas),
            { properties: { status: { const: status }, code: { enum: sorted.map(({ code }) => code) } } },
          ],
        },
        example: {
          type: `/errors/${first?.code}`,
          title: first?.title,
          status,
          code: first?.code,
          request_id: A_REQUEST,
          ...(first === invalid
            ? { errors: [{ pointer: '/email', code: 'format', detail: 'Must match format "email".' }] }
            : {}),
        },
      },
    },
  }
  return { $ref: `#/components/responses/${name}` }
}

export function schemeOf(route: Route): string {
  return route.access?.scheme ?? 'credential'
}

/** Whatever a route may refuse, by itself or because of how it is called. */
function refusalsOf(route: Route, { byCredential }: Contract, isConditional: boolean): Set<RefusalKind> {
  const scheme = schemeOf(route)
  return new Set([
    ...(route.refusals ?? []),
    ...(scheme === 'none' ? [] : [credentialMissing, credentialInvalid]),
    ...(scheme === 'credential' ? [callerNotAllowed, ...byCredential] : []),
    ...(scheme === 'credential' && route.workspace !== 'anywhere' ? [workspaceRequired] : []),
    ...(route.scope === null ? [] : [scopeMissing]),
    originNotAllowed,
    rateLimited,
    invalid,
    internal,
    urlMalformed,
    databaseUnavailable,
    draining,
    ...(MUTATING.has(route.method) ? [bodyMalformed, bodyTooLarge, mediaTypeUnsupported] : []),
    ...(route.query ? [urlTooLong] : []),
    ...(route.path.includes('{') ? [notFound] : []),
    ...(isConditional ? [versionMismatch] : []),
    ...(MUTATING.has(route.method)
      ? [idempotencyInFlight, idempotencyAnswerLost, idempotencyMismatch, idempotencyKeyInvalid]
      : []),
  ])
}

function pascal(code: string): string {
  return code.replaceAll(/(?:^|_)(\w)/g, (_, letter: string) => letter.toUpperCase())
}
