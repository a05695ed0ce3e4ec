/** What came in: decoded strictly, checked against its schema whole, refused with every field named. */
import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv'
import addFormatsModule, { type FormatsPlugin } from 'ajv-formats'
import sjson from 'secure-json-parse'
import type { Static, TSchema } from 'typebox'
import { bodyMalformed, type FieldError, invalid, notFound } from './errors.ts'
import type { Route } from './http.ts'

const DEPTH = 32
const VALUES_AT_MOST = 10_000
const NAMED_AT_MOST = 50
const addFormats = addFormatsModule as unknown as FormatsPlugin // its types describe the CommonJS default one level too high

const bodies = new Ajv({
  allErrors: true,
  coerceTypes: false,
  removeAdditional: false,
  useDefaults: false,
  strict: false,
  // Our own schemas, which the tests compile: checking each against JSON Schema itself takes a quarter of a second of every start.
  meta: false,
  validateSchema: false,
})
const queries = new Ajv({
  allErrors: true,
  coerceTypes: true,
  removeAdditional: false,
  useDefaults: false,
  strict: false,
  // Our own schemas, which the tests compile: checking each against JSON Schema itself takes a quarter of a second of every start.
  meta: false,
  validateSchema: false,
})
for (const ajv of [bodies, queries]) {
  addFormats(ajv, ['date', 'uuid', 'email', 'uri'])
  ajv.addFormat('date-time', isTime)
}

const utf8 = new TextDecoder('utf-8', { fatal: true })

/** JSON out of bytes; invalid UTF-8, broken JSON and `__proto__` keys are a 400. No bytes are no body. */
export function parseJson(bytes: Buffer): unknown {
  if (bytes.length === 0) return undefined
  try {
    return sjson.parse(utf8.decode(bytes))
  } catch {
    throw bodyMalformed({ detail: 'The body is not JSON in UTF-8.' })
  }
}

// RFC 3339, but for what no clock here can show: a leap second, a day the month has not, a year beyond 1 to 9999.
function isTime(text: string): boolean {
  const [, day] = /^(\d{4}-\d\d-\d\d)[Tt ]([01]\d|2[0-3]):\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)$/.exec(text) ?? []
  const time = new Date(text)
  if (day === undefined || Number.isNaN(time.getTime())) return false
  const isDay = new Date(`${day}T00:00:00Z`).toISOString().startsWith(day)
  return isDay && /^(?!0000)\d{4}-/.test(time.toISOString())
}

export type Checker = (input: { params: unknown; query: unknown; body: unknown }) => void

/** Compiles what a route takes into one check that names everything wrong with body, query and path at once. */
export function checkerFor(route: Pick<Route, 'params' | 'query' | 'body'>): Checker {
  const params = route.params ? compiled(bodies, route.params) : null
  const query = compiled(queries, route.query ?? NOTHING)
  const body = compiled(bodies, route.body ?? NOTHING)
  return (input) => {
    const errors: FieldError[] = []
    checkText(input.params, '', 0, () => {
      throw notFound()
    })
    if (params && !params()(input.params)) throw notFound()
    collect(errors, query(), input.query, 'query')
    if (route.body || input.body !== undefined) collect(errors, body(), input.body, 'body')
    if (errors.length > 0) throw invalid({ errors: errors.slice(0, NAMED_AT_MOST) })
  }
}

const NOTHING = { type: 'object', additionalProperties: false }

/** Compiled when it is first needed, so that a start does not wait for routes nobody calls. */
function compiled(ajv: Ajv, schema: object): () => ValidateFunction {
  let validate: ValidateFunction | undefined
  return () => {
    validate ??= ajv.compile(schema)
    return validate
  }
}

/** Reads a body by its schema alone, for doors that are no routes. */
export function readerFor<B extends TSchema>(body: B): (value: unknown) => Static<B> {
  const check = checkerFor({ body })
  return (value) => {
    check({ params: {}, query: {}, body: value })
    return value as Static<B> // just checked
  }
}

