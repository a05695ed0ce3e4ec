import { Type } from 'typebox'
import { transact } from '../../kernel/context.ts'
import { invalidField, notFound, refusal, versionMismatch } from '../../kernel/errors.ts'
import { created, IdParams, ok, route } from '../../kernel/http.ts'
import { Body, Nullable, OneOf, Text, Time } from '../../kernel/schema.ts'
import { etag } from '../../kernel/versions.ts'
import { ContactWrite } from '../../modules/contacts/schema.ts'
import * as contacts from '../../modules/contacts/service.ts'
import * as inboxes from '../../modules/inboxes/service.ts'
import { ClientMessageId, Message, Written } from '../../modules/messages/schema.ts'
import * as messages from '../../modules/messages/service.ts'

export const inboxNotApi = refusal('inbox_not_api', 422, 'Only an inbox of the channel api takes this.')

export const routes = [
  route({
    method: 'POST',
    path: '/v1/inboxes/{id}/messages',
    summary: 'Receive a message',
    description:
      'For inboxes of the channel `api`: finds or creates the contact, continues their conversation in the inbox or opens one, and adds an incoming message.',
    scope: 'messages:write',
    params: IdParams,
    body: Body({
      contact: ContactWrite,
      body: Written.body,
      html: Written.html,
      attachments: Written.attachments,
      client_message_id: ClientMessageId,
      sent_at: Type.Optional(Time),
      subject: Type.Optional(Nullable(Text(500))),
    }),
    replies: { 201: Message, 200: Message },
    refusals: [
      notFound,
      inboxNotApi,
      contacts.identityRequired,
      contacts.identityConflict,
      messages.messageEmpty,
      messages.clientMessageIdTaken,
    ],
    run: async (ctx, { params, body }) => {
      const inbox = await inboxes.get(ctx, params.id)
      if (inbox.channel !== 'api') throw inboxNotApi()
      const { row: contact } = await transact(ctx, (tx) => contacts.findOrCreate(tx, body.contact))
      const sent_at = body.sent_at === undefined ? null : new Date(body.sent_at)
      if (sent_at && sent_at.getTime() > ctx.now().getTime() + 60_000)
        throw invalidField('/sent_at', 'future', 'That is still to come.')
      const speaker = { ...ctx, actor: { type: 'contact', id: contact.id, name: contact.name } } as const
      const from = { inbox, contact_id: contact.id, name: contact.name, subject: body.subject ?? undefined }
      const { row, isNew } = await messages.receive(speaker, from, { ...body, sent_at })
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
