import { type Static, Type } from 'typebox'
import type { Ctx } from '../../kernel/context.ts'
import { notFound, versionMismatch } from '../../kernel/errors.ts'
import { created, IdParams, NoContent, noContent, ok, Query, route } from '../../kernel/http.ts'
import { Body, Id, Nullable, OneOf, Text } from '../../kernel/schema.ts'
import { etag } from '../../kernel/versions.ts'
import { ContactWrite } from '../contacts/schema.ts'
import * as contacts from '../contacts/service.ts'
import { Conversation, ConversationPatch } from '../conversations/schema.ts'
import * as conversations from '../conversations/service.ts'
import { listMessages, MessageList, MessageQuery } from './lists.ts'
import { Message, Position, Written } from './schema.ts'
import * as messages from './service.ts'
import { start } from './starting.ts'

const Outgoing = Body({
  ...Written,
  type: OneOf(['outgoing', 'note'], 'outgoing goes to the customer, note stays within the team.'),
  user_id: Type.Optional(Id),
})

const StartConversation = Body({
  contact_id: Type.Optional(Id),
  contact: Type.Optional(ContactWrite),
  inbox_id: Type.Optional(Id),
  subject: Type.Optional(Nullable(Text(500))),
  assignee_id: Type.Optional(Nullable(Id)),
  team_id: Type.Optional(Nullable(Id)),
  tags: Type.Optional(Type.Array(Text(64), { maxItems: 50 })),
  message: Type.Optional(
    Body({ ...Written, type: Type.Optional(OneOf(['outgoing', 'note'])), user_id: Type.Optional(Id) }),
  ),
})
export type StartConversation = Static<typeof StartConversation>

const Started = Type.Intersect([Conversation, Type.Object({ message: Type.Optional(Message) })])

export const routes = [
  route({
    method: 'POST',
    path: '/v1/conversations',
    summary: 'Start a conversation',
    description:
      'With a contact who exists (contact_id) or who is found or created (contact). Without inbox_id in the workspace’s API inbox.',
    scope: 'conversations:write',
    body: StartConversation,
    example: { contact: { email: 'ada@example.com', name: 'Ada' }, message: { body: 'Hello Ada, how can we help?' } },
    replies: { 201: Started },
    refusals: [
      contacts.identityRequired,
      contacts.identityConflict,
      messages.messageEmpty,
      messages.clientMessageIdTaken,
    ],
    run: async (ctx, { body }) => created(...(await start(ctx, body))),
  }),
  route({
    method: 'PATCH',
    path: '/v1/conversations/{id}',
    summary: 'Change a conversation',
    description:
      'A JSON merge patch. Each change that was one is an activity message and an event; setting what already is changes nothing.',
    scope: 'conversations:write',
    params: IdParams,
    body: ConversationPatch,
    example: { status: 'resolved', tags: ['vip'] },
    replies: { 200: Conversation },
    refusals: [notFound, versionMismatch],
    run: async (ctx, { params, body }) => {
      const row = await messages.change(ctx, params.id, body)
      return ok(conversations.present(row), etag(row.version))
    },
  }),
  route({
    method: 'POST',
    path: '/v1/conversations/{id}/read',
    summary: 'Mark a conversation as read',
    scope: 'conversations:write',
    params: IdParams,
    body: Body({ position: Type.Optional(Position) }),
    example: {},
    replies: { 200: Conversation },
    refusals: [notFound],
    run: async (ctx, { params, body }) => {
      const row = await messages.readByTeam(ctx, params.id, body.position)
      return ok(conversations.present(row), etag(row.version))
    },
  }),
  route({
    method: 'GET',
    path: '/v1/conversations/{id}/messages',
    summary: 'List messages',
    description:
      'By position, oldest first; `sort=-position` newest first; `around` shows a message among its neighbours.',
    scope: 'messages:read',
    params: IdParams,
    query: Query(MessageQuery),
    replies: { 200: MessageList },
    refusals: [notFound],
    run: async (ctx, { params, query }) => ok(await listMessages(ctx, params.id, query)),
  }),
  route({
    method: 'POST',
    path: '/v1/conversations/{id}/messages',
    summary: 'Send a message',
    scope: 'messages:write',
    params: IdParams,
    body: Outgoing,
    example: { type: 'outgoing', body: 'It left this morning.', client_message_id: 'order-4711-left' },
    replies: { 201: Message, 200: Message },
    refusals: [notFound, messages.messageEmpty, messages.clientMessageIdTaken],
    run: async (ctx, { params, body }) => answer(ctx, await messages.send(ctx, params.id, body)),
  }),
  route({
    method: 'GET',
    path: '/v1/messages/{id}',
    summary: 'Retrieve a message',
    scope: 'messages:read',
    params: IdParams,
    replies: { 200: Message },
    refusals: [notFound],
    run: async (ctx, { params }) => {
      const row = await messages.get(ctx, params.id)
      return ok(await messages.presentOne(ctx, row), etag(row.version))
    },
  }),
  route({
    method: 'DELETE',
    path: '/v1/messages/{id}',
    summary: 'Delete a message',
    description: 'Its content is gone at once, for the customer too. Its place in the conversation remains.',
    scope: 'messages:write',
    params: IdParams,
    replies: { 204: NoContent },
    refusals: [notFound, versionMismatch],
    run: async (ctx, { params }) => {
      await messages.remove(ctx, params.id)
      return noContent()
    },
  }),
]

async function answer(ctx: Ctx, { row, isNew }: messages.Written) {
  if (isNew) return created(messages.presentNew(ctx, row), etag(row.version))
  return ok(await messages.presentOne(ctx, row), etag(row.version))
}
