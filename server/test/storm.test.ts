/** Everybody at once: whatever order things happen in, nothing fails, and what is kept twice agrees. */
import { randomInt } from 'node:crypto'
import { expect, test } from 'vitest'
import { chatWorld, inboxOf } from './visitors.ts'
import { type LoggedEvent, startServer } from './world.ts'

const CLIENTS = 16
const ROUNDS = 40
const one = <T>(list: readonly T[]): T => list[randomInt(list.length)] as T // a list that is not empty

test('sixteen clients who change the same few things leave nothing that disagrees', { timeout: 120_000 }, async () => {
  const chat = await chatWorld(startServer({ env: { ANTIPHON_TRUSTED_PROXIES: '127.0.0.1' } }))
  const { w } = chat
  const api = await inboxOf(w, 'api')
  const contacts = await Promise.all(
    [1, 2, 3].map(async (n) => (await w.post<{ id: string }>('/v1/contacts', { external_id: `c${n}` })).body.id),
  )
  const conversations = await Promise.all(
    contacts.map(async (contact_id) => (await w.post<{ id: string }>('/v1/conversations', { contact_id })).body.id),
  )
  const visitors = [await chat.visit(), await chat.visit({ email: 'v@example.com' })]
  const people = [w.users.agent.id, w.users.admin.id, null]
  const names = ['red', 'green', 'blue', 'Red']
  const tags = () => names.filter(() => randomInt(2) === 0)
  const messages: string[] = []
  const conversation = () => `/v1/conversations/${one(conversations)}`
  const anyTag = async () => {
    const { data } = (await w.get<{ data: { id: string }[] }>('/v1/tags')).body
    return data.length > 0 ? `/v1/tags/${one(data).id}` : '/v1/tags/none'
  }
  const says = async (type: string, key: boolean) => {
    const body = { type, body: `${type} ${randomInt(100)}`, client_message_id: `m${randomInt(400)}` }
    const headers: Record<string, string> = key ? { 'idempotency-key': `k${randomInt(200)}` } : {}
    const reply = await w.call<{ id: string }>('POST', `${conversation()}/messages`, { body, headers })
    if (reply.status === 201) messages.push(reply.body.id)
    return reply
  }
  const deeds: readonly (() => Promise<{ status: number; text: string }>)[] = [
    () => says('outgoing', false),
    () => says('note', false),
    () => says('outgoing', true),
    () =>
      w.post(`/v1/inboxes/${api}/messages`, {
        contact: { external_id: `c${randomInt(1, 5)}` },
        body: 'A question',
        client_message_id: `in${randomInt(300)}`,
      }),
    () => one(visitors).say('From the page'),
    () => one(visitors).reach(randomInt(20), randomInt(2) === 0),
    () => w.patch(conversation(), { status: one(['open', 'pending', 'resolved', 'spam']) }),
    () => w.patch(conversation(), { assignee_id: one(people), priority: one(['low', 'high']) }),
    () => w.patch(conversation(), { tags: tags() }),
    () => w.patch(conversation(), { status: 'snoozed', snoozed_until: new Date(Date.now() + 1_000).toISOString() }),
    () => w.post(`${conversation()}/read`, randomInt(2) === 0 ? {} : { position: randomInt(30) }),
    () => w.patch(`/v1/contacts/${one(contacts)}`, { tags: tags(), city: `City ${randomInt(5)}` }),
    () => w.post('/v1/contacts', { email: `x${randomInt(4)}@example.com`, phone: `+4930${randomInt(4)}00000` }),
    async () => w.patch(await anyTag(), { name: one([...names, 'violet', 'grey']) }),
    async () => w.delete(await anyTag()),
    () => (messages.length > 0 ? w.delete(`/v1/messages/${one(messages)}`) : w.get('/v1/me')),
    () => w.post('/v1/conversations', { contact_id: one(contacts), tags: tags(), message: { body: 'Hello' } }),
  ]

  const failures: string[] = []
  await Promise.all(
    Array.from({ length: CLIENTS }, async () => {
      for (let round = 0; round < ROUNDS; round++) {
        const reply = await one(deeds)()
        // 503 asks to come again: sixteen want the same four tags.
        if (reply.status >= 500 && reply.status !== 503) failures.push(`${reply.status} ${reply.text}`)
      }
    }),
  )
  expect([failures, w.log.filter((line) => line.includes('"level":"error"'))]).toEqual([[], []])
  await expect
    .poll(() => w.sql("select from conversations where workspace_id = $1 and status = 'snoozed'", [w.id]), {
      timeout: 10_000,
    })
    .toEqual([])
  await expect
    .poll(() => w.sql('select from graphile_worker.jobs where run_at < now()'), { timeout: 10_000 })
    .toEqual([])

  const disagreements = {
    'positions have no gaps': `
      select c.number from conversations c left join messages m on m.workspace_id = c.workspace_id and m.conversation_id = c.id
      where c.workspace_id = $1 group by c.workspace_id, c.id
      having c.messages_count <> count(m.id) or c.messages_count <> coalesce(max(m.position), 0)`,
    'what is unread is what came in after the mark': `
      select c.number from conversations c where workspace_id = $1 and unread_count <> (
        select count(*) from messages m where m.workspace_id = c.workspace_id and m.conversation_id = c.id
          and m.type = 'incoming' and m.position > c.team_read_position)`,
    'marks lie within': `
      select number from conversations where workspace_id = $1 and (team_read_position > messages_count
        or contact_delivered_position > messages_count or contact_read_position > contact_delivered_position)`,
    'numbers have no gaps': `
      select n from generate_series(1, (select max(number) from conversations where workspace_id = $1)) n
      where not exists (select from conversations where workspace_id = $1 and number = n)`,
    'tags lie where they are looked for': `
      select c.number from conversations c where workspace_id = $1 and array(select unnest(tags) order by 1) is distinct from array(
        select t.name from conversation_tags x join tags t on t.workspace_id = x.workspace_id and t.id = x.tag_id
        where x.workspace_id = c.workspace_id and x.conversation_id = c.id order by 1)`,
    'tags that are carried are there': `
      select name from (
        select unnest(tags) as name from conversations where workspace_id = $1
        union select unnest(tags) from contacts where workspace_id = $1 and deleted_at is null) used
      where not exists (select from tags t where t.workspace_id = $1 and t.name = used.name and t.deleted_at is null)`,
    'the log has every event in its place': `
      select id from outbox where workspace_id = $1`,
  }
  for (const [sentence, query] of Object.entries(disagreements)) {
    expect([sentence, await w.sql(query, [w.id])]).toEqual([sentence, []])
  }

  const open = await w.sql("select assignee_id from conversations where workspace_id = $1 and status = 'open'", [w.id])
  expect((await w.get('/v1/conversations/counts')).body).toMatchObject({
    all: open.length,
    unassigned: open.filter((row) => row['assignee_id'] === null).length,
  })

  const last = new Map<string, Record<string, unknown>>()
  for (const event of await w.log_of_events())
    for (const object of objectsOf(event)) last.set(String(object['id']), object)
  const list = (await w.get<{ data: Record<string, unknown>[] }>('/v1/conversations?limit=200')).body.data
  const people_ = (await w.get<{ data: Record<string, unknown>[] }>('/v1/contacts?limit=200')).body.data
  const bare = ({ contact: _, ...rest }: Record<string, unknown>) => rest
  for (const row of [...list, ...people_]) expect(bare(last.get(String(row['id'])) ?? {})).toEqual(bare(row))
  await w.app.drain()
})

function objectsOf({ data }: LoggedEvent): Record<string, unknown>[] {
  return [data['conversation'], data['contact']].filter((object) => object !== undefined)
}
