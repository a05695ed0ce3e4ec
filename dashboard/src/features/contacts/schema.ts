export type { Contact } from '../../../../server/src/modules/contacts/schema.ts'
