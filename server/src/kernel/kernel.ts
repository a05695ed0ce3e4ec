/** The services that every request may need, made once at start and handed down in the context. */
import type { Database } from './db.ts'
import type { FileStore } from './files.ts'
import type { Log } from './log.ts'
import type { Outbound } from './outbound.ts'
import type { Outbox } from './outbox.ts'
import type { RateLimits } from './rate-limit.ts'
import type { Secrets } from './secrets.ts'
import type { Sockets } from './sockets.ts'
import type { UsageCounts } from './usage.ts'

export interface Kernel {
  readonly database: Database
  readonly secrets: Secrets
  readonly files: FileStore
  readonly outbox: Outbox
  readonly outbound: Outbound
  readonly limits: RateLimits
  readonly usage: UsageCounts
  readonly sockets: Sockets
  readonly log: Log
  /** Where people reach this server, without a trailing slash. */
  readonly url: () => string
}
