export type { Conversation, Priority, Status } from '../../../../server/src/modules/conversations/schema.ts'

export type Counts = { all: number; mine: number; unassigned: number }
