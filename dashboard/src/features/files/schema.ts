export type { File } from '../../../../server/src/modules/files/schema.ts'