function collect(errors: FieldError[], validate: ValidateFunction, value: unknown, part: 'query' | 'body'): void {
  // More than any schema takes is refused before one is asked: to name half a million wrong values takes seconds.
  if (isLarge(value)) {
    errors.push({ pointer: spell('', part), code: 'too_many', detail: `More than ${VALUES_AT_MOST} values.` })
    return
  }
  const before = errors.length
  checkText(value, '', 0, (pointer, code, detail) => errors.push({ pointer: spell(pointer, part), code, detail }))
  if (errors.length > before) return
  if (validate(value)) return
  for (const error of (validate.errors ?? []).slice(0, NAMED_AT_MOST)) errors.push(toFieldError(error, part))
}

function toFieldError(error: ErrorObject, part: 'query' | 'body'): FieldError {
  const { keyword, instancePath, params } = error
  const detail = `${(error.message ?? 'is not allowed').replace(/^./, (c) => c.toUpperCase())}.`
  if (keyword === 'required') {
    return {
      pointer: spell(`${instancePath}/${params['missingProperty']}`, part),
      code: 'required',
      detail: 'This is needed.',
    }
  }
  if (keyword === 'additionalProperties') {
    return {
      pointer: spell(`${instancePath}/${pointerKey(String(params['additionalProperty']))}`, part),
      code: 'unknown',
      detail: 'There is no such field.',
    }
  }
  return { pointer: spell(instancePath, part), code: keyword, detail }
}

function spell(pointer: string, part: 'query' | 'body'): string {
  return part === 'query' ? `?${pointer.slice(1)}` : pointer
}

function pointerKey(key: string): string {
  return key.replaceAll('~', '~0').replaceAll('/', '~1')
}

function isLarge(value: unknown): boolean {
  const open = [value]
  let seen = 0
  for (let one = open.pop(); one !== undefined; one = open.pop()) {
    if (typeof one !== 'object' || one === null) continue
    const within = Object.values(one)
    seen += within.length
    if (seen > VALUES_AT_MOST) return true
    for (const item of within) open.push(item)
  }
  return false
}

type Complain = (pointer: string, code: string, detail: string) => void

/** NUL, lone surrogates, endless numbers and more than 32 levels are refused, in keys as in values, wherever they stand. */
function checkText(value: unknown, pointer: string, depth: number, complain: Complain): void {
  if (typeof value === 'string') {
    if (value.includes('\0')) complain(pointer, 'nul', 'NUL is not allowed.')
    else if (!value.isWellFormed()) complain(pointer, 'surrogate', 'Half of a surrogate pair is not text.')
    return
  }
  if (typeof value === 'number' && !Number.isFinite(value)) complain(pointer, 'number', 'No number is as large.')
  if (typeof value !== 'object' || value === null) return
  if (depth >= DEPTH) {
    complain(pointer, 'depth', `Nested deeper than ${DEPTH} levels.`)
    return
  }
  for (const [key, item] of Object.entries(value)) {
    const here = `${pointer}/${pointerKey(key.toWellFormed().replaceAll('\0', '\uFFFD'))}`
    if (!Array.isArray(value)) checkText(key, here, depth, complain)
    checkText(item, here, depth + 1, complain)
  }
}

/** A part of a body whose schema depends on what is stored. Refuses it, naming every field below `pointer`. */
export function readPart<T extends TSchema>(schema: T, value: unknown, pointer: string): Static<T> {
  const validate = bodies.compile(schema)
  if (validate(value)) return value as Static<T> // just checked
  const errors = (validate.errors ?? []).slice(0, NAMED_AT_MOST).map((error) => toFieldError(error, 'body'))
  throw invalid({ errors: errors.map((error) => ({ ...error, pointer: `${pointer}${error.pointer}` })) })
}

/** For tests and the reference: whether a schema accepts a value as a body. */
export function accepts(schema: TSchema, value: unknown): boolean {
  return bodies.validate(schema, value)
}
