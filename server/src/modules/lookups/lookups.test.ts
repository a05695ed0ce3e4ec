import type { ServerResponse } from 'node:http'
import { Webhook } from 'standardwebhooks'
import { Type } from 'typebox'
import { expect, test } from 'vitest'
import { openSink, type Sink } from '../../../test/sink.ts'
import { type Server, startServer, type World, world } from '../../../test/world.ts'
import { transact } from '../../kernel/context.ts'
import { invalidField } from '../../kernel/errors.ts'
import { defineLookup } from '../../kernel/lookups.ts'
import { Body } from '../../kernel/schema.ts'
import { ask } from './service.ts'

const Word = Body({ word: Type.String({ maxLength: 20 }) })
const fallback = { answer: { word: 'fallback' }, says: 'The word is fallback.' }
const circuit = { opensAfter: 3, pause: 400 }
const translate = defineLookup('test.translate', { summary: 'A word.', request: Word, answer: Word, fallback, circuit })
const remembered = defineLookup('test.remembered', {
  summary: 'A word that lasts.',
  request: Word,
  answer: Word,
  fallback,
  cache: { seconds: 60, by: (data) => data.word },
})

let shared: Promise<Server> | undefined
const on = () => {
  shared ??= startServer({ env: { ANTIPHON_OUTBOUND_ALLOW: '127.0.0.1/32' } })
  return shared
}

type Made = { id: string; secret: string }
type Delivery = { id: string; kind: string; event_type: string; status: string; error: string | null }
type Shown = { attempts: { error: { code: string; detail: string } | null; response: { body: string } | null }[] }

async function endpoint(w: World, url: string, more: object = {}): Promise<Made> {
  const lookups = [translate.type, remembered.type]
  const made = await w.post<Made>('/v1/webhooks', { url, lookups, lookup_timeout_ms: 500, ...more })
  expect(made.status, made.text).toBe(201)
  return made.body
}

const ctxOf = (w: World) => w.app.system(w.id)
const asked = (w: World, word = 'hello') => ask(ctxOf(w), translate, { data: { word } })
const log = async (w: World, id: string) =>
  (await w.get<{ data: Delivery[] }>(`/v1/webhooks/${id}/deliveries`)).body.data
const answering = (value: unknown) => (response: ServerResponse) =>
  void response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(value))

test('an endpoint is asked, signed as Standard Webhooks has it, and its answer stands in the log', async () => {
  const w = await world({ on: on() })
  const sink = await openSink(answering({ word: 'bonjour' }))
  const { id, secret } = await endpoint(w, sink.url, { headers: { Authorization: 'Bearer me' } })
  expect(await asked(w)).toEqual({ answer: { word: 'bonjour' }, from: 'endpoint', failure: null })
  const [one] = sink.received
  const verified = new Webhook(secret).verify(one?.body ?? '', { ...one?.headers })
  expect(verified).toMatchObject({ type: 'test.translate', workspace_id: w.id, data: { word: 'hello' } })
  expect(one?.headers).toMatchObject({ 'webhook-id': one?.id, authorization: 'Bearer me' })
  expect(await log(w, id)).toMatchObject([
    { id: one?.id, kind: 'lookup', event_type: 'test.translate', status: 'succeeded', error: null },
  ])
  const shown = await w.get(`/v1/webhooks/${id}/deliveries/${one?.id}`)
  expect(shown.body).toMatchObject({
    request_body: one?.body,
    attempts: [{ number: 1, error: null, response: { status: 200, body: '{"word":"bonjour"}' } }],
  })
  expect(shown.text).not.toContain('Bearer me')
  expect(sink.received).toHaveLength(1)
})

function drip(response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'application/json' })
  const timer = setInterval(() => response.write(' '), 50)
  response.on('close', () => clearInterval(timer))
}

const bad: readonly (readonly [string, (response: ServerResponse) => unknown, string, string])[] = [
  ['nothing, ever', () => {}, 'timeout', '500 ms'],
  ['a byte now and then', drip, 'timeout', '500 ms'],
  ['a broken connection', (r) => r.destroy(), 'connection_lost', 'connection broke'],
  ['an error', (r) => r.writeHead(500).end('{"word":"x"}'), 'answer_status', 'answered 500'],
  ['a refusal', (r) => r.writeHead(404).end(), 'answer_status', 'answered 404'],
  [
    'a redirect to a private host',
    (r) => r.writeHead(307, { location: 'http://169.254.169.254/latest' }).end(),
    'answer_redirect',
    'Redirects are not followed',
  ],
  ['nothing at all', (r) => r.writeHead(204).end(), 'answer_empty', 'with nothing'],
  [
    'a page',
    (r) => r.writeHead(200, { 'content-type': 'text/html' }).end('<html>Welcome</html>'),
    'answer_not_json',
    'text/html',
  ],
  ['half of JSON', (r) => r.writeHead(200).end('{"word":"bon'), 'answer_not_json', 'not JSON'],
  ['bytes that are no text', (r) => r.end(Buffer.from([0x22, 0xff, 0xfe, 0x22])), 'answer_not_json', 'not JSON'],
  ['other JSON', answering({ words: ['bonjour'] }), 'answer_invalid', '/word'],
  ['a list', answering([]), 'answer_invalid', 'not as it must be'],
  ['a prototype', (r) => r.end('{"word":"x","__proto__":{"y":1}}'), 'answer_not_json', 'not JSON'],
  ['NUL', answering({ word: 'a\0b' }), 'answer_invalid', 'NUL'],
  ['ten megabytes', (r) => r.end(`{"word":"${'x'.repeat(10_000_000)}"}`), 'answer_too_large', '64 KiB'],
  ['64 KiB and a byte', (r) => r.end(`${' '.repeat(65_523)}{"word":"xyz"}`), 'answer_too_large', '64 KiB'],
]

