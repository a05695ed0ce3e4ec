/** What the routes promise, as OpenAPI 3.1. Everything in it is read from the routes; nothing is said twice. */
import type { TSchema } from 'typebox'
import type { RefusalKind } from './errors.ts'
import type { Route } from './http.ts'
import { type Contract, HEADERS, MUTATING, responses, schemeOf } from './openapi-answers.ts'
import { exampleOf, type Words } from './openapi-examples.ts'
import { linksFrom } from './openapi-links.ts'
import { hoistAsked } from './openapi-schemas.ts'
import { ROUTE_CLASSES } from './rate-limit.ts'

export interface OpenApi {
  openapi: '3.1.0'
  info: { title: string; version: string; description: string; license: { name: string; identifier: string } }
  servers: { url: string }[]
  security: Record<string, string[]>[]
  tags: { name: string; description: string; 'x-displayName': string }[]
  paths: Record<string, Record<string, unknown>>
  components: {
    schemas: Record<string, unknown>
    responses: Record<string, unknown>
    headers: Record<string, unknown>
    securitySchemes: Record<string, unknown>
  }
}

export interface About {
  readonly version: string
  readonly description: string
  /** What each first segment of a path is about, in the order in which it is told. */
  readonly tags: Readonly<Record<string, string>>
  readonly words: Words
  /** What any caller with a credential may be refused by, besides what the kernel knows. */
  readonly byCredential: readonly RefusalKind[]
}

const ARTICLES = new Set(['a', 'an', 'the'])

