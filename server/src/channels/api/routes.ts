import { type Static, Type } from 'typebox'
import { type Ctx, transact } from '../../kernel/context.ts'
import { invalidField, notFound, refusal, versionMismatch } from '../../kernel/errors.ts'
import { created, IdParams, ok, route } from '../../kernel/http.ts'
import { Body, Nullable, OneOf, Text, Time } from '../../kernel/schema.ts'
import { MINUTE } from '../../kernel/time.ts'
import { etag } from '../../kernel/versions.ts'
import { ContactWrite } from '../../modules/contacts/schema.ts'
import * as contacts from '../../modules/contacts/service.ts'
import * as inboxes from '../../modules/inboxes/service.ts'
import { ClientMessageId, Message, Written } from '../../modules/messages/schema.ts'
import * as messages from '../../modules/messages/service.ts'

export const inboxNotApi = refusal('inbox_not_api', 422, 'Only an inbox of the channel api takes this.')

const Incoming = Body({
  contact: ContactWrite,
  body: Written.body,
  html: Written.html,
  attachments: Written.attachments,
  client_message_id: ClientMessageId,
  sent_at: Type.Optional(Time),
  subject: Type.Optional(Nullable(Text(500))),
})

export const routes = [
  route({
    method: 'POST',
    path: '/v1/inboxes/{id}/messages',
    summary: 'Receive a message',
    description:
      'For inboxes of the channel `api`: finds or creates the contact, continues their conversation in the inbox or opens one, and adds an incoming message.',
    scope: 'messages:write',
    params: IdParams,
    body: Incoming,
    example: {
      contact: { external_id: 'customer-4711', name: 'Ada' },
      body: 'Where is my order?',
      client_message_id: 'in-4711-1',
    },
    replies: { 201: Message, 200: Message },
    refusals: [
      notFound,
      inboxNotApi,
      inboxes.inboxDisabled,
      contacts.identityRequired,
      contacts.identityConflict,
      messages.messageEmpty,
      messages.clientMessageIdTaken,
    ],
    run: async (ctx, { params, body }) => {
      const inbox = await inboxes.get(ctx, params.id)
      if (inbox.channel !== 'api') throw inboxNotApi()
      inboxes.requireEnabled(inbox)
      const { row, isNew } = await receive(ctx, inbox, body)
      const message = await messages.presentOne(ctx, row)
      return isNew ? created(message, etag(row.version)) : ok(message, etag(row.version))
    },
  }),
  route({
    method: 'PATCH',
    path: '/v1/messages/{id}',
    summary: 'Change a message',
    description: 'For outgoing messages of inboxes of the channel `api`. Only forward; a repeat changes nothing.',
    scope: 'messages:write',
    params: IdParams,
    body: Body({
      status: OneOf(['sent', 'delivered', 'read', 'failed']),
      error: Type.Optional(Body({ code: Text(100), detail: Text(1000) })),
    }),
    example: { status: 'delivered' },
    replies: { 200: Message },
    refusals: [notFound, inboxNotApi, versionMismatch, messages.messageNotOutgoing, messages.messageStatusBackward],
    run: async (ctx, { params, body }) => {
      const found = await messages.get(ctx, params.id)
      const inbox = await inboxes.get(ctx, found.inbox_id)
      if (inbox.channel !== 'api') throw inboxNotApi()
      const row = await messages.report(ctx, params.id, body)
      return ok(await messages.presentOne(ctx, row), etag(row.version))
    },
  }),
]

/** Somebody new comes into being together with what they say, or not at all; whom we know only says something. */
async function receive(ctx: Ctx, inbox: inboxes.Inbox, said: Static<typeof Incoming>): Promise<messages.Written> {
  const sent_at = said.sent_at === undefined ? null : new Date(said.sent_at)
  if (sent_at && sent_at.getTime() > ctx.now().getTime() + MINUTE) {
    throw invalidField('/sent_at', 'future', 'That is still to come.')
  }
  const say = (here: Ctx, { id, name }: contacts.Row) => {
    const speaker: Ctx = { ...here, actor: { type: 'contact', id, name } }
    const from = { inbox, contact_id: id, name, subject: said.subject ?? undefined }
    return messages.receive(speaker, from, { ...said, sent_at })
  }
  const known = await contacts.findKnown(ctx, said.contact)
  if (known) return say(ctx, known)
  return transact(ctx, async (tx) => say(tx, (await contacts.findOrCreate(tx, said.contact)).row))
}
