/** What the routes promise, as OpenAPI 3.1. Everything in it is read from the routes; nothing is said twice. */
import { type TSchema, Type } from 'typebox'
import {
  bodyMalformed,
  bodyTooLarge,
  callerNotAllowed,
  credentialInvalid,
  credentialMissing,
  databaseUnavailable,
  internal,
  invalid,
  mediaTypeUnsupported,
  notFound,
  originNotAllowed,
  type RefusalKind,
  rateLimited,
  scopeMissing,
  versionMismatch,
} from './errors.ts'
import type { Route } from './http.ts'
import {
  idempotencyAnswerLost,
  idempotencyInFlight,
  idempotencyKeyInvalid,
  idempotencyMismatch,
} from './idempotency.ts'
import { ROUTE_CLASSES } from './rate-limit.ts'

export interface OpenApi {
  openapi: '3.1.0'
  info: { title: string; version: string; description: string; license: { name: string; identifier: string } }
  security: Record<string, string[]>[]
  paths: Record<string, Record<string, unknown>>
  components: { schemas: Record<string, unknown>; securitySchemes: Record<string, unknown> }
}

const Problem = Type.Object(
  {
    type: Type.String({ format: 'uri-reference' }),
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

const MUTATING = new Set(['POST', 'PUT', 'PATCH', 'DELETE'])
/** Methods that `If-Match` may hold to a version. */
const CONDITIONAL = new Set(['PATCH', 'DELETE'])
const ARTICLES = new Set(['a', 'an', 'the'])

export function toOpenApi(routes: readonly Route[], about: { version: string }): OpenApi {
  const schemas: Record<string, unknown> = {}
  const paths: OpenApi['paths'] = {}
  for (const route of routes.filter((one) => one.path.startsWith('/v1'))) {
    paths[route.path] = { ...paths[route.path], [route.method.toLowerCase()]: operation(route, schemas) }
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Antiphon',
      version: about.version,
      description: 'The system in which a business answers its customers.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    security: [{ credential: [] }],
    paths,
    components: {
      schemas,
      securitySchemes: {
        credential: { type: 'http', scheme: 'bearer', description: 'An API key: `ap_…`, `ap_test_…` or `ck_…:…`.' },
        key_pair_public: { type: 'apiKey', in: 'header', name: 'Public-Key' },
        key_pair_private: { type: 'apiKey', in: 'header', name: 'Private-Key' },
        session: { type: 'apiKey', in: 'cookie', name: 'antiphon_session' },
        visitor: { type: 'http', scheme: 'bearer', description: 'A visitor token of the web chat: `vt_…`.' },
      },
    },
  }
}

function operation(route: Route, schemas: Record<string, unknown>): Record<string, unknown> {
  const scheme = route.access?.scheme ?? 'credential'
  return {
    operationId: camel(route.summary),
    summary: route.summary,
    ...(route.description ? { description: route.description } : {}),
    tags: [route.path.split('/')[2]],
    ...(route.scope ? { 'x-scope': route.scope } : {}),
    ...(route.class ? { 'x-limit': `${route.class}: ${ROUTE_CLASSES[route.class]} a minute` } : {}),
    ...(route.shows ? { 'x-shows': route.shows } : {}),
    security: security(scheme),
    parameters: parameters(route, schemas),
    ...(route.body
      ? { requestBody: { required: true, content: { 'application/json': { schema: hoist(route.body, schemas) } } } }
      : {}),
    ...(route.upload
      ? { requestBody: { required: true, content: { 'multipart/form-data': { schema: UPLOAD } } } }
      : {}),
    responses: responses(route, scheme, schemas),
  }
}

const UPLOAD = {
  type: 'object',
  required: ['file'],
  additionalProperties: false,
  properties: { file: { type: 'string', format: 'binary' } },
}

function security(scheme: string): Record<string, string[]>[] {
  if (scheme === 'none') return []
  if (scheme === 'credential')
    return [{ credential: [] }, { key_pair_public: [], key_pair_private: [] }, { session: [] }]
  return [{ [scheme]: [] }]
}

function parameters(route: Route, schemas: Record<string, unknown>): unknown[] {
  const fields = (
    where: 'path' | 'query',
    schema: { properties: Record<string, TSchema>; required?: string[] } | undefined,
  ) =>
    Object.entries(schema?.properties ?? {}).map(([name, property]) => ({
      name,
      in: where,
      required: where === 'path' || (schema?.required?.includes(name) ?? false),
      schema: hoist(property, schemas),
    }))
  const header = (name: string, description: string) => ({
    name,
    in: 'header',
    required: false,
    description,
    schema: { type: 'string', maxLength: 255 },
  })
  return [
    ...fields('path', route.params),
    ...fields('query', route.query),
    ...(MUTATING.has(route.method)
      ? [header('Idempotency-Key', 'A repeat within 24 hours is answered, not run again.')]
      : []),
    ...(CONDITIONAL.has(route.method) ? [header('If-Match', 'The version (ETag) that the change is meant for.')] : []),
  ]
}

function responses(route: Route, scheme: string, schemas: Record<string, unknown>): Record<string, unknown> {
  const answers: Record<string, unknown> = {}
  for (const [status, schema] of Object.entries(route.replies)) {
    const isBytes = 'format' in schema && schema.format === 'binary'
    const type = isBytes ? 'application/octet-stream' : 'application/json'
    answers[status] = {
      description: status === '204' ? 'Done; there is no body.' : 'Done.',
      ...(status === '204' ? {} : { content: { [type]: { schema: hoist(schema, schemas) } } }),
    }
  }
  const byStatus = Map.groupBy(refusalsOf(route, scheme), (kind) => kind.status)
  for (const [status, kinds] of [...byStatus].sort(([a], [b]) => a - b)) {
    answers[status] ??= {
      description: kinds.map((kind) => `\`${kind.code}\`: ${kind.title}`).join('\n\n'),
      content: { 'application/problem+json': { schema: hoist(Problem, schemas) } },
    }
  }
  return answers
}

function refusalsOf(route: Route, scheme: string): Set<RefusalKind> {
  return new Set([
    ...(route.refusals ?? []),
    ...(scheme === 'none' ? [] : [credentialMissing, credentialInvalid]),
    ...(scheme === 'credential' ? [callerNotAllowed] : []),
    ...(route.scope === null ? [] : [scopeMissing]),
    originNotAllowed,
    rateLimited,
    invalid,
    internal,
    databaseUnavailable,
    ...(route.body || route.upload ? [bodyMalformed, bodyTooLarge, mediaTypeUnsupported] : []),
    ...(route.path.includes('{') ? [notFound] : []),
    ...(CONDITIONAL.has(route.method) ? [versionMismatch] : []),
    ...(MUTATING.has(route.method)
      ? [idempotencyInFlight, idempotencyAnswerLost, idempotencyMismatch, idempotencyKeyInvalid]
      : []),
  ])
}

/** Schemas with a title stand once, under components. */
function hoist(schema: unknown, schemas: Record<string, unknown>): unknown {
  if (Array.isArray(schema)) return schema.map((item) => hoist(item, schemas))
  if (typeof schema !== 'object' || schema === null) return schema
  const plain = Object.fromEntries(
    Object.entries(schema)
      .filter(([key]) => !key.startsWith('~'))
      .map(([key, value]) => [key, hoist(value, schemas)]),
  )
  const title = plain['title']
  if (typeof title !== 'string' || plain['type'] !== 'object') return plain
  schemas[title] = plain
  return { $ref: `#/components/schemas/${title}` }
}

function camel(summary: string): string {
  const words = summary
    .replaceAll(/[^A-Za-z0-9 ]/g, '')
    .split(' ')
    .filter((word) => !ARTICLES.has(word))
  return words
    .map((word, index) => (index === 0 ? word.toLowerCase() : word[0]?.toUpperCase() + word.slice(1)))
    .join('')
}
