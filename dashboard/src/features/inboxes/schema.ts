export type { Inbox } from '../../../../server/src/modules/inboxes/schema.ts'
export type { WebChatSettings } from '../../../../server/src/modules/inboxes/settings.ts'
