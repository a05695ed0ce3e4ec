export type { Tag } from '../../../../server/src/modules/attributes/schema.ts'
