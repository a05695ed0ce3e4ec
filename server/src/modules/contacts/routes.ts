import { Type } from 'typebox'
import { created, IdParams, NoContent, noContent, ok, PageQuery, Query, route } from '../../kernel/http.ts'
import { readPage, toList } from '../../kernel/pages.ts'
import { ListOf, Text } from '../../kernel/schema.ts'
import { etag } from '../../kernel/versions.ts'
import { Contact, ContactWrite } from './schema.ts'
import * as contacts from './service.ts'

const Filters = {
  email: Type.Optional(Text(254, { description: 'Whatever its case.' })),
  phone: Type.Optional(Text(64)),
  external_id: Type.Optional(Text(255)),
  tag: Type.Optional(Text(64, { description: 'The name of a tag, whatever its case.' })),
  q: Type.Optional(Text(255, { description: 'Words that begin so in name, e-mail address or phone number.' })),
}

export const routes = [
  route({
    method: 'GET',
    path: '/v1/contacts',
    summary: 'List contacts',
    scope: 'contacts:read',
    query: Query({ ...PageQuery, ...Filters }),
    replies: { 200: ListOf(Contact) },
    run: async (ctx, { query }) => {
      const { limit, after, before, ...filter } = query
      const list = `contacts ${JSON.stringify(filter)}`
      const page = readPage(ctx, list, { limit, after, before })
      const rows = await contacts.list(ctx, filter, page)
      return ok(toList(ctx, rows, { ...page, list, keyOf: (row) => [row.id], present: contacts.present }))
    },
  }),
  route({
    method: 'POST',
    path: '/v1/contacts',
    summary: 'Create or update a contact',
    description:
      'Looks for a contact by external id, then e-mail address, then phone: 201 when there was none, 200 when there was. Fields left out stay as they are, `custom_data` is merged key by key, and null empties.',
    scope: 'contacts:write',
    body: ContactWrite,
    example: { external_id: 'customer-4711', email: 'ada@example.com', name: 'Ada', custom_data: { plan: 'pro' } },
    replies: { 200: Contact, 201: Contact },
    refusals: [contacts.identityRequired, contacts.identityConflict],
    run: async (ctx, { body }) => {
      const { row, created: isNew } = await contacts.createOrUpdate(ctx, body)
      const reply = isNew ? created : ok
      return reply(contacts.present(row), etag(row.version))
    },
  }),
  route({
    method: 'GET',
    path: '/v1/contacts/{id}',
    summary: 'Retrieve a contact',
    scope: 'contacts:read',
    params: IdParams,
    replies: { 200: Contact },
    run: async (ctx, { params }) => {
      const row = await contacts.get(ctx, params.id)
      return ok(contacts.present(row), etag(row.version))
    },
  }),
  route({
    method: 'PATCH',
    path: '/v1/contacts/{id}',
    summary: 'Change a contact',
    description: 'A merge patch: fields left out stay, null empties, `custom_data` is merged key by key.',
    scope: 'contacts:write',
    params: IdParams,
    body: ContactWrite,
    example: { job_title: 'Analyst', tags: ['vip'], custom_data: { plan: null } },
    replies: { 200: Contact },
    refusals: [contacts.identityConflict],
    run: async (ctx, { params, body }) => {
      const row = await contacts.update(ctx, params.id, body)
      return ok(contacts.present(row), etag(row.version))
    },
  }),
  route({
    method: 'DELETE',
    path: '/v1/contacts/{id}',
    summary: 'Delete a contact',
    scope: 'contacts:write',
    params: IdParams,
    replies: { 204: NoContent },
    run: async (ctx, { params }) => {
      await contacts.remove(ctx, params.id)
      return noContent()
    },
  }),
]
