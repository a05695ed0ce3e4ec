/** The papers that are written from the code: each names its file and makes its text. */
import { configure } from './configure.ts'
import { openapi } from './openapi.ts'
import { events, refusals, sandbox, scopes } from './reference.ts'
import { schema } from './schema.ts'
import { thirdParty } from './third-party.ts'

export interface Paper {
  /** From the root. */
  readonly path: string
  /** The whole text of the file, or null where it cannot be made: schema.sql needs Debian's pg_dump. */
  readonly make: () => string | null | Promise<string | null>
}

export const papers: readonly Paper[] = [openapi, schema, thirdParty, configure, refusals, scopes, events, sandbox]
