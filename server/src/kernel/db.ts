/** The database: one pool, every statement prepared, every wait bounded. */
import { Kysely, PostgresDialect, type RawBuilder, sql } from 'kysely'
import pg from 'pg'

export interface Database {
  readonly pool: pg.Pool
  // biome-ignore lint/complexity/noBannedTypes: Kysely's own way to say "no tables yet"; each module extends it with its own.
  readonly kysely: Kysely<{}>
  close(): Promise<void>
}

export interface DatabaseOptions {
  readonly connection: pg.PoolConfig
  readonly connections?: number
  /** Milliseconds a statement may take. */
  readonly statementTimeout?: number
  /** Called with the text of every statement before it runs; throws for one that must not. */
  readonly guard?: (text: string) => void
  readonly onIdleError?: (error: Error) => void
}

const ACQUIRE_MS = 2_000
const STATEMENT_MS = 5_000
const LOCK_MS = 2_000
const IDLE_IN_TRANSACTION_MS = 10_000
const NAMED_AT_MOST = 1_000

const INT8 = 20
const DATE = 1082
const types = new pg.TypeOverrides()
types.setTypeParser(INT8, Number)
types.setTypeParser(DATE, (text: string) => text)

/** Opens the pool. A wait for a connection ends after 2 s, a statement after 5 s, a wait for a lock after 2 s. */
export function openDatabase(options: DatabaseOptions): Database {
  const statement = options.statementTimeout ?? STATEMENT_MS
  const pool = new pg.Pool({
    ...options.connection,
    types,
    max: options.connections ?? 10,
    connectionTimeoutMillis: ACQUIRE_MS,
    idleTimeoutMillis: 60_000,
    application_name: 'antiphon',
    options: [
      `-c statement_timeout=${statement}`,
      `-c lock_timeout=${LOCK_MS}`,
      `-c idle_in_transaction_session_timeout=${IDLE_IN_TRANSACTION_MS}`,
      '-c timezone=UTC',
      '-c jit=off',
    ].join(' '),
    Client: preparing(options.guard),
  })
  // Connections that are cut while the pool ends are no news.
  const onIdleError = (error: Error) => {
    if (!pool.ending) options.onIdleError?.(error)
  }
  pool.on('error', onIdleError)
  pool.on('connect', (client) => client.on('error', onIdleError))
  // biome-ignore lint/complexity/noBannedTypes: as above.
  const kysely = new Kysely<{}>({ dialect: new PostgresDialect({ pool }) })
  return { pool, kysely, close: () => pool.end() }
}

/** A client that prepares each distinct statement once per connection, by the order in which its text was first seen. */
function preparing(guard: ((text: string) => void) | undefined): typeof pg.Client {
  const names = new Map<string, string>()
  const name = (text: string): string | undefined => {
    const known = names.get(text)
    if (known || names.size >= NAMED_AT_MOST) return known
    const made = `s${names.size + 1}`
    names.set(text, made)
    return made
  }
  class PreparingClient extends pg.Client {
    // pg's own signature has fourteen overloads; only Kysely's (text, values) is changed, everything else passes through.
    override query(...args: unknown[]): never {
      const [text, values] = args
      if (typeof text === 'string') guard?.(text)
      if (typeof text === 'string' && Array.isArray(values)) {
        const prepared = name(text)
        args.splice(0, 2, prepared ? { name: prepared, text, values } : { text, values })
      }
      return Reflect.apply(super.query, this, args) as never
    }
  }
  return PreparingClient
}

/** Marks a statement as one that rightly names no workspace; `name` must stand in the list of them in app.ts. */
export function global(name: string): RawBuilder<unknown> {
  return sql.raw(`/* global: ${name} */`)
}

/** Whether a statement broke the named constraint; how a race that the schema decides becomes a refusal. */
export function violates(error: unknown, constraint: string): boolean {
  return error instanceof pg.DatabaseError && error.constraint === constraint
}
