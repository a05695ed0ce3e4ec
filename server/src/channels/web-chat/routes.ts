import { Type } from 'typebox'
import type { Ctx } from '../../kernel/context.ts'
import { credentialInvalid, credentialMissing, notFound, refusal, versionMismatch } from '../../kernel/errors.ts'
import { created, type Incoming, NoContent, noContent, ok, Query, route } from '../../kernel/http.ts'
import { Body, Text } from '../../kernel/schema.ts'
import { File } from '../../modules/files/schema.ts'
import * as files from '../../modules/files/service.ts'
import type { WebChatInbox } from '../../modules/inboxes/schema.ts'
import * as inboxes from '../../modules/inboxes/service.ts'
import { ClientMessageId, Written } from '../../modules/messages/schema.ts'
import * as messages from '../../modules/messages/service.ts'
import { bearer, looker, newcomer, sessionOf, uploader, visitor } from './access.ts'
import { list, mark, write } from './conversation.ts'
import type { Session } from './queries.ts'
import { Visitor, VisitorConversation, VisitorMessage, VisitorMessageList, WebChat } from './schema.ts'
import { isDueForRenewal, readToken } from './token.ts'
import * as visitors from './visitors.ts'

export const attachmentsOff = refusal('attachments_off', 403, 'This inbox takes no files.')

const BODY_LENGTH = 10_000
/** What the database can count to. */
const MOST = 2_147_483_647
const InboxParams = Type.Object({ inbox_id: Type.String({ format: 'uuid' }) })

const Claim = {
  name: Type.Optional(Text(255)),
  email: Type.Optional(Type.String({ format: 'email', maxLength: 254 })),
}

const base = '/v1/web-chat/{inbox_id}'

