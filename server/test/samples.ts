/** For every route with something of a tenant in its path: that something, made for a tenant, and a body that is right. */
import { expect } from 'vitest'
import type { Tenant, World } from './world.ts'

export interface Sample {
  readonly ids: Readonly<Record<string, string>>
  readonly body?: () => unknown
}

type Row = { id: string }

/** Samples of one tenant. */
export async function samples(w: World, tenant: Tenant): Promise<Record<string, Sample>> {
  const as = tenant.key
  const make = async <T = Row>(path: string, body: unknown, credential: string | null = as): Promise<T> => {
    const reply = await w.post<T>(path, body, { as: credential })
    expect(reply.status, `${path} ${reply.text}`).toBe(201)
    return reply.body
  }
  const { data: inboxes } = (await w.get<{ data: { id: string; channel: string }[] }>('/v1/inboxes', { as })).body
  const inboxOf = (channel: string) => inboxes.find((inbox) => inbox.channel === channel)?.id ?? ''
  const contact = await make('/v1/contacts', { email: `sample-${w.newId()}@example.com` })
  const conversation = await make('/v1/conversations', { contact_id: contact.id })
  const message = await make(`/v1/conversations/${conversation.id}/messages`, { type: 'outgoing', body: 'A sample' })
  const tag = await make('/v1/tags', { name: `sample ${w.newId()}` })
  const file = await make('/v1/files', upload())
  const secret = await make(`/v1/inboxes/${inboxOf('web_chat')}/identity-secrets`, undefined)
  const webhook = await make('/v1/webhooks', { url: 'https://hooks.invalid/', events: ['workspace.updated'] })
  const hook = { id: webhook.id }
  const sent = { ...hook, delivery_id: (await make(`/v1/webhooks/${webhook.id}/test`, undefined)).id }
  const user = tenant.users.agent
  const key = await make('/v1/api-keys', { name: 'Sample', scopes: ['tags:read'] })

  const chat = { inbox_id: inboxOf('web_chat') }
  return {
    'GET /v1/users/{id}': { ids: { id: user.id } },
    'PATCH /v1/users/{id}': { ids: { id: user.id }, body: () => ({ role: 'agent' }) },
    'GET /v1/api-keys/{id}': { ids: { id: key.id } },
    'PATCH /v1/api-keys/{id}': { ids: { id: key.id }, body: () => ({ name: 'Renamed' }) },
    'POST /v1/api-keys/{id}/rotate': { ids: { id: key.id }, body: () => ({}) },
    'DELETE /v1/api-keys/{id}': { ids: { id: key.id } },
    'GET /v1/files/{id}': { ids: { id: file.id } },
    'GET /files/{workspace_id}/{id}': { ids: { workspace_id: tenant.id, id: file.id } },
    'GET /v1/tags/{id}': { ids: { id: tag.id } },
    'PATCH /v1/tags/{id}': { ids: { id: tag.id }, body: () => ({ color: '#ff0000' }) },
    'DELETE /v1/tags/{id}': { ids: { id: tag.id } },
    'GET /v1/contacts/{id}': { ids: { id: contact.id } },
    'PATCH /v1/contacts/{id}': { ids: { id: contact.id }, body: () => ({ name: 'Renamed' }) },
    'DELETE /v1/contacts/{id}': { ids: { id: contact.id } },
    'GET /v1/inboxes/{id}': { ids: { id: inboxOf('api') } },
    'PATCH /v1/inboxes/{id}': { ids: { id: inboxOf('api') }, body: () => ({ name: 'Renamed' }) },
    'POST /v1/inboxes/{id}/identity-secrets': { ids: { id: inboxOf('web_chat') } },
    'DELETE /v1/inboxes/{id}/identity-secrets/{secret_id}': { ids: { id: inboxOf('web_chat'), secret_id: secret.id } },
    'POST /v1/inboxes/{id}/messages': {
      ids: { id: inboxOf('api') },
      body: () => ({ contact: { external_id: 'x' }, body: 'Hello', client_message_id: w.newId() }),
    },
    'GET /v1/conversations/{id}': { ids: { id: conversation.id } },
    'PATCH /v1/conversations/{id}': { ids: { id: conversation.id }, body: () => ({ priority: 'high' }) },
    'POST /v1/conversations/{id}/read': { ids: { id: conversation.id }, body: () => ({}) },
    'GET /v1/conversations/{id}/messages': { ids: { id: conversation.id } },
    'POST /v1/conversations/{id}/messages': {
      ids: { id: conversation.id },
      body: () => ({ type: 'note', body: 'Hello' }),
    },
    'GET /v1/messages/{id}': { ids: { id: message.id } },
    'PATCH /v1/messages/{id}': { ids: { id: message.id }, body: () => ({ status: 'sent' }) },
    'DELETE /v1/messages/{id}': { ids: { id: message.id } },
    'GET /v1/webhooks/{id}': { ids: hook },
    'PATCH /v1/webhooks/{id}': { ids: hook, body: () => ({ description: 'A sample' }) },
    'DELETE /v1/webhooks/{id}': { ids: hook },
    'POST /v1/webhooks/{id}/rotate-secret': { ids: hook, body: () => ({}) },
    'POST /v1/webhooks/{id}/test': { ids: hook },
    'GET /v1/webhooks/{id}/deliveries': { ids: hook },
    'GET /v1/webhooks/{id}/deliveries/{delivery_id}': { ids: sent },
    'POST /v1/webhooks/{id}/replay': { ids: hook, body: () => ({ delivery_id: sent.delivery_id }) },
    'GET /v1/web-chat/{inbox_id}': { ids: chat },
    'POST /v1/web-chat/{inbox_id}/visitors': { ids: chat, body: () => ({}) },
    'GET /v1/web-chat/{inbox_id}/visitor': { ids: chat },
    'PATCH /v1/web-chat/{inbox_id}/visitor': { ids: chat, body: () => ({ name: 'Vi' }) },
    'DELETE /v1/web-chat/{inbox_id}/visitor': { ids: chat },
    'GET /v1/web-chat/{inbox_id}/messages': { ids: chat },
    'POST /v1/web-chat/{inbox_id}/messages': {
      ids: chat,
      body: () => ({ body: 'Hello', client_message_id: w.newId() }),
    },
    'POST /v1/web-chat/{inbox_id}/files': { ids: chat },
    'POST /v1/web-chat/{inbox_id}/read': { ids: chat, body: () => ({ position: 1 }) },
  }
}

function upload(): FormData {
  const form = new FormData()
  form.set('file', new File(['hello'], 'hello.txt', { type: 'text/plain' }))
  return form
}
