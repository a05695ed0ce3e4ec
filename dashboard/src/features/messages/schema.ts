export type { Message } from '../../../../server/src/modules/messages/schema.ts'