export const routes = [
  route({
    method: 'GET',
    path: base,
    summary: 'Retrieve a web chat',
    scope: null,
    access: looker,
    params: InboxParams,
    replies: { 200: WebChat },
    refusals: [notFound],
    run: async (ctx, { params }) => ok(look(await inboxes.getWebChat(ctx, params.inbox_id))),
  }),
  route({
    method: 'POST',
    path: `${base}/visitors`,
    summary: 'Create a visitor',
    description:
      'With a visitor’s token the same visitor becomes known. `user_hash` proves `external_id`, or `email` without one.',
    scope: null,
    access: newcomer,
    shows: 'secret',
    params: InboxParams,
    body: Body({ ...Claim, external_id: Type.Optional(Text(255)), user_hash: Type.Optional(Text(128)) }),
    example: { name: 'Ada' },
    replies: { 201: Visitor, 200: Visitor },
    refusals: [notFound, inboxes.inboxDisabled, credentialInvalid],
    run: async (ctx, { params, body, incoming }) => {
      const inbox = await open(ctx, params.inbox_id)
      const session = sessionOf(incoming)
      const { visitor: who, isNew } = await visitors.arrive(ctx, inbox, { claim: body, session })
      return isNew ? created(who) : ok(who)
    },
  }),
  route({
    method: 'GET',
    path: `${base}/visitor`,
    summary: 'Retrieve the visitor',
    scope: null,
    access: visitor,
    params: InboxParams,
    replies: { 200: Visitor },
    refusals: [notFound],
    run: async (ctx, { incoming }) => {
      const text = bearer(incoming) ?? ''
      const token = readToken(ctx.kernel, text, ctx.now())
      const session = requireSession(incoming)
      const who = await visitors.show(ctx, session)
      if (!token || !isDueForRenewal(token, ctx.now())) return ok({ ...who, token: text })
      await visitors.renew(ctx, session)
      return ok(who)
    },
  }),
  route({
    method: 'PATCH',
    path: `${base}/visitor`,
    summary: 'Change the visitor',
    scope: null,
    access: visitor,
    shows: 'secret',
    params: InboxParams,
    body: Body(Claim),
    example: { name: 'Ada', email: 'ada@example.com' },
    replies: { 200: Visitor },
    refusals: [notFound, versionMismatch],
    run: async (ctx, { body, incoming }) => {
      refuseVersions(ctx)
      return ok(await visitors.correct(ctx, requireSession(incoming), body))
    },
  }),
  route({
    method: 'DELETE',
    path: `${base}/visitor`,
    summary: 'Sign out the visitor',
    scope: null,
    access: visitor,
    params: InboxParams,
    replies: { 204: NoContent },
    refusals: [notFound, versionMismatch],
    run: async (ctx, { incoming }) => {
      refuseVersions(ctx)
      await visitors.leave(ctx, requireSession(incoming))
      return noContent()
    },
  }),
  route({
    method: 'GET',
    path: `${base}/messages`,
    summary: 'List visitor messages',
    description: 'Of the visitor’s conversation, by position.',
    scope: null,
    access: visitor,
    params: InboxParams,
    query: Query({
      after: Type.Optional(Type.Integer({ minimum: 0, maximum: MOST, description: 'Only those after this position.' })),
      before: Type.Optional(
        Type.Integer({
          minimum: 1,
          maximum: MOST,
          description: 'Only those before this position: the latest of them.',
        }),
      ),
      limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 200 })),
    }),
    replies: { 200: VisitorMessageList },
    refusals: [notFound],
    run: async (ctx, { query, incoming }) => ok(await list(ctx, requireSession(incoming), query)),
  }),
  route({
    method: 'POST',
    path: `${base}/messages`,
    summary: 'Send a visitor message',
    scope: null,
    access: visitor,
    params: InboxParams,
    body: Body({
      body: Type.Optional(Text(BODY_LENGTH, { min: 0 })),
      attachments: Written.attachments,
      client_message_id: ClientMessageId,
    }),
    example: { body: 'Where is my order?', client_message_id: 'visit-1' },
    replies: { 201: VisitorMessage, 200: VisitorMessage },
    refusals: [notFound, inboxes.inboxDisabled, attachmentsOff, messages.messageEmpty, messages.clientMessageIdTaken],
    run: async (ctx, { params, body, incoming }) => {
      const inbox = await open(ctx, params.inbox_id)
      if (body.attachments?.length && !inbox.settings.attachments) throw attachmentsOff()
      const { message, isNew } = await write(ctx, inbox, { session: requireSession(incoming), words: body })
      return isNew ? created(message) : ok(message)
    },
  }),
  route({
    method: 'POST',
    path: `${base}/files`,
    summary: 'Upload a visitor file',
    scope: null,
    access: uploader,
    params: InboxParams,
    upload: 'file',
    replies: { 201: File },
    refusals: [notFound, inboxes.inboxDisabled, attachmentsOff, files.fileTypeMismatch, files.fileTypeNotAllowed],
    run: async (ctx, { params, upload }) => {
      const inbox = await open(ctx, params.inbox_id)
      if (!inbox.settings.attachments) throw attachmentsOff()
      const row = await files.create(ctx, upload, { takes: (type) => inboxes.takesType(inbox, type) })
      return created(files.present(ctx, row, { signed: true }))
    },
  }),
  route({
    method: 'POST',
    path: `${base}/read`,
    summary: 'Mark visitor messages as read',
    scope: null,
    access: visitor,
    params: InboxParams,
    body: Body({
      position: Type.Integer({ minimum: 0, maximum: MOST }),
      delivered: Type.Optional(Type.Boolean({ description: 'True: it has arrived, but not been read.' })),
    }),
    example: { position: 1 },
    replies: { 200: VisitorConversation },
    refusals: [notFound],
    run: async (ctx, { body, incoming }) => {
      const kind = body.delivered === true ? 'delivered' : 'read'
      return ok(await mark(ctx, requireSession(incoming), { kind, position: body.position }))
    },
  }),
]

function look(inbox: WebChatInbox) {
  const { greeting, brand_color, pre_chat, attachments } = inbox.settings
  return {
    object: 'web_chat' as const,
    inbox_id: inbox.id,
    name: inbox.name,
    enabled: inbox.enabled,
    settings: { greeting, brand_color, pre_chat, attachments },
  }
}

async function open(ctx: Ctx, id: string): Promise<WebChatInbox> {
  const inbox = await inboxes.getWebChat(ctx, id)
  inboxes.requireEnabled(inbox)
  return inbox
}

/** A visitor has no version and no `ETag`: one who names a version means something that is not there. */
function refuseVersions(ctx: Ctx): void {
  if (ctx.if_match !== null) throw versionMismatch()
}

function requireSession(incoming: Incoming): Session {
  const session = sessionOf(incoming)
  if (!session) throw credentialMissing()
  return session
}