test.each(bad)('to %s the fallback holds, and the log says what to do', async (_what, answer, code, words) => {
  const w = await world({ on: on() })
  const sink = await openSink(answer)
  const { id } = await endpoint(w, sink.url)
  const answered = await asked(w)
  expect(answered).toMatchObject({ answer: { word: 'fallback' }, from: 'fallback', failure: { code } })
  expect(answered.failure?.detail).toContain(words)
  const [line] = await log(w, id)
  expect(line).toMatchObject({ kind: 'lookup', status: 'failed', error: code })
  const shown = await w.get<Shown>(`/v1/webhooks/${id}/deliveries/${line?.id}`)
  expect(shown.body.attempts).toMatchObject([{ error: answered.failure }])
  expect(sink.received).toHaveLength(1)
})

test('64 KiB are an answer', async () => {
  const w = await world({ on: on() })
  const sink = await openSink((response) => response.end(`${' '.repeat(65_522)}{"word":"xyz"}`))
  await endpoint(w, sink.url)
  expect(await asked(w)).toMatchObject({ answer: { word: 'xyz' }, from: 'endpoint' })
})

test('an address that may not be called is not called', async () => {
  const w = await world({ on: on() })
  const { id } = await endpoint(w, 'https://hooks.example.com/')
  // As if the name had been accepted when it still led elsewhere.
  await w.sql("update webhooks set url = 'http://169.254.169.254/latest' where id = $1", [id])
  expect(await asked(w)).toMatchObject({ from: 'fallback', failure: { code: 'address_refused' } })
  expect(await log(w, id)).toMatchObject([{ status: 'failed', error: 'address_refused' }])
})

test('what a rule refuses of an answer is no answer', async () => {
  const w = await world({ on: on() })
  const sink = await openSink(answering({ word: 'rude' }))
  const { id } = await endpoint(w, sink.url)
  const check = async () => {
    throw invalidField('/word', 'rude', 'We do not say that.')
  }
  const answered = await ask(ctxOf(w), translate, { data: { word: 'hello' }, check })
  expect(answered.failure).toEqual({
    code: 'answer_invalid',
    detail: 'The answer is not as it must be. /word: We do not say that.',
  })
  expect(await log(w, id)).toMatchObject([{ status: 'failed', error: 'answer_invalid' }])
})

const paused = async (w: World, id: string) => (await w.get(`/v1/webhooks/${id}`)).body['lookups_paused_until']

test('an endpoint that fails again and again is left alone, tried by one, and trusted when it answers', async () => {
  const w = await world({ on: on() })
  let isWell = false
  const sink: Sink = await openSink((response) =>
    isWell ? answering({ word: 'back' })(response) : void response.writeHead(503).end(),
  )
  const { id } = await endpoint(w, sink.url)
  for (let n = 0; n < 3; n++) expect((await asked(w)).failure?.code).toBe('answer_status')
  expect(await paused(w, id)).toEqual(expect.any(String))
  expect((await asked(w)).failure?.code).toBe('circuit_open')
  expect((await asked(w)).failure?.detail).toContain('3 look-ups in a row failed')
  expect(sink.received).toHaveLength(3)
  expect((await log(w, id)).map((one) => one.error)).toEqual([
    ...Array(2).fill('circuit_open'),
    ...Array(3).fill('answer_status'),
  ])

  await new Promise((resolve) => setTimeout(resolve, circuit.pause + 50))
  const tried = await Promise.all(Array.from({ length: 10 }, () => asked(w)))
  expect(tried.map((one) => one.failure?.code).sort()).toEqual(['answer_status', ...Array(9).fill('circuit_open')])
  expect(sink.received).toHaveLength(4)

  isWell = true
  await new Promise((resolve) => setTimeout(resolve, circuit.pause + 50))
  expect(await asked(w)).toMatchObject({ from: 'endpoint' })
  expect(await paused(w, id)).toBeNull()
  expect(await asked(w)).toMatchObject({ from: 'endpoint' })
  const said = (await w.log_of_events()).filter((event) => event.type === 'webhook.updated')
  expect(said.map((event) => event.data['webhook']?.['lookups_paused_until'] !== null)).toEqual([true, true, false])
})

