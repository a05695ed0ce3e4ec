export type { Presence, User } from '../../../../server/src/modules/users/schema.ts'
