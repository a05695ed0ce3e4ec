/** What can be set on an inbox, by channel, and what holds when nothing was. */
import { type Static, Type } from 'typebox'
import { Body, Nullable, OneOf, Text } from '../../kernel/schema.ts'

const Asked = OneOf(['off', 'optional', 'required'])

const AllowedTypes = Type.Array(
  Type.String({ pattern: '^[a-z]+/(\\*|[a-z0-9][a-z0-9.+-]{0,126})$', description: '`image/png` or `image/*`.' }),
  { maxItems: 100, description: 'Content types of files that customers may send. Empty: any.' },
)

export const WebChatSettings = Body({
  greeting: Type.Optional(Nullable(Text(500))),
  brand_color: Type.Optional(Nullable(Type.String({ pattern: '^#[0-9A-Fa-f]{6}$', description: '`#rrggbb`.' }))),
  pre_chat: Type.Optional(Body({ name: Type.Optional(Asked), email: Type.Optional(Asked) })),
  attachments: Type.Optional(Type.Boolean({ description: 'Whether visitors may send files.' })),
  allowed_types: Type.Optional(AllowedTypes),
  allowed_domains: Type.Optional(
    Type.Array(
      Type.String({
        pattern:
          '^(\\*\\.)?([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?\\.)*[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?$',
        maxLength: 253,
        description: 'A host name, or `*.example.com` for every name beneath it.',
      }),
      { maxItems: 100, description: 'Where the widget may be shown. Empty: anywhere.' },
    ),
  ),
  require_identity: Type.Optional(
    Type.Boolean({ description: 'Whether a visitor’s claim to be somebody must be signed.' }),
  ),
  reopen_after_days: Type.Optional(
    Type.Integer({
      minimum: 0,
      maximum: 365,
      description: 'For how many days after it was resolved a visitor’s message reopens a conversation.',
    }),
  ),
})

export const ApiSettings = Body({ allowed_types: Type.Optional(AllowedTypes) })

type Whole<T> = { [K in keyof T]-?: T[K] }
/** Every setting, those nobody set by their default. */
export type WebChatSettings = Whole<Omit<Static<typeof WebChatSettings>, 'pre_chat'>> & {
  pre_chat: Whole<NonNullable<Static<typeof WebChatSettings>['pre_chat']>>
}
export type ApiSettings = Whole<Static<typeof ApiSettings>>

export const webChatDefaults: WebChatSettings = {
  greeting: 'Hi there! How can we help?',
  brand_color: '#0f766e',
  pre_chat: { name: 'optional', email: 'optional' },
  attachments: true,
  allowed_types: [],
  allowed_domains: [],
  require_identity: false,
  reopen_after_days: 7,
}

export const apiDefaults: ApiSettings = { allowed_types: [] }

/** The settings after a patch: what it leaves out stays. */
export function mergeWebChat(before: WebChatSettings, patch: Static<typeof WebChatSettings>): WebChatSettings {
  const after = { ...before, ...patch, pre_chat: { ...before.pre_chat, ...patch.pre_chat } }
  return {
    ...after,
    brand_color: after.brand_color?.toLowerCase() ?? null,
    allowed_domains: [...new Set(after.allowed_domains.map((domain) => domain.toLowerCase()))],
  }
}

/** The same of an inbox of the API. */
export function mergeApi(before: ApiSettings, patch: Static<typeof ApiSettings>): ApiSettings {
  return { ...before, ...patch }
}
