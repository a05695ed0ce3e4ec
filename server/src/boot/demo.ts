/** Demo data: what a first look needs, and when it is loaded. */
import type { App } from '../app.ts'
import { type Config, isLoopback } from '../config.ts'
import { type Ctx, type Tx, transact } from '../kernel/context.ts'
import { MINUTE } from '../kernel/time.ts'
import * as attributes from '../modules/attributes/service.ts'
import * as contacts from '../modules/contacts/service.ts'
import * as inboxes from '../modules/inboxes/service.ts'
import * as messages from '../modules/messages/service.ts'
import type { User } from '../modules/users/schema.ts'
import * as users from '../modules/users/service.ts'
import * as workspaces from '../modules/workspaces/service.ts'
import * as story from './demo-story.ts'

/** By default only into an empty embedded database that only this machine reaches; said with `--demo`, into any empty one. */
export function wantsDemo(config: Config, isEmpty: boolean): boolean {
  if (!isEmpty || config.demo === 'never') return false
  return config.demo === 'always' || (config.databaseUrl === null && isLoopback(config.host))
}

/** Loads it in one transaction, so that a killed start leaves none of it. */
export async function loadDemo(app: App): Promise<void> {
  await transact(app.system(null), async (tx) => {
    const { id } = await workspaces.create(tx, { ...story.workspace, plan: 'ultimate' })
    const shop = { ...tx, workspace_id: id }
    const team = new Map<string, User>()
    for (const person of story.people) team.set(firstName(person.name), await users.create(shop, person))
    for (const tag of story.tags) await attributes.create(shop, tag)
    const byAge = story.talks.toSorted((a, b) => (b.lines[0]?.ago ?? 0) - (a.lines[0]?.ago ?? 0))
    for (const talk of byAge) await tell(shop, talk, team)
  })
}

async function tell(shop: Tx, talk: story.DemoTalk, team: ReadonlyMap<string, User>): Promise<void> {
  const inbox = (await inboxes.list(shop, { limit: 10, after: null, before: null })).find(
    (one) => one.channel === talk.channel,
  )
  if (!inbox) throw new Error(`A new workspace has no inbox of ${talk.channel}.`)
  const { row: contact } = await contacts.findOrCreate(at(shop, talk.lines[0]?.ago ?? 0), talk.customer)
  let conversation_id = ''
  for (const line of talk.lines) {
    const now = at(shop, line.ago)
    if (line.by === 'customer') {
      const from = { inbox, contact_id: contact.id, name: contact.name, subject: talk.subject }
      const words = { body: line.text, client_message_id: `demo-${contact.number}-${line.ago}` }
      const isFirst = conversation_id === ''
      conversation_id = (await messages.receive(as(now, 'contact', contact), from, words)).row.conversation_id
      if (isFirst) await route(now, talk, { conversation_id, assignee: team.get(talk.assignee ?? '') })
      continue
    }
    const speaker = team.get(line.by)
    if (speaker) {
      await messages.send(as(now, 'user', speaker), conversation_id, {
        type: line.note ? 'note' : 'outgoing',
        body: line.text,
      })
    }
  }
  await settle(shop, talk, { conversation_id, assignee: team.get(talk.assignee ?? '') })
}

/** Somebody takes it, or it is sorted. */
async function route(tx: Tx, talk: story.DemoTalk, found: Found): Promise<void> {
  const { conversation_id, assignee } = found
  await messages.change(assignee ? as(tx, 'user', assignee) : tx, conversation_id, {
    ...(assignee ? { assignee_id: assignee.id } : {}),
    ...(talk.tags ? { tags: [...talk.tags] } : {}),
    ...(talk.priority ? { priority: talk.priority } : {}),
  })
}

async function settle(shop: Tx, talk: story.DemoTalk, found: Found): Promise<void> {
  const { conversation_id, assignee } = found
  if (talk.ends) {
    const end = at(shop, talk.ends.ago)
    await messages.change(assignee ? as(end, 'user', assignee) : end, conversation_id, { status: talk.ends.status })
  }
  if (!talk.unread) await messages.readByTeam(at(shop, talk.lines.at(-1)?.ago ?? 0), conversation_id, undefined)
}

interface Found {
  readonly conversation_id: string
  readonly assignee: User | undefined
}

/** The same context, so many minutes ago. */
function at(tx: Tx, ago: number): Tx {
  const time = new Date(tx.now().getTime() - ago * MINUTE)
  return { ...tx, now: () => time }
}

function as<C extends Ctx>(ctx: C, type: 'user' | 'contact', who: { id: string; name: string | null }): C {
  return { ...ctx, actor: { type, id: who.id, name: who.name }, user_id: type === 'user' ? who.id : null }
}

function firstName(name: string): string {
  return name.split(' ')[0] ?? name
}
