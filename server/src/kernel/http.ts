/** A route is data: what it is called, who may call it, what goes in, what comes out, what may be refused, what runs. */
import type { IncomingMessage } from 'node:http'
import type { Readable } from 'node:stream'
import { type Static, type TObject, type TSchema, Type } from 'typebox'
import type { Actor, Ctx } from './context.ts'
import type { RefusalKind } from './errors.ts'
import type { Kernel } from './kernel.ts'
import type { Bucket, RouteClass } from './rate-limit.ts'
import type { Upload } from './uploads.ts'

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'

/** Who was recognised by the headers of a request. */
export interface Caller {
  /** Null for someone who belongs to several workspaces and named none. */
  readonly workspace_id: string | null
  readonly actor: Actor
  readonly user_id: string | null
  readonly scopes: ReadonlySet<string>
  readonly buckets: readonly Bucket[]
  /** What the log calls the credential: a key's public id, a user's id. */
  readonly credential: string
}

/** A request before its body is read: all that authentication and limits may look at. */
export interface Incoming {
  readonly raw: IncomingMessage
  readonly headers: IncomingMessage['headers']
  readonly method: string
  readonly address: string
  /** Whom limits by address mean: the address, of IPv6 the /64 that one subscriber has. */
  readonly network: string
  /** The origin by which the caller reached this server. */
  readonly origin: string
  readonly params: Readonly<Record<string, string>>
  readonly kernel: Kernel
  readonly now: () => Date
}

/** A way to be recognised. Refuses with 401 or 403; `scheme` is its name among OpenAPI's security schemes. */
export interface Access {
  readonly scheme: 'credential' | 'visitor' | 'session' | 'none'
  readonly authenticate: (incoming: Incoming) => Promise<Caller>
}

export interface Input<P, Q, B> {
  readonly params: P
  readonly query: Q
  readonly body: B
  /** The file of a multipart request, on routes that take one. */
  readonly upload: Upload
  readonly incoming: Incoming
}

/** What goes back. Built with `ok`, `created`, `noContent` and `stream`. */
export interface Answer<T> {
  readonly status: number
  readonly body: T
  readonly etag?: string
  readonly headers?: Readonly<Record<string, string>>
}

interface Spec<P extends TObject, Q extends TObject, B extends TSchema, R extends Record<number, TSchema>> {
  readonly method: Method
  /** In OpenAPI's spelling: `/v1/contacts/{id}`. */
  readonly path: `/${string}`
  /** Imperative, without a full stop; the operation's name is made of it: `List contacts` is `listContacts`. */
  readonly summary: string
  readonly description?: string
  /** `resource:action`, or null for what every caller of this access may do. */
  readonly scope: string | null
  /** How callers are recognised; by API key or session when left out. */
  readonly access?: Access
  /** A class of routes that cost more than others: has a bucket of the workspace beside its plan's. */
  readonly class?: RouteClass
  /** `anywhere`: answers a caller who named no workspace as well. */
  readonly workspace?: 'anywhere'
  readonly params?: P
  readonly query?: Q
  readonly body?: B
  /** A body one may send, shown in the reference and tried by a test; made from the schema when left out. */
  readonly example?: Static<B>
  /** `file`: the body is multipart with one part `file`. */
  readonly upload?: 'file'
  /** `secret`: the answer shows a secret that no other answer shows. */
  readonly shows?: 'secret'
  readonly replies: R
  readonly refusals?: readonly RefusalKind[]
  readonly run: (
    ctx: Ctx,
    input: Input<Static<P>, Static<Q>, Static<B>>,
  ) => Promise<Answer<Static<R[keyof R] extends TSchema ? R[keyof R] : TSchema>>>
}

export interface Route extends Omit<Spec<TObject, TObject, TSchema, Record<number, TSchema>>, 'run'> {
  readonly run: (ctx: Ctx, input: Input<never, never, never>) => Promise<Answer<unknown>>
}

const Nothing = Type.Object({})

export function route<
  P extends TObject = typeof Nothing,
  Q extends TObject = typeof Nothing,
  B extends TSchema = typeof Nothing,
  R extends Record<number, TSchema> = Record<number, TSchema>,
>(spec: Spec<P, Q, B, R>): Route {
  return spec
}

export function ok<T>(body: T, etag?: string): Answer<T> {
  return etag === undefined ? { status: 200, body } : { status: 200, body, etag }
}

export function created<T>(body: T, etag?: string): Answer<T> {
  return etag === undefined ? { status: 201, body } : { status: 201, body, etag }
}

export function noContent(): Answer<null> {
  return { status: 204, body: null }
}

/** Bytes instead of JSON. */
export function stream(body: Readable, headers: Readonly<Record<string, string>>, status = 200): Answer<Readable> {
  return { status, body, headers }
}

/** The reply schema of an answer without a body. */
export const NoContent = Type.Unsafe<null>({ type: 'null' })
/** The reply schema of an answer of bytes. */
export const Bytes = Type.Unsafe<Readable>({ type: 'string', format: 'binary' })

/** `limit`, `after` and `before`, as every list takes them. */
export const PageQuery = {
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 200, description: 'How many at most; 50 when left out.' })),
  after: Type.Optional(Type.String({ maxLength: 1024, description: 'The `next_cursor` of the page before.' })),
  before: Type.Optional(Type.String({ maxLength: 1024, description: 'Rows before this cursor.' })),
}

export function Query<P extends Record<string, TSchema>>(properties: P): TObject<P> {
  return Type.Object(properties, { additionalProperties: false })
}

export const IdParams = Type.Object({ id: Type.String({ format: 'uuid' }) })
