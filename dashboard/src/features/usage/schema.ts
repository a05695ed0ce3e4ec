export type { Usage, UsageCaller } from '../../../../server/src/modules/usage/schema.ts'
