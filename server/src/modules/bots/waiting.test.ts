import { expect, test } from 'vitest'
import { openSink } from '../../../test/sink.ts'
import { startServer, world } from '../../../test/world.ts'

test('a bot that never answers keeps no other bot waiting', async () => {
  const w = await world({ on: startServer({ env: { ANTIPHON_OUTBOUND_ALLOW: '127.0.0.1/32' } }) })
  const silent = await openSink(() => {})
  const quick = await openSink((response) =>
    response.end(JSON.stringify({ action: 'reply', messages: [{ body: 'Hello!' }] })),
  )
  const inboxWith = async (url: string): Promise<string> => {
    const input = { url, lookups: ['chatbot.reply'], lookup_timeout_ms: 10_000 }
    const { id } = (await w.post<{ id: string }>('/v1/webhooks', input)).body
    const inbox = { name: 'A bot’s', channel: 'api', bot_webhook_id: id }
    return (await w.post<{ id: string }>('/v1/inboxes', inbox)).body.id
  }
  const [stuck, free] = [await inboxWith(silent.url), await inboxWith(quick.url)]
  const write = (inbox: string, n: number) =>
    w.post<{ conversation_id: string }>(`/v1/inboxes/${inbox}/messages`, {
      contact: { external_id: `c${n}` },
      body: 'Hi',
      client_message_id: `m${n}`,
    })
  await Promise.all(Array.from({ length: 40 }, (_, n) => write(stuck, n)))
  await silent.until(8)
  const { conversation_id } = (await write(free, 1)).body
  const bodies = async () => {
    const { data } = (await w.get<{ data: { body: string }[] }>(`/v1/conversations/${conversation_id}/messages`)).body
    return data.map((message) => message.body)
  }
  await expect.poll(bodies, { timeout: 5_000 }).toEqual(['Hi', 'Hello!'])
  expect(silent.received).toHaveLength(8)
  // What is under way is called off when the server stops, and waits for the next one as if nobody had taken it.
  await w.app.drain()
  const left = await w.sql('select attempts, free_from <= now() as free from bot_turns')
  expect(left).toEqual(Array(40).fill({ attempts: 0, free: true }))
})
