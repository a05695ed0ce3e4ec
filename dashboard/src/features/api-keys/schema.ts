export type { ApiKey, KeyInput, KeyPatch, ShownApiKey } from '../../../../server/src/modules/api-keys/schema.ts'
export type { Resource } from '../../../../server/src/modules/users/roles.ts'
