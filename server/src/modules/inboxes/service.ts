/** Inboxes: the configured ends of channels, where customers write and from which they are answered. */
import { type Ctx, type Tx, transact } from '../../kernel/context.ts'
import { invalidField, notFound, refusal } from '../../kernel/errors.ts'
import { readPart } from '../../kernel/input.ts'
import type { Page } from '../../kernel/pages.ts'
import { requireVersion } from '../../kernel/versions.ts'
import * as lookups from '../lookups/service.ts'
import * as queries from './queries.ts'
import * as rows from './rows.ts'
import {
  type ApiInbox,
  CHATBOT_REPLY,
  type InboxInput,
  type InboxPatch,
  type Row,
  type WebChatInbox,
} from './schema.ts'
import { ApiSettings, apiDefaults, mergeApi, mergeWebChat, WebChatSettings, webChatDefaults } from './settings.ts'

export { createSecret, identitySecretsFull, inboxChannel, removeSecret, verifyIdentity } from './identity.ts'
export { present } from './rows.ts'
export type { ApiInbox, Row, Row as Inbox, WebChatInbox } from './schema.ts'

export const inboxDisabled = refusal('inbox_disabled', 409, 'This inbox is switched off.')

/** Refuses what comes in through an inbox that is switched off. */
export function requireEnabled(inbox: Row): void {
  if (!inbox.enabled) throw inboxDisabled()
}

/** The inbox, or a 404; at most two seconds old. */
export async function get(ctx: Ctx, id: string): Promise<Row> {
  const row = await rows.find(ctx, id)
  if (!row) throw notFound()
  return row
}

/** An inbox that a body names: a 422 at `pointer` when there is none. */
export async function requireInbox(ctx: Ctx, id: string, pointer = '/inbox_id'): Promise<Row> {
  const row = await rows.find(ctx, id)
  if (!row) throw invalidField(pointer, 'not_found', 'There is no such inbox.')
  return row
}

/** The inbox that is meant where none is named: the workspace's first one of the API. */
export async function getApiInbox(ctx: Ctx): Promise<ApiInbox> {
  const row = await rows.findApi(ctx)
  if (row?.channel !== 'api')
    throw invalidField('/inbox_id', 'required', 'No inbox of the API is switched on: name one.')
  return row
}

/** A web chat inbox, or a 404 when the id is not there or another channel's. */
export async function getWebChat(ctx: Ctx, id: string): Promise<WebChatInbox> {
  const row = await get(ctx, id)
  if (row.channel !== 'web_chat') throw notFound()
  return row
}

/** A page of inboxes, newest first, with one row more than the limit when there is more. */
export function list(ctx: Ctx, page: Page): Promise<Row[]> {
  return queries.list(ctx, page)
}

/** Sets up an inbox; what `settings` leaves out has its default. */
export function create(ctx: Ctx, input: InboxInput): Promise<Row> {
  return transact(ctx, async (tx) => {
    const settings =
      input.channel === 'web_chat'
        ? mergeWebChat(webChatDefaults, readPart(WebChatSettings, input.settings ?? {}, '/settings'))
        : mergeApi(apiDefaults, readPart(ApiSettings, input.settings ?? {}, '/settings'))
    const { name, channel, enabled = true, bot_webhook_id = null } = input
    if (bot_webhook_id) await requireBot(tx, bot_webhook_id)
    return rows.insert(tx, { name, channel, settings, enabled, bot_webhook_id })
  })
}

const FRESH = { enabled: true, bot_webhook_id: null }

/** What every workspace has from its first moment on: an inbox of the API and one of web chat. */
export async function createDefaults(tx: Tx): Promise<void> {
  await rows.insert(tx, { name: 'API', channel: 'api', settings: apiDefaults, ...FRESH })
  await rows.insert(tx, { name: 'Website chat', channel: 'web_chat', settings: webChatDefaults, ...FRESH })
}

/** Changes name, settings (merged), its bot and whether it is switched on. */
export function update(ctx: Ctx, id: string, patch: InboxPatch): Promise<Row> {
  return transact(ctx, async (tx) => {
    const before = await rows.lock(tx, id)
    requireVersion(tx, before.version)
    const { bot_webhook_id = before.bot_webhook_id } = patch
    if (bot_webhook_id && bot_webhook_id !== before.bot_webhook_id) await requireBot(tx, bot_webhook_id)
    return rows.write(tx, before, {
      ...before,
      bot_webhook_id,
      name: patch.name ?? before.name,
      enabled: patch.enabled ?? before.enabled,
      settings: mergeSettings(before, patch.settings ?? {}),
    })
  })
}

/** For how many days after it was resolved a conversation is taken up again by its customer. */
export function reopenDays(inbox: Row): number {
  return inbox.channel === 'web_chat' ? inbox.settings.reopen_after_days : Number.POSITIVE_INFINITY
}

/** Whether files of this content type may be sent through the inbox. */
export function takesType(inbox: Row, content_type: string): boolean {
  const { allowed_types } = inbox.settings
  if (allowed_types.length === 0) return true
  return allowed_types.includes(content_type) || allowed_types.includes(`${content_type.split('/')[0]}/*`)
}

/**
 * Whether the widget may be used from a page of this origin. Everything is allowed while no domain is named, and so is
 * a caller that is no browser and sends no origin.
 */
export function isOriginAllowed(inbox: Row, origin: string | undefined): boolean {
  const domains = inbox.channel === 'web_chat' ? inbox.settings.allowed_domains : []
  if (domains.length === 0 || origin === undefined) return true
  const host = hostOf(origin)
  if (host === null) return false
  return domains.some((domain) => (domain.startsWith('*.') ? host.endsWith(domain.slice(1)) : host === domain))
}

function requireBot(tx: Tx, id: string): Promise<void> {
  return lookups.requireEndpoint(tx, id, { type: CHATBOT_REPLY, pointer: '/bot_webhook_id' })
}

function mergeSettings(before: Row, patch: unknown): WebChatSettings | ApiSettings {
  if (before.channel === 'web_chat') return mergeWebChat(before.settings, readPart(WebChatSettings, patch, '/settings'))
  return mergeApi(before.settings, readPart(ApiSettings, patch, '/settings'))
}

function hostOf(origin: string): string | null {
  return URL.canParse(origin) ? new URL(origin).hostname || null : null
}
