/** Starting a conversation from this side: by a person of the team or by the API. */
import type { Static } from 'typebox'
import { type Ctx, type Tx, transact } from '../../kernel/context.ts'
import { invalidField } from '../../kernel/errors.ts'
import { etag } from '../../kernel/versions.ts'
import * as attributes from '../attributes/service.ts'
import type { ContactWrite } from '../contacts/schema.ts'
import * as contacts from '../contacts/service.ts'
import type { Conversation } from '../conversations/schema.ts'
import * as conversations from '../conversations/service.ts'
import * as inboxes from '../inboxes/service.ts'
import * as users from '../users/service.ts'
import type { Message } from './schema.ts'
import * as messages from './service.ts'

export interface Start {
  readonly contact_id?: string
  readonly contact?: Static<typeof ContactWrite>
  readonly inbox_id?: string
  readonly subject?: string | null
  readonly assignee_id?: string | null
  readonly team_id?: string | null
  readonly tags?: readonly string[]
  readonly message?: messages.Words & { readonly type?: 'outgoing' | 'note'; readonly user_id?: string }
}

type Started = Conversation & { message?: Message }

/** Opens a conversation, with its first message where there is one, in one transaction. */
export function start(ctx: Ctx, wanted: Start): Promise<[Started, string]> {
  return transact(ctx, async (tx) => {
    const inbox = wanted.inbox_id
      ? await inboxes.requireInbox(tx, wanted.inbox_id, '/inbox_id')
      : await inboxes.getApiInbox(tx)
    if (wanted.team_id) throw conversations.teamNotFound()
    const contact_id = await contactOf(tx, wanted)
    const assignee_id = wanted.assignee_id ? (await users.requireUser(tx, wanted.assignee_id, '/assignee_id')).id : null
    const opened = await conversations.open(tx, {
      inbox_id: inbox.id,
      channel: inbox.channel,
      contact_id,
      subject: wanted.subject ?? null,
      assignee_id,
      team_id: null,
      tags: wanted.tags ? await attributes.ensureTagRows(tx, wanted.tags) : [],
    })
    if (!wanted.message) return [conversations.present(opened), etag(opened.version)]

    const { row } = await messages.send(tx, opened.id, { ...wanted.message, type: wanted.message.type ?? 'outgoing' })
    const after = await conversations.get(tx, opened.id)
    return [{ ...conversations.present(after), message: await messages.presentOne(tx, row) }, etag(after.version)]
  })
}

async function contactOf(tx: Tx, wanted: Start): Promise<string> {
  if (wanted.contact_id !== undefined && wanted.contact !== undefined) {
    throw invalidField('/contact', 'exclusive', 'Give contact_id or contact, not both.')
  }
  if (wanted.contact_id !== undefined) return (await contacts.requireContact(tx, wanted.contact_id, '/contact_id')).id
  if (wanted.contact === undefined)
    throw invalidField('/contact_id', 'required', 'Say with whom: contact_id or contact.')
  return (await contacts.findOrCreate(tx, wanted.contact)).row.id
}