test('an answer that lasts is asked for once, until the endpoint is changed', async () => {
  const w = await world({ on: on() })
  const sink = await openSink((response, one) => answering({ word: `${one.data['word']}!` })(response))
  const { id } = await endpoint(w, sink.url)
  const ask_for = (word: string) => ask(ctxOf(w), remembered, { data: { word } })
  expect(await ask_for('a')).toMatchObject({ answer: { word: 'a!' }, from: 'endpoint' })
  expect(await ask_for('a')).toMatchObject({ answer: { word: 'a!' }, from: 'cache' })
  expect(await ask_for('b')).toMatchObject({ answer: { word: 'b!' }, from: 'endpoint' })
  await w.patch(`/v1/webhooks/${id}`, { description: 'another' })
  expect(await ask_for('a')).toMatchObject({ from: 'endpoint' })
  expect(sink.received).toHaveLength(3)
})

test('nobody is asked who is switched off, gone, a stranger or registered for something else', async () => {
  const w = await world({ on: on() })
  const sink = await openSink(answering({ word: 'x' }))
  const { id } = await endpoint(w, sink.url)
  const of_it = (webhook_id: string) => ask(ctxOf(w), translate, { data: { word: 'hello' }, webhook_id })
  await w.patch(`/v1/webhooks/${id}`, { enabled: false })
  expect((await asked(w)).failure?.code).toBe('no_endpoint')
  expect((await of_it(id)).failure?.code).toBe('webhook_disabled')
  await w.patch(`/v1/webhooks/${id}`, { enabled: true, lookups: [remembered.type] })
  expect((await of_it(id)).failure?.code).toBe('lookup_not_wanted')
  expect((await log(w, id)).map((one) => one.error)).toEqual(['lookup_not_wanted', 'webhook_disabled'])

  const theirs = await w.post<Made>(
    '/v1/webhooks',
    { url: sink.url, lookups: [translate.type] },
    { as: w.stranger.key },
  )
  const twins = await w.post<Made>('/v1/webhooks', { url: sink.url, lookups: [translate.type] }, { as: w.testKey })
  for (const other of [theirs.body.id, twins.body.id]) expect((await of_it(other)).failure?.code).toBe('no_endpoint')
  await w.delete(`/v1/webhooks/${id}`)
  expect((await of_it(id)).failure?.code).toBe('no_endpoint')
  expect(sink.received).toEqual([])
})

test('an endpoint is registered for look-ups that there are, by those who may', async () => {
  const w = await world({ on: on() })
  const url = 'https://hooks.invalid/'
  const unknown = await w.post('/v1/webhooks', { url, lookups: ['test.translate', 'test.nothing'] })
  expect(unknown).toMatchObject({ status: 422, body: { errors: [{ pointer: '/lookups/1', code: 'unknown' }] } })
  const none = await w.post('/v1/webhooks', { url })
  expect(none).toMatchObject({ status: 422, body: { errors: [{ pointer: '/events', code: 'minItems' }] } })
  for (const lookup_timeout_ms of [99, 10_001]) {
    expect((await w.post('/v1/webhooks', { url, lookups: [translate.type], lookup_timeout_ms })).status).toBe(422)
  }
  const { id } = await endpoint(w, url)
  const emptied = await w.patch(`/v1/webhooks/${id}`, { lookups: [] })
  expect(emptied).toMatchObject({ status: 422, body: { errors: [{ pointer: '/events' }] } })
  const moved = await w.patch(`/v1/webhooks/${id}`, { lookups: [], events: ['tag.*'], lookup_timeout_ms: null })
  expect(moved.body).toMatchObject({ lookups: [], events: ['tag.*'], lookup_timeout_ms: null })

  const reader = await w.own.keyWith('webhooks:read')
  expect((await w.patch(`/v1/webhooks/${id}`, { lookups: [translate.type] }, { as: reader })).status).toBe(403)
  const list = await w.get<{ data: object[] }>('/v1/lookups', { as: reader })
  expect(list.body.data).toContainEqual(
    expect.objectContaining({ type: 'test.translate', timeout_ms: 3_000, fallback: 'The word is fallback.' }),
  )
  expect(list.body.data).toContainEqual(expect.objectContaining({ type: 'chatbot.reply' }))
  expect((await w.get('/v1/lookups', { as: await w.own.keyWith('inboxes:read') })).status).toBe(403)
})

test('nothing is asked inside a transaction', async () => {
  const w = await world({ on: on() })

  await expect(transact(ctxOf(w), (tx) => ask(tx, translate, { data: { word: 'hello' } }))).rejects.toThrow(
    'inside a transaction',
  )
})
