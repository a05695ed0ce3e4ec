/** The OpenAPI document says what the server does: its examples fit their schemas, and asking by them is answered as it says. */
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js'
import addFormatsModule, { type FormatsPlugin } from 'ajv-formats'
import { beforeAll, describe, expect, test } from 'vitest'
import { parts } from '../src/app.ts'
import { contractOf } from '../src/docs/contract.ts'
import { exampleOf } from '../src/kernel/openapi-examples.ts'
import { type Sample, samples } from './samples.ts'
import { type World, world } from './world.ts'

interface Answer {
  $ref?: string
  headers?: Record<string, unknown>
  content?: Record<string, { schema: object; example?: unknown }>
  links?: Record<string, { operationId: string; parameters: Record<string, string> }>
}
interface Operation {
  operationId: string
  parameters: { name: string; in: string; required: boolean; example?: unknown; schema: object }[]
  requestBody?: { content: Record<string, { schema: object; example?: unknown }> }
  responses: Record<string, Answer>
  security: Record<string, string[]>[]
}

const routes = parts.flatMap((part) => part.routes ?? [])
// Through JSON, as clients get it.
const contract = JSON.parse(JSON.stringify(contractOf(routes)))
const operations: [string, Operation][] = Object.entries<Record<string, Operation>>(contract.paths).flatMap(
  ([path, methods]) =>
    Object.entries(methods).map(([method, one]): [string, Operation] => [`${method.toUpperCase()} ${path}`, one]),
)
const byKey = operations.filter(([, { security }]) => security.some((one) => 'credential' in one))

const addFormats = addFormatsModule as unknown as FormatsPlugin // its types describe the CommonJS default one level too high
const ajv = new Ajv2020({ strict: false, allErrors: true, unicodeRegExp: true })
addFormats(ajv)
ajv.addSchema(contract, 'contract')
const compiled = new Map<object, ValidateFunction>()
function complaints(schema: object, value: unknown): unknown {
  const absolute = JSON.parse(JSON.stringify(schema).replaceAll('"#/', '"contract#/'))
  const validate = compiled.get(schema) ?? ajv.compile(absolute)
  compiled.set(schema, validate)
  return validate(value) ? [] : validate.errors
}
const answerOf = (answer: Answer): Answer => {
  const name = answer.$ref?.split('/').at(-1)
  return name === undefined ? answer : contract.components.responses[name]
}

describe.each(operations)('%s', (_name, operation) => {
  test('has examples that fit their schemas', () => {
    const body = operation.requestBody?.content['application/json']
    if (body) expect(complaints(body.schema, body.example)).toEqual([])
    for (const parameter of operation.parameters.filter(({ required }) => required)) {
      expect([parameter.name, complaints(parameter.schema, parameter.example)]).toEqual([parameter.name, []])
    }
    for (const [status, answer] of Object.entries(operation.responses)) {
      for (const { schema, example } of Object.values(answerOf(answer).content ?? {})) {
        if ('format' in schema) continue
        expect([status, complaints(schema, example)]).toEqual([status, []])
      }
    }
  })

  test('links to operations there are, by parameters they have', () => {
    for (const answer of Object.values(operation.responses)) {
      for (const link of Object.values(answerOf(answer).links ?? {})) {
        const target = operations.find(([, one]) => one.operationId === link.operationId)?.[1]
        const taken = target?.parameters.filter((one) => one.in === 'path').map((one) => one.name)
        expect(Object.keys(link.parameters).toSorted()).toEqual(taken?.toSorted())
      }
    }
  })
})

describe('asked by its example', () => {
  let w: World
  let own: Record<string, Sample>
  let others: Record<string, Sample>
  beforeAll(async () => {
    w = await world()
    own = await samples(w, w.own)
    others = await samples(w, w.stranger)
  })

  /** Ids of the example are those of a sample; whatever else it says is sent as it is printed. */
  const realised = (name: string, operation: Operation): unknown => {
    const example = operation.requestBody?.content['application/json']?.example
    const ids = own[name]?.ids ?? {}
    const unreal = String(exampleOf({ type: 'string', format: 'uuid' }, {}))
    const sample = own[name]?.body?.()
    const known = typeof sample === 'object' && sample !== null ? Object.values(sample).find(isId) : undefined
    return JSON.parse(JSON.stringify(example).replaceAll(unreal, String(known ?? ids['id'])))
  }
  const isId = (value: unknown) => typeof value === 'string' && /^[0-9a-f]{8}-[0-9a-f-]{27}$/.test(value)

  // Those that delete come last, so that nothing is missed.
  const asked = byKey
    .filter(([name]) => name !== 'GET /v1/live')
    .toSorted(([a], [b]) => Number(a.startsWith('DELETE')) - Number(b.startsWith('DELETE')))

  test.each(asked)('%s answers as it says', async (name, operation) => {
    const [method = '', pattern = ''] = name.split(' ')
    const path = pattern.replaceAll(/\{(\w+)\}/g, (_, key: string) => own[name]?.ids[key] ?? 'missing')
    const json = operation.requestBody?.content['application/json']
    const body = operation.requestBody && !json ? aFile() : json && realised(name, operation)
    if (name === 'POST /v1/inboxes/{id}/identity-secrets') await freeSecret(path)
    const reply = await w.call(method, path, body === undefined ? {} : { body })
    expect(reply.status, reply.text).toBeLessThan(300)
    const told = operation.responses[String(reply.status)]
    if (!told) throw new Error(`${reply.status} is not in the document.`)
    const [content] = Object.values(told.content ?? {})
    if (content) expect(complaints(content.schema, reply.body)).toEqual([])
    if (told.headers && 'ETag' in told.headers) expect(reply.headers.get('etag')).toMatch(/^"\d+"$/)
    expect(reply.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/)
  })

  const freeSecret = async (path: string) => {
    const { body } = await w.get<{ identity_secrets: { id: string }[] }>(path.replace('/identity-secrets', ''))
    for (const { id } of body.identity_secrets.slice(1)) await w.delete(`${path}/${id}`)
  }

  const conditional = byKey.filter(([, { parameters }]) => parameters.some((one) => one.name === 'If-Match'))
  test.each(conditional)('%s holds to the version it is meant for', async (name, operation) => {
    const [method = '', pattern = ''] = name.split(' ')
    const path = pattern.replaceAll(/\{(\w+)\}/g, (_, key: string) => others[name]?.ids[key] ?? 'missing')
    const body = operation.requestBody && realised(name, operation)
    const headers = { 'if-match': '"999999"' }
    const reply = await w.call(method, path, { as: w.stranger.key, ...(body === undefined ? {} : { body }), headers })
    expect(reply, reply.text).toMatchObject({ status: 412, body: { code: 'version_mismatch' } })
  })
})

function aFile(): FormData {
  const form = new FormData()
  form.set('file', new File(['hello'], 'hello.txt', { type: 'text/plain' }))
  return form
}