export function toOpenApi(routes: readonly Route[], about: About): OpenApi {
  const contract: Contract = { schemas: {}, responses: {}, words: about.words, byCredential: about.byCredential }
  const paths: OpenApi['paths'] = {}
  const told = routes.filter((one) => one.path.startsWith('/v1'))
  for (const route of told) {
    paths[route.path] = { ...paths[route.path], [route.method.toLowerCase()]: operation(route, told, contract) }
  }
  const used = new Set(told.map(tagOf))
  return {
    openapi: '3.1.0',
    info: {
      title: 'Antiphon',
      version: about.version,
      description: about.description,
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/' }],
    security: [{ credential: [] }],
    tags: Object.entries(about.tags)
      .filter(([name]) => used.has(name))
      .map(([name, description]) => ({ name, description, 'x-displayName': headline(name) })),
    paths,
    components: {
      schemas: contract.schemas,
      responses: contract.responses,
      headers: HEADERS,
      securitySchemes: SCHEMES,
    },
  }
}

const SCHEMES = {
  credential: {
    type: 'http',
    scheme: 'bearer',
    description: 'An API key: `ap_…`, `ap_test_…`, or the same key written `ck_…:…`.',
  },
  key_pair_public: {
    type: 'apiKey',
    in: 'header',
    name: 'Public-Key',
    description: 'The same key in two headers: the public half.',
  },
  key_pair_private: { type: 'apiKey', in: 'header', name: 'Private-Key', description: 'And the private half.' },
  session: {
    type: 'apiKey',
    in: 'cookie',
    name: 'antiphon_session',
    description:
      'Who is signed in to the dashboard; `__Host-antiphon_session` on https. What changes something needs an `Origin` that is ours.',
  },
  visitor: { type: 'http', scheme: 'bearer', description: 'A visitor token of the web chat: `vt_…`.' },
}

function operation(route: Route, routes: readonly Route[], contract: Contract): Record<string, unknown> {
  const isConditional = hasIfMatch(route, routes)
  const answered = responses(route, contract, {
    hasVersion: isVersioned(route, routes),
    isConditional,
    links: linksFrom(route, routes, nameOf),
  })
  return {
    operationId: nameOf(route),
    summary: route.summary,
    ...describe(route),
    tags: [tagOf(route)],
    ...(route.scope ? { 'x-scope': route.scope } : {}),
    ...(route.class ? { 'x-limit': `${route.class}: ${ROUTE_CLASSES[route.class]} a minute` } : {}),
    ...(route.shows ? { 'x-shows': route.shows } : {}),
    security: security(route),
    parameters: parameters(route, contract, isConditional),
    ...requestBody(route, contract),
    responses: answered,
  }
}

function describe(route: Route): { description?: string } {
  const scope = route.scope === null ? [] : [`Needs the scope \`${route.scope}\`.`]
  const parts = [...(route.description ? [route.description] : []), ...scope]
  return parts.length === 0 ? {} : { description: parts.join('\n\n') }
}

function requestBody(route: Route, contract: Contract): { requestBody?: unknown } {
  if (route.upload) return { requestBody: { required: true, content: { 'multipart/form-data': { schema: UPLOAD } } } }
  if (!route.body) return {}
  const example = route.example ?? exampleOf(route.body, contract.words)
  const schema = hoistAsked(route.body, contract.schemas)
  return { requestBody: { required: true, content: { 'application/json': { schema, example } } } }
}

const UPLOAD = {
  type: 'object',
  required: ['file'],
  additionalProperties: false,
  properties: { file: { type: 'string', format: 'binary' } },
}

function security(route: Route): Record<string, string[]>[] {
  const scheme = schemeOf(route)
  const scopes = route.scope === null ? [] : [route.scope]
  if (scheme === 'none') return []
  if (scheme !== 'credential') return [{ [scheme]: [] }]
  return [{ credential: scopes }, { key_pair_public: scopes, key_pair_private: scopes }, { session: scopes }]
}

function parameters(route: Route, contract: Contract, isConditional: boolean): unknown[] {
  const fields = (
    where: 'path' | 'query',
    schema: { properties: Record<string, TSchema>; required?: string[] } | undefined,
  ) =>
    Object.entries(schema?.properties ?? {}).map(([name, property]) => {
      const required = where === 'path' || (schema?.required?.includes(name) ?? false)
      const { description, ...shown } = property as Record<string, unknown> // a schema is a plain JSON object
      return {
        name,
        in: where,
        required,
        ...(description === undefined ? {} : { description }),
        schema: hoistAsked(shown, contract.schemas),
        ...(required ? { example: exampleOf(property, contract.words, name) } : {}),
      }
    })
  return [
    ...fields('path', route.params),
    ...fields('query', route.query),
    ...(MUTATING.has(route.method) ? [IDEMPOTENCY_KEY] : []),
    ...(isConditional ? [IF_MATCH] : []),
    ...(schemeOf(route) === 'credential' ? [WORKSPACE] : []),
  ]
}

const header = (name: string, description: string, schema: object) => ({
  name,
  in: 'header',
  required: false,
  description,
  schema: { type: 'string', ...schema },
})
const IDEMPOTENCY_KEY = header(
  'Idempotency-Key',
  'Yours, 1 to 255 printable characters. A repeat within 24 hours is answered as the first was, and not run again.',
  { pattern: '^[\\x21-\\x7e](?:[\\x20-\\x7e]{0,253}[\\x21-\\x7e])?$', maxLength: 255 },
)
const IF_MATCH = header(
  'If-Match',
  'The version (`ETag`) that the change is meant for; another one is refused with 412.',
  {},
)
const WORKSPACE = header(
  'Antiphon-Workspace',
  'Which workspace a session means, where it belongs to several. A key has one, and may name no other.',
  { format: 'uuid' },
)

/** A row that can be changed has a version, which whoever reads or changes it is told. */
function isVersioned(route: Route, routes: readonly Route[]): boolean {
  const isShown = route.method === 'GET' || route.method === 'PATCH'
  return isShown && routes.some((other) => other.path === route.path && isChange(other))
}

/** Changing and deleting hold to a version where reading tells one. */
function hasIfMatch(route: Route, routes: readonly Route[]): boolean {
  const isMeant = route.method === 'PATCH' || route.method === 'DELETE'
  return isMeant && routes.some((other) => other.path === route.path && isChange(other))
}

function isChange(route: Route): boolean {
  return route.method === 'PATCH' && schemeOf(route) === 'credential'
}

function tagOf(route: Route): string {
  return route.path.split('/')[2] ?? ''
}

/** `api-keys` is `API keys`. */
function headline(tag: string): string {
  const words = tag.replaceAll('-', ' ').replace(/^api\b/, 'API')
  return `${words[0]?.toUpperCase()}${words.slice(1)}`
}

/** `Create or update a contact` is `createOrUpdateContact`. */
function nameOf({ summary }: Route): string {
  const words = summary
    .replaceAll(/[^A-Za-z0-9 ]/g, '')
    .split(' ')
    .filter((word) => !ARTICLES.has(word))
  return words
    .map((word, index) => (index === 0 ? word.toLowerCase() : word[0]?.toUpperCase() + word.slice(1)))
    .join('')
}
