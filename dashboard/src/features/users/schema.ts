export type { User } from '../../../../server/src/modules/users/schema.ts'
